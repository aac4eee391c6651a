package network.enigma.node.storage;

import java.util.List;
import java.util.Optional;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.channel.TaskResult;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * How a task ended, or that it never ran.
 *
 * @param result of the task, empty for one that ended without a batch
 * @param endSequence of its batch; for a task that ended without one, the block in which it did
 * @param index of its receipt in the batch
 * @param leaves receipts in the batch
 * @param path of the receipt to the root
 * @param previousStateHash before the batch
 * @param expiredBecause why the task was given up, if it was
 */
public record StoredResult(
    Bytes32 taskId,
    Optional<TaskResult> result,
    long endSequence,
    int index,
    int leaves,
    List<Bytes32> path,
    Bytes32 previousStateHash,
    Optional<String> expiredBecause) {
  private static final int LONGEST_PATH = 64;

  public StoredResult {
    path = List.copyOf(path);
  }

  /** A task that ended without a batch, in a block. */
  public static StoredResult expired(Bytes32 taskId, long block, String why) {
    return new StoredResult(
        taskId, Optional.empty(), block, 0, 0, List.of(), Bytes32.zero(), Optional.of(why));
  }

  byte[] encode() {
    WireWriter writer = new WireWriter().bytes32(taskId);
    writer.optional(result, (to, value) -> value.write(to));
    return writer
        .uint64(endSequence)
        .uint32(index)
        .uint32(leaves)
        .list(path, WireWriter::bytes32)
        .bytes32(previousStateHash)
        .optional(expiredBecause, WireWriter::text)
        .toByteArray();
  }

  static StoredResult decode(byte[] record) {
    WireReader reader = new WireReader(record);
    return new StoredResult(
        reader.bytes32(),
        reader.optional(TaskResult::read),
        reader.uint64(),
        (int) reader.uint32(),
        (int) reader.uint32(),
        reader.list(LONGEST_PATH, WireReader::bytes32),
        reader.bytes32(),
        reader.optional(WireReader::text));
  }
}
