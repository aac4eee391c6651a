package network.enigma.tee.message;

import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;
import network.enigma.tee.EnclaveIdentity;

/**
 * A worker enclave asks the key managers to acknowledge a head (rule S3). It names the header of
 * the batch, on which its becoming void depends (rule C11): a host must not be able to make a head
 * look older than it is.
 *
 * @param realm the realm
 * @param head lease, sequence and state hash, as in the EIP-712 message Head
 * @param headerNumber the batch's header
 * @param headerHash its hash
 * @param oldest the oldest batch up to the head that may be uncommitted: a key manager that knew
 *     only heads of an earlier lease still learns when the line becomes overdue (rule C11)
 */
public record HeadAnchor(
    Bytes32 realm, KnownHead head, long headerNumber, Bytes32 headerHash, HeadsReport.Span oldest) {

  /** A head whose own batch is the oldest uncommitted one. */
  public HeadAnchor(Bytes32 realm, KnownHead head, long headerNumber, Bytes32 headerHash) {
    this(
        realm,
        head,
        headerNumber,
        headerHash,
        new HeadsReport.Span(headerNumber, headerHash, head.endSequence()));
  }

  public Bytes sign(EnclaveIdentity worker, Bytes32 networkHash) {
    WireWriter body = new WireWriter().bytes32(realm);
    head.write(body);
    body.uint64(headerNumber).bytes32(headerHash);
    oldest.write(body);
    return SignedMessage.sign(worker, networkHash, SignedMessage.Kind.HEAD_ANCHOR, body);
  }

  public static Verified<HeadAnchor> open(Bytes message, Bytes32 networkHash) {
    return SignedMessage.open(
        message, networkHash, SignedMessage.Kind.HEAD_ANCHOR, HeadAnchor::read);
  }

  private static HeadAnchor read(WireReader reader) {
    return new HeadAnchor(
        reader.bytes32(),
        KnownHead.read(reader),
        reader.uint64(),
        reader.bytes32(),
        HeadsReport.Span.read(reader));
  }
}
