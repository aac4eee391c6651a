package network.enigma.protocol.channel;

import java.util.List;
import java.util.Optional;
import network.enigma.protocol.Batch;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.crypto.Signature;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/** What a worker enclave answers its host (Rule T1). */
public sealed interface WorkerResponse permits SharedResponse, WorkerResponse.Own {
  byte[] encode();

  /** What only a worker enclave answers. */
  sealed interface Own extends WorkerResponse {
    @Override
    default byte[] encode() {
      return WorkerResponse.encode(this);
    }
  }

  /** Done, with nothing to say. */
  record Done() implements Own {}

  /** A lease request, signed by the enclave, for every key manager of the realm's generation. */
  record LeaseRequested(long lease, Bytes request) implements Own {}

  /**
   * The enclave holds the realm.
   *
   * @param tenure of the lease: the announced one, or the drawn one that is to be announced
   * @param sequence of the state that was loaded
   * @param committed the sequence that the chain had then
   * @param announcement what {@code announce} needs, when the tenure's key is not on chain yet
   * @param grants the key managers' signatures over Grant(realm, tenure, lease, enclave), ascending
   *     by signer: for {@code announce}, backups and commits
   * @param adopted anchored batches that the chain does not have yet, to be committed under this
   *     lease
   * @param anchor as in {@link Executed}, for the state's head, if it is not shown that a quorum of
   *     key managers holds it: {@code adopted} is empty then, and nothing runs and no query is
   *     answered before Release with acknowledgements of this head hands the batches out
   * @param snapshotDue whether the state lies under the key of the tenure before: a snapshot has to
   *     be committed in this tenure, or the next tenure's holder, who gets no older key, cannot
   *     read the state (Rule K3)
   */
  record LeaseTaken(
      long lease,
      long tenure,
      long sequence,
      long committed,
      Bytes32 stateHash,
      Bytes inputKey,
      Optional<Announcement> announcement,
      List<Signature> grants,
      List<ReleasedBatch> adopted,
      Optional<Bytes> anchor,
      boolean snapshotDue)
      implements Own {}

  /** The arguments of {@code announce} that only the enclave can give. */
  record Announcement(int suite, Bytes inputKey, Signature signature) {}

  /** The enclave's word for a task. */
  record Accepted(Bytes32 taskId, long headerNumber, Bytes32 headerHash, Signature signature)
      implements Own {}

  /**
   * A batch that waits for its acknowledgements. Nothing secret of it leaves before (Rule S3):
   * which tasks were taken and which rejected follows from the requests and the chain alone.
   *
   * @param taken how many of the tasks, from the front, are dealt with; the rest is for another
   *     batch
   * @param rejected those among them that the batch leaves out
   * @param sealedDelta to be replicated (Rule S5)
   * @param signature over Head(realm, lease, endSequence, stateHash)
   * @param anchor what {@link KeyManagerRequest.AcknowledgeHead} takes: the head and the batch's
   *     header, signed
   */
  record Executed(
      int taken,
      List<Rejected> rejected,
      long lease,
      long endSequence,
      Bytes32 stateHash,
      Bytes sealedDelta,
      Signature signature,
      Bytes anchor)
      implements Own {}

  /**
   * What anchored heads cover.
   *
   * @param batches in order; empty when answering ConfirmCommitted
   * @param results of tasks whose results waited for the commit
   */
  record Released(List<ReleasedBatch> batches, List<TaskResult> results) implements Own {}

  /**
   * An anchored batch, ready to commit.
   *
   * @param batch its content
   * @param stateHash it leads to
   * @param signature over Head, by this enclave
   * @param results in the order of their receipts; empty, as yet, in a realm whose results wait for
   *     the commit
   * @param callbacksWaiting whether callbacks did not fit and wait for the next batch, which may be
   *     one without tasks
   */
  record ReleasedBatch(
      Batch batch,
      Bytes32 stateHash,
      Signature signature,
      List<TaskResult> results,
      boolean callbacksWaiting) {}

  /**
   * A step of the realm's history.
   *
   * @param previous state hash before it
   * @param results of its tasks, in the order of their receipts
   */
  record StepOpened(Bytes32 previous, List<TaskResult> results) implements Own {}

  /** No task could run, so there is no batch. */
  record AllRejected(List<Rejected> rejected) implements Own {}

  /** A task a batch leaves out: nothing is charged and nothing recorded for it. */
  record Rejected(Bytes32 taskId, ErrorCode code, String message) {}

  /**
   * A backup's acknowledgement: signature over Backup(realm, lease, endSequence, stateHash) by this
   * enclave.
   */
  record Held(long lease, long endSequence, Bytes32 stateHash, Signature signature)
      implements Own {}

  /**
   * A query's answer, sealed to who asked (clear for a public envelope), from the anchored head.
   */
  record Answered(Bytes result, long sequence, Bytes32 stateHash) implements Own {}

  private static byte[] encode(Own response) {
    WireWriter to = new WireWriter();
    switch (response) {
      case Done() -> to.uint8(103);
      case LeaseRequested(long lease, Bytes request) -> to.uint8(96).uint64(lease).bytes(request);
      case LeaseTaken taken ->
          to.uint8(97)
              .uint64(taken.lease)
              .uint64(taken.tenure)
              .uint64(taken.sequence)
              .uint64(taken.committed)
              .bytes32(taken.stateHash)
              .bytes(taken.inputKey)
              .optional(
                  taken.announcement,
                  (writer, each) ->
                      writer
                          .uint16(each.suite)
                          .bytes(each.inputKey)
                          .raw(each.signature.toByteArray()))
              .list(taken.grants, (writer, each) -> writer.raw(each.toByteArray()))
              .list(taken.adopted, WorkerResponse::writeBatch)
              .optional(taken.anchor, WireWriter::bytes)
              .bool(taken.snapshotDue);
      case Accepted accepted ->
          to.uint8(98)
              .bytes32(accepted.taskId)
              .uint64(accepted.headerNumber)
              .bytes32(accepted.headerHash)
              .raw(accepted.signature.toByteArray());
      case AllRejected(List<Rejected> rejected) ->
          to.uint8(104).list(rejected, WorkerResponse::writeRejected);
      case Executed executed ->
          to.uint8(99)
              .uint32(executed.taken)
              .list(executed.rejected, WorkerResponse::writeRejected)
              .uint64(executed.lease)
              .uint64(executed.endSequence)
              .bytes32(executed.stateHash)
              .bytes(executed.sealedDelta)
              .raw(executed.signature.toByteArray())
              .bytes(executed.anchor);
      case Released(List<ReleasedBatch> batches, List<TaskResult> results) ->
          to.uint8(100)
              .list(batches, WorkerResponse::writeBatch)
              .list(results, (writer, each) -> each.write(writer));
      case StepOpened(Bytes32 previous, List<TaskResult> results) ->
          to.uint8(105).bytes32(previous).list(results, (writer, each) -> each.write(writer));
      case Held held ->
          to.uint8(101)
              .uint64(held.lease)
              .uint64(held.endSequence)
              .bytes32(held.stateHash)
              .raw(held.signature.toByteArray());
      case Answered(Bytes result, long sequence, Bytes32 stateHash) ->
          to.uint8(102).bytes(result).uint64(sequence).bytes32(stateHash);
    }
    return to.toByteArray();
  }

  /**
   * Reads a response.
   *
   * @throws EnigmaException {@link ErrorCode#MALFORMED_MESSAGE}
   */
  static WorkerResponse decode(byte[] message) {
    return ChannelFrame.decode(
        message,
        (kind, from) ->
            switch (kind) {
              case 1 -> SharedResponse.Identity.read(from);
              case 2 -> SharedResponse.Evidence.read(from);
              case 3 -> SharedResponse.ChainTip.read(from);
              case SharedResponse.Failure.KIND -> SharedResponse.Failure.read(from);
              case 103 -> new Done();
              case 104 ->
                  new AllRejected(
                      from.list(WorkerRequest.MAXIMUM_TASKS, WorkerResponse::readRejected));
              case 96 -> new LeaseRequested(from.uint64(), from.bytes());
              case 97 ->
                  new LeaseTaken(
                      from.uint64(),
                      from.uint64(),
                      from.uint64(),
                      from.uint64(),
                      from.bytes32(),
                      from.bytes(),
                      from.optional(reader ->
                          new Announcement(
                              reader.uint16(), reader.bytes(), WorkerWire.readSignature(reader))),
                      from.list(WorkerRequest.MAXIMUM_KEY_MANAGERS, WorkerWire::readSignature),
                      from.list(WorkerRequest.MAXIMUM_DELTAS, WorkerResponse::readBatch),
                      from.optional(WireReader::bytes),
                      from.bool());
              case 98 ->
                  new Accepted(
                      from.bytes32(),
                      from.uint64(),
                      from.bytes32(),
                      WorkerWire.readSignature(from));
              case 99 ->
                  new Executed(
                      WorkerWire.readCount(from),
                      from.list(WorkerRequest.MAXIMUM_TASKS, WorkerResponse::readRejected),
                      from.uint64(),
                      from.uint64(),
                      from.bytes32(),
                      from.bytes(),
                      WorkerWire.readSignature(from),
                      from.bytes());
              case 100 ->
                  new Released(
                      from.list(WorkerRequest.MAXIMUM_DELTAS, WorkerResponse::readBatch),
                      from.list(Integer.MAX_VALUE, TaskResult::read));
              case 101 ->
                  new Held(
                      from.uint64(), from.uint64(), from.bytes32(), WorkerWire.readSignature(from));
              case 105 ->
                  new StepOpened(
                      from.bytes32(), from.list(WorkerRequest.MAXIMUM_TASKS, TaskResult::read));
              case 102 -> new Answered(from.bytes(), from.uint64(), from.bytes32());
              default -> throw ChannelFrame.unknownKind("worker response", kind);
            });
  }

  private static void writeBatch(WireWriter to, ReleasedBatch released) {
    released.batch.write(to);
    to.bytes32(released.stateHash)
        .raw(released.signature.toByteArray())
        .list(released.results, (writer, each) -> each.write(writer))
        .bool(released.callbacksWaiting);
  }

  private static void writeRejected(WireWriter to, Rejected rejected) {
    to.bytes32(rejected.taskId).uint16(rejected.code.number()).text(rejected.message);
  }

  private static Rejected readRejected(WireReader from) {
    return new Rejected(from.bytes32(), WorkerWire.readCode(from), from.text());
  }

  private static ReleasedBatch readBatch(WireReader from) {
    return new ReleasedBatch(
        Batch.read(from),
        from.bytes32(),
        WorkerWire.readSignature(from),
        from.list(WorkerRequest.MAXIMUM_TASKS, TaskResult::read),
        from.bool());
  }
}
