package network.enigma.node.follow;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import network.enigma.protocol.Bytes32;

/**
 * At which block the enclave saw each slot proved last. A proof under way while the chain changes
 * its slot says nothing about the slot afterwards. May be used by many threads.
 */
final class ProvedSlots {
  private final int most;

  // Guarded by this object.
  private final Map<Bytes32, Long> proved = new HashMap<>();
  private final Map<Bytes32, Long> changed = new HashMap<>();
  private long forgotten;

  /**
   * @param most slots to remember; with more, all are proved again
   */
  ProvedSlots(int most) {
    this.most = most;
  }

  /** Those of some slots that were not proved at a block or a later one. */
  synchronized List<Bytes32> notSince(long block, Collection<Bytes32> slots) {
    return slots.stream().filter(slot -> proved.getOrDefault(slot, -1L) < block).toList();
  }

  /** Before a proof is made; {@link #saw} takes it. */
  synchronized long begin() {
    return forgotten;
  }

  /**
   * The enclave saw slots proved.
   *
   * @param begun what {@link #begin} gave
   * @param block whose state it was
   */
  synchronized void saw(long begun, long block, Collection<Bytes32> slots) {
    if (begun != forgotten) {
      return;
    }
    if (proved.size() > most || changed.size() > most) {
      proved.clear();
      changed.clear();
    }
    for (Bytes32 slot : slots) {
      if (block >= changed.getOrDefault(slot, 0L)) {
        proved.put(slot, block);
      }
    }
  }

  /** The chain changed a slot in a block. */
  synchronized void changed(Bytes32 slot, long block) {
    changed.merge(slot, block, Math::max);
    proved.computeIfPresent(slot, (each, at) -> at < block ? null : at);
  }

  /** Nothing that was proved counts any more. */
  synchronized void forgetAll() {
    forgotten++;
    proved.clear();
    changed.clear();
  }
}
