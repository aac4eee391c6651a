package network.enigma.node.storage;

import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.channel.TaskInput;
import network.enigma.protocol.channel.WorkerRequest;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * An order that waits to be done.
 *
 * @param task as it goes to the enclave
 * @param acceptance the answer the user got, empty while the holder's enclave has not spoken
 * @param seenAt block at which this host got it
 */
public record StoredOrder(Bytes32 taskId, TaskInput task, Bytes acceptance, long seenAt) {
  /** The bytes of the record, for disk and for other hosts. */
  public byte[] encode() {
    return new WireWriter()
        .bytes32(taskId)
        .bytes(taskBytes(task))
        .bytes(acceptance)
        .uint64(seenAt)
        .toByteArray();
  }

  /** Reads what {@link #encode} wrote. */
  public static StoredOrder decode(byte[] record) {
    WireReader reader = new WireReader(record);
    StoredOrder order =
        new StoredOrder(
            reader.bytes32(), task(reader.byteArray()), reader.bytes(), reader.uint64());
    reader.end();
    return order;
  }

  /** The same as it came to another host. */
  public StoredOrder seenAt(long block) {
    return new StoredOrder(taskId, task, acceptance, block);
  }

  /** A task in the form that the enclave channel has for it. */
  public static byte[] taskBytes(TaskInput task) {
    return new WorkerRequest.Accept(task, Bytes.empty()).encode();
  }

  /** Reads what {@link #taskBytes} wrote. */
  public static TaskInput task(byte[] encoded) {
    if (WorkerRequest.decode(encoded) instanceof WorkerRequest.Accept accept) {
      return accept.task();
    }
    throw new EnigmaException(ErrorCode.MALFORMED_MESSAGE, "the record holds no task");
  }
}
