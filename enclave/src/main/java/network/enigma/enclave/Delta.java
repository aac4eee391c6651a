package network.enigma.enclave;

import java.util.List;
import network.enigma.protocol.Batch;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.channel.TaskResult;
import network.enigma.protocol.channel.WorkerRequest;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;
import network.enigma.tee.RealmKeys;
import network.enigma.tee.RealmKeys.StateKind;

/**
 * What a sealed delta or snapshot holds (Rules S3, S4): everything the next lease holder needs to
 * go on as if it had made the batch itself, and to commit it.
 *
 * @param batch the batch's content; its delta hash is that of the sealed delta, and zero inside it
 * @param previous the state hash before the batch
 * @param changes to the state; for a snapshot the whole state
 * @param results of the batch's tasks
 */
record Delta(Batch batch, Bytes32 previous, StateChanges changes, List<TaskResult> results) {
  Delta {
    results = List.copyOf(results);
  }

  /** A delta as it is sealed, with the content that names it by hash. */
  record Sealed(Delta delta, Bytes bytes, Bytes32 stateHash) {}

  static StateKind kind(Batch batch) {
    return switch (batch.kind()) {
      case TASKS -> StateKind.DELTA;
      case SNAPSHOT -> StateKind.SNAPSHOT;
    };
  }

  /** Seals this delta, whose batch names no delta hash yet. */
  Sealed seal(RealmKeys keys, Bytes32 freshSalt) {
    WireWriter writer = new WireWriter();
    batch.write(writer);
    writer.bytes32(previous);
    changes.write(writer);
    writer.list(results, (to, result) -> result.write(to));
    Bytes sealed =
        StateSealer.seal(
            keys, kind(batch), batch.lease(), batch.endSequence(), freshSalt, writer.toByteArray());
    return named(sealed);
  }

  /**
   * Opens a sealed delta.
   *
   * @throws EnigmaException {@link ErrorCode#DELTA_REFUSED} if it does not open or does not agree
   *     with its header
   */
  static Sealed open(RealmKeys keys, Bytes sealed) {
    StateSealer.Header header = StateSealer.header(sealed);
    WireReader reader = new WireReader(StateSealer.open(keys, sealed));
    Delta delta =
        new Delta(
            Batch.read(reader),
            reader.bytes32(),
            StateChanges.read(reader),
            reader.list(WorkerRequest.MAXIMUM_TASKS, TaskResult::read));
    reader.end();
    if (!delta.batch.realm().equals(keys.realm())
        || kind(delta.batch) != header.kind()
        || delta.batch.lease() != header.lease()
        || delta.batch.endSequence() != header.endSequence()) {
      throw new EnigmaException(
          ErrorCode.DELTA_REFUSED, "a sealed delta is not what its header says");
    }
    return delta.named(sealed);
  }

  /**
   * Opens a sealed delta with the keys of a lease.
   *
   * @throws EnigmaException {@link ErrorCode#DELTA_REFUSED} if the lease does not give its keys,
   *     too
   */
  static Sealed open(HeldKeys keys, Bytes sealed) {
    StateSealer.Header header = StateSealer.header(sealed);
    return open(
        keys.of(header.generation(), header.tenure())
            .orElseThrow(() ->
                new EnigmaException(
                    ErrorCode.DELTA_REFUSED,
                    "the lease does not give the keys of generation "
                        + header.generation()
                        + ", tenure "
                        + header.tenure())),
        sealed);
  }

  private Sealed named(Bytes sealed) {
    Batch content = withDeltaHash(batch, Keccak.hash(sealed.toByteArray()));
    return new Sealed(
        new Delta(content, previous, changes, results), sealed, content.stateHash(previous));
  }

  private static Batch withDeltaHash(Batch batch, Bytes32 deltaHash) {
    return new Batch(
        batch.realm(),
        batch.kind(),
        batch.lease(),
        batch.tenure(),
        batch.firstSequence(),
        batch.count(),
        batch.headerNumber(),
        batch.headerHash(),
        deltaHash,
        batch.receiptsRoot(),
        batch.charges(),
        batch.outcomes(),
        batch.callbacks(),
        batch.payee());
  }
}
