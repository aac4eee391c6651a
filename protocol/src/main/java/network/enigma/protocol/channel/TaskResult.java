package network.enigma.protocol.channel;

import java.util.Optional;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Receipt;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * How a task ended, for whoever asks for it.
 *
 * @param sender of the order
 * @param receipt the leaf of the batch's receipts
 * @param code why it was refused, empty unless the outcome is REFUSED
 * @param result the sealed result of an executed task, in clear for a public envelope; the receipt
 *     has its keccak256. Empty for REFUSED, where the receipt has the code's hash, and for
 *     DUPLICATE
 */
public record TaskResult(Address sender, Receipt receipt, Optional<ErrorCode> code, Bytes result) {

  /** Appends the result to a message. */
  public void write(WireWriter writer) {
    writer.address(sender);
    receipt.write(writer);
    writer.optional(code, (to, value) -> to.uint16(value.number())).bytes(result);
  }

  /** Reads a result out of a message. */
  public static TaskResult read(WireReader reader) {
    return new TaskResult(
        reader.address(),
        Receipt.read(reader),
        reader.optional(WorkerWire::readCode),
        reader.bytes());
  }
}
