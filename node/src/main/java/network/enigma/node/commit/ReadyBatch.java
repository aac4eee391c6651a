package network.enigma.node.commit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import network.enigma.contracts.Enigma;
import network.enigma.protocol.Batch;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.crypto.Signature;
import network.enigma.protocol.wire.WireWriter;

/**
 * A batch with all that admits it (rule C8).
 *
 * @param batch its content
 * @param worker number of the worker whose enclave signed
 * @param signature the enclave's over Head
 * @param acknowledgements of backups
 * @param overdue for a failover: the overdue task it settles; zero names the realm's challenge
 * @param availability stands in for missing acknowledgements
 */
public record ReadyBatch(
    Batch batch,
    long worker,
    Signature signature,
    List<Acknowledgement> acknowledgements,
    Bytes32 overdue,
    Optional<Availability> availability) {

  /**
   * A backup's word that it holds the deltas: its number and its enclave's signature over Backup.
   */
  public record Acknowledgement(long worker, Signature signature) {}

  /**
   * The sealed delta and the lease's grants, for the calldata.
   *
   * @param grants key managers' signatures, ascending by signer
   */
  public record Availability(Bytes delta, List<Signature> grants) {
    public Availability {
      grants = List.copyOf(grants);
    }
  }

  public ReadyBatch {
    acknowledgements =
        acknowledgements.stream()
            .sorted(Comparator.comparingLong(Acknowledgement::worker))
            .toList();
  }

  /**
   * The same batches as those of a worker that takes over: every one up to the settling one names
   * the task, so that whichever is the first that the contract takes is admitted.
   *
   * @param overdue zero where nothing, or a challenge, lets the worker take over
   */
  public static List<ReadyBatch> takingOver(List<ReadyBatch> batches, Bytes32 overdue) {
    List<ReadyBatch> naming = new ArrayList<>();
    boolean settled = overdue.isZero();
    for (ReadyBatch each : batches) {
      naming.add(settled ? each : each.naming(overdue));
      settled |= each.settles(overdue);
    }
    return List.copyOf(naming);
  }

  private ReadyBatch naming(Bytes32 task) {
    return new ReadyBatch(batch, worker, signature, acknowledgements, task, availability);
  }

  /** Whether it settles a posted task. */
  public boolean settles(Bytes32 task) {
    return batch.outcomes().stream().anyMatch(each -> each.taskId().equals(task));
  }

  Bytes32 realm() {
    return batch.realm();
  }

  /** Bytes of calldata, roughly. */
  int size() {
    int callbacks = batch.callbacks().stream().mapToInt(each -> 192 + each.data().length()).sum();
    return 1_500
        + 28 * batch.charges().size()
        + 43 * batch.outcomes().size()
        + callbacks
        + 69 * acknowledgements.size()
        + availability.map(each -> each.delta().length() + 100 * each.grants().size()).orElse(0);
  }

  Enigma.Commitment commitment() {
    WireWriter packed = new WireWriter();
    for (Acknowledgement each : acknowledgements) {
      packed.uint32(each.worker()).raw(each.signature().toByteArray());
    }
    return new Enigma.Commitment(
        content(),
        worker,
        signature.toByteArray(),
        packed.toByteArray(),
        overdue.toByteArray(),
        availability.map(each -> each.delta().toByteArray()).orElse(new byte[0]),
        availability
            .map(each -> each.grants().stream().map(Signature::toByteArray).toList())
            .orElse(List.of()));
  }

  private Enigma.Batch content() {
    return new Enigma.Batch(
        batch.realm().toByteArray(),
        batch.kind().ordinal(),
        batch.lease(),
        batch.tenure(),
        batch.firstSequence(),
        batch.count(),
        batch.headerNumber(),
        batch.headerHash().toByteArray(),
        batch.deltaHash().toByteArray(),
        batch.receiptsRoot().toByteArray(),
        batch.packedCharges(),
        batch.packedOutcomes(),
        batch.callbacks().stream()
            .map(each ->
                new Enigma.CallbackCall(
                    each.taskId().toByteArray(),
                    each.secretContract().toByteArray(),
                    each.target().toByteArray(),
                    each.gas(),
                    each.data().toByteArray()))
            .toList(),
        batch.payee().toByteArray());
  }
}
