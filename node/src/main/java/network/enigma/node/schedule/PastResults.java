package network.enigma.node.schedule;

import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import network.enigma.node.storage.LogEntry;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.channel.WorkerRequest;
import network.enigma.protocol.channel.WorkerResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Results of committed batches that this host does not have: those the holder before it gave out,
 * and those that this host was killed before it got. The enclave opens the sealed steps once more
 * (Rule S5).
 */
final class PastResults {
  private static final Logger log = LoggerFactory.getLogger(PastResults.class);

  /** Steps, the newest first, that are opened under a new lease; older results are not missed. */
  static final int MOST_STEPS = 1_024;

  private final Bytes32 realm;
  private final WorkerParts parts;

  PastResults(Bytes32 realm, WorkerParts parts) {
    this.realm = realm;
    this.parts = parts;
  }

  /**
   * Opens the steps whose results are not here, the newest first, as far as the log and the lease's
   * keys reach.
   *
   * @param committed the sequence that the enclave took the lease at
   * @param taker gets each step with what was in it
   */
  void open(long committed, BiConsumer<LogEntry, WorkerResponse.StepOpened> taker) {
    long opened = 0;
    for (long endSequence : missing(committed).descendingSet()) {
      LogEntry entry = parts.store().entry(realm, endSequence).orElseThrow();
      try {
        taker.accept(
            entry,
            parts
                .enclave()
                .call(
                    new WorkerRequest.OpenStep(realm, entry.sealed()),
                    WorkerResponse.StepOpened.class));
        opened++;
      } catch (EnigmaException e) {
        if (e.code() != ErrorCode.DELTA_REFUSED && e.code() != ErrorCode.UNKNOWN_BATCH) {
          throw e;
        }
        // An older tenure's, spoilt, or made and never anchored: the right ones still open.
        log.debug("step {} of realm {} does not open: {}", endSequence, realm, e.getMessage());
      }
    }
    if (opened > 0) {
      log.info(
          "opened {} steps of realm {} up to sequence {} for their results",
          opened,
          realm,
          committed);
    }
  }

  /** End sequences of the steps that can be opened from the committed head backwards. */
  private NavigableSet<Long> missing(long committed) {
    NavigableSet<Long> steps = new TreeSet<>();
    parts
        .store()
        .visitLog(
            realm,
            parts.store().resultsUpTo(realm) + 1,
            entry -> {
              if (entry.endSequence() > committed) {
                return false;
              }
              if (entry.sealed().isEmpty()) {
                steps.clear();
                return true;
              }
              steps.add(entry.endSequence());
              if (steps.size() > MOST_STEPS) {
                steps.pollFirst();
              }
              return true;
            });
    return steps;
  }
}
