package network.enigma.node.follow;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import network.enigma.chain.ProofSource;
import network.enigma.ethereum.BlockHeader;
import network.enigma.node.enclave.WorkerEnclave;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/**
 * State proofs for the enclave, left out where it saw the same slots proved lately: most batches
 * need none.
 */
public final class ProofCache {
  private static final int MOST_SLOTS = 100_000;

  private final ProofSource source;
  private final WorkerEnclave enclave;

  /** Slot to the block at which the enclave saw it proved. */
  private final Map<Bytes32, Long> proved = new HashMap<>();

  private long lives = 1;

  public ProofCache(ProofSource source, WorkerEnclave enclave) {
    this.source = source;
    this.enclave = enclave;
  }

  /** The chain changed a slot: it is proved again. */
  public void forget(Collection<Bytes32> slots) {
    synchronized (proved) {
      slots.forEach(proved::remove);
    }
  }

  /** The chain took blocks back: everything is proved again. */
  public void forgetAll() {
    synchronized (proved) {
      proved.clear();
    }
  }

  /**
   * Sends a request with the proof it needs: the part the enclave has not seen lately, and, should
   * the enclave disagree about that, all of it.
   *
   * @param always slots that are proved with every request
   */
  public <T> T with(
      BlockHeader header, Collection<Bytes32> slots, boolean always, Function<Bytes, T> request) {
    List<Bytes32> needed = always ? List.copyOf(slots) : notProvedLately(header, slots);
    try {
      return proving(header, needed, request);
    } catch (EnigmaException e) {
      boolean wantsProof = e.code() == ErrorCode.BAD_STATE_PROOF && needed.size() < slots.size();
      if (!wantsProof) {
        throw e;
      }
      return proving(header, List.copyOf(slots), request);
    }
  }

  private <T> T proving(BlockHeader header, List<Bytes32> slots, Function<Bytes, T> request) {
    Bytes proof =
        slots.isEmpty()
            ? Bytes.empty()
            : source.prove(header, enclave.network().enigma(), slots).encode();
    T answer = request.apply(proof);
    synchronized (proved) {
      if (proved.size() > MOST_SLOTS) {
        proved.clear();
      }
      slots.forEach(slot -> proved.put(slot, header.number()));
    }
    return answer;
  }

  private List<Bytes32> notProvedLately(BlockHeader header, Collection<Bytes32> slots) {
    long oldest = header.number() - enclave.network().parameters().maxHeaderLag() / 2;
    synchronized (proved) {
      if (lives != enclave.lives()) {
        lives = enclave.lives();
        proved.clear();
      }
      return slots.stream().filter(slot -> proved.getOrDefault(slot, -1L) < oldest).toList();
    }
  }
}
