package network.enigma.protocol.channel;

import java.util.Optional;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.DeployData;
import network.enigma.protocol.SessionKey;
import network.enigma.protocol.TaskOrder;
import network.enigma.protocol.crypto.Signature;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * A task as a host hands it to the worker enclave (Rule C7): the order, what shows that its sender
 * wants it, its envelope, and the deploy data of a DEPLOY or UPGRADE.
 *
 * @param order the order
 * @param authorization what shows that the sender wants it
 * @param envelope the envelope that hashes to the order's input hash, at most {@link
 *     #MAXIMUM_ENVELOPE} bytes
 * @param deploy code and settings for DEPLOY and UPGRADE, empty otherwise
 */
public record TaskInput(
    TaskOrder order, Authorization authorization, Bytes envelope, Optional<DeployData> deploy) {
  /** Longest envelope, sent directly (Rule K7). */
  public static final int MAXIMUM_ENVELOPE = 1 << 20;

  /** Longest posted envelope (Rule K7). */
  public static final int MAXIMUM_POSTED_ENVELOPE = 1 << 16;

  /** How a task was authorised. */
  public sealed interface Authorization {}

  /** The order is posted on Ethereum: the proof beside it shows its slot. */
  public record Posted() implements Authorization {}

  /**
   * The sender's account signed the order.
   *
   * @param signature over the order's EIP-712 digest, by the sender
   */
  public record Signed(Signature signature) implements Authorization {}

  /**
   * A session key of the sender signed the order.
   *
   * @param session what the owner allowed the key
   * @param ownerSignature over the session key's EIP-712 digest, by the owner, who is the order's
   *     sender
   * @param signature over the order's EIP-712 digest, by the session key
   */
  public record BySession(SessionKey session, Signature ownerSignature, Signature signature)
      implements Authorization {}

  /** Whether the order is posted on Ethereum. */
  public boolean posted() {
    return authorization instanceof Posted;
  }

  void write(WireWriter writer) {
    order.write(writer);
    switch (authorization) {
      case Posted() -> writer.uint8(0);
      case Signed(Signature signature) -> writer.uint8(1).raw(signature.toByteArray());
      case BySession(SessionKey session, Signature ownerSignature, Signature signature) -> {
        writer.uint8(2);
        session.write(writer);
        writer.raw(ownerSignature.toByteArray()).raw(signature.toByteArray());
      }
    }
    writer.bytes(envelope).optional(deploy, (to, data) -> data.write(to));
  }

  static TaskInput read(WireReader reader) {
    TaskOrder order = TaskOrder.read(reader);
    int number = reader.uint8();
    Authorization authorization =
        switch (number) {
          case 0 -> new Posted();
          case 1 -> new Signed(WorkerWire.readSignature(reader));
          case 2 ->
              new BySession(
                  SessionKey.read(reader),
                  WorkerWire.readSignature(reader),
                  WorkerWire.readSignature(reader));
          default -> throw WorkerWire.malformed("no authorization has number " + number);
        };
    return new TaskInput(
        order, authorization, reader.bytes(MAXIMUM_ENVELOPE), reader.optional(DeployData::read));
  }
}
