package network.enigma.node.storage;

import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
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
  byte[] encode() {
    return new WireWriter()
        .bytes32(taskId)
        .bytes(taskBytes(task))
        .bytes(acceptance)
        .uint64(seenAt)
        .toByteArray();
  }

  static StoredOrder decode(byte[] record) {
    WireReader reader = new WireReader(record);
    return new StoredOrder(
        reader.bytes32(), task(reader.byteArray()), reader.bytes(), reader.uint64());
  }

  /** A task in the form that the enclave channel has for it. */
  public static byte[] taskBytes(TaskInput task) {
    return new WorkerRequest.Accept(task, Bytes.empty()).encode();
  }

  /** Reads what {@link #taskBytes} wrote. */
  public static TaskInput task(byte[] encoded) {
    return ((WorkerRequest.Accept) WorkerRequest.decode(encoded)).task();
  }
}
