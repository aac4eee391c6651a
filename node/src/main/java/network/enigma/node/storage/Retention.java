package network.enigma.node.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import network.enigma.protocol.Batch;
import network.enigma.protocol.Bytes32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drops what nobody will ask for any more (Rule S5): sealed bytes from before a committed snapshot
 * that no reorganisation will take back, and steps and results that are old. When the disk is
 * nearly full, they are old as soon as no reorganisation can take their commit back; what is not
 * committed, and what comes after the newest settled snapshot, stays whatever happens.
 */
public final class Retention {
  private static final Logger log = LoggerFactory.getLogger(Retention.class);
  private static final int CHANGES_AT_ONCE = 1_000;

  /** How often old notes of tasks without a batch are looked for while one of them is kept. */
  private static final int UNRUN_TURNS = 10;

  private final NodeStore store;
  private final long deep;
  private final long kept;
  private long unrunForgottenAt;

  /** By realm, up to which sequence nothing is left to strip. */
  private final Map<Bytes32, Long> stripped = new ConcurrentHashMap<>();

  /**
   * @param deep blocks after which a commit counts as settled for good
   * @param kept blocks for which steps and results are kept after their commit
   */
  public Retention(NodeStore store, long deep, long kept) {
    this.store = store;
    this.deep = deep;
    this.kept = Math.max(deep, kept);
  }

  /** Drops what is to be dropped at a block. */
  public void prune(long tip) {
    boolean scarce = store.room().measure().isScarce();
    long age = scarce ? deep : kept;
    boolean dropped = false;
    for (Bytes32 realm : store.realms()) {
      dropped |= snapshot(realm, tip).map(last -> prune(realm, last, tip, age)).orElse(false);
    }
    // All results are read for it: not at every turn.
    if (tip - unrunForgottenAt >= age / UNRUN_TURNS) {
      unrunForgottenAt = tip;
      long forgotten = store.forgetUnrun(tip - age);
      if (forgotten > 0) {
        dropped = true;
        log.info("dropped the notes of {} tasks that ended without a batch", forgotten);
      }
    }
    if (scarce && dropped) {
      store.compact();
      log.warn("the disk is nearly full: results are kept for {} blocks only", deep);
    }
  }

  private record Snapshot(long firstSequence, long endSequence) {}

  /** The newest snapshot that is committed deep enough. */
  private Optional<Snapshot> snapshot(Bytes32 realm, long tip) {
    List<Snapshot> found = new ArrayList<>();
    store.visitLog(
        realm,
        stripped.getOrDefault(realm, 0L),
        entry -> {
          boolean settled =
              entry.committed().filter(place -> place.blockNumber() + deep <= tip).isPresent();
          if (entry.snapshot() && settled) {
            entry
                .batch()
                .map(Batch::firstSequence)
                .ifPresent(first -> found.add(new Snapshot(first, entry.endSequence())));
          }
          return true;
        });
    return found.isEmpty() ? Optional.empty() : Optional.of(found.getLast());
  }

  /** Whether something was dropped. */
  private boolean prune(Bytes32 realm, Snapshot snapshot, long tip, long age) {
    Changes changes = new Changes();
    long[] counts = new long[2];
    long[] droppedUpTo = {-1};
    store.visitLog(
        realm,
        0,
        entry -> {
          if (entry.endSequence() >= snapshot.firstSequence) {
            return false;
          }
          boolean old =
              entry.committed().filter(place -> place.blockNumber() + age <= tip).isPresent();
          // The step before the snapshot says which state the snapshot is of.
          if (old && entry.endSequence() < snapshot.firstSequence - 1) {
            NodeStore.removeEntry(changes, realm, entry.endSequence());
            droppedUpTo[0] = entry.endSequence();
            counts[0]++;
          } else if (!entry.sealed().isEmpty()) {
            NodeStore.putEntry(changes, entry.withoutSealed());
            counts[1]++;
          }
          return changes.list().size() < CHANGES_AT_ONCE;
        });
    if (droppedUpTo[0] >= 0) {
      store.results(
          realm,
          result -> {
            if (result.result().isPresent() && result.endSequence() <= droppedUpTo[0]) {
              NodeStore.removeResult(changes, realm, result.taskId());
            }
            return true;
          });
    }
    store.write(changes);
    stripped.put(realm, snapshot.endSequence);
    if (!changes.isEmpty()) {
      log.info(
          "realm {}: dropped {} steps with their results, and the sealed bytes of {} more",
          realm,
          counts[0],
          counts[1]);
    }
    return !changes.isEmpty();
  }
}
