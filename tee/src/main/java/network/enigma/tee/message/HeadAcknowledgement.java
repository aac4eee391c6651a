package network.enigma.tee.message;

import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;
import network.enigma.tee.EnclaveIdentity;

/**
 * A key manager acknowledges a head (rule S3).
 *
 * <p>It also names its incarnation, a value fresh in each of its lives, and the incarnations of the
 * key managers that read the heads from it after a restart. An acknowledgement from before a
 * restart, kept back by a host, thus does not go together with one that another key manager gives
 * after it has told the restarted one what it knows. See {@link AckQuorum}.
 *
 * @param realm the realm
 * @param head what is acknowledged
 * @param headerNumber the highest block the key manager holds
 * @param headerHash its hash
 * @param incarnations of the key manager that acknowledges, and of others as far as they read heads
 *     here
 */
public record HeadAcknowledgement(
    Bytes32 realm,
    KnownHead head,
    long headerNumber,
    Bytes32 headerHash,
    Incarnations incarnations) {

  public Bytes sign(EnclaveIdentity keyManager, Bytes32 networkHash) {
    WireWriter body = new WireWriter().bytes32(realm);
    head.write(body);
    body.uint64(headerNumber).bytes32(headerHash);
    incarnations.write(body);
    return SignedMessage.sign(
        keyManager, networkHash, SignedMessage.Kind.HEAD_ACKNOWLEDGEMENT, body);
  }

  public static Verified<HeadAcknowledgement> open(Bytes message, Bytes32 networkHash) {
    return SignedMessage.open(
        message, networkHash, SignedMessage.Kind.HEAD_ACKNOWLEDGEMENT, HeadAcknowledgement::read);
  }

  private static HeadAcknowledgement read(WireReader reader) {
    return new HeadAcknowledgement(
        reader.bytes32(),
        KnownHead.read(reader),
        reader.uint64(),
        reader.bytes32(),
        Incarnations.read(reader));
  }
}
