package network.enigma.tee.message;

import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;
import network.enigma.tee.EnclaveIdentity;

/**
 * A restarted key manager asks another one for all heads it knows (rule S3).
 *
 * @param incarnation of the one that asks: fresh in this life, so that no older report answers it
 */
public record HeadsRequest(Bytes32 incarnation) {
  public Bytes sign(EnclaveIdentity keyManager, Bytes32 networkHash) {
    return SignedMessage.sign(
        keyManager,
        networkHash,
        SignedMessage.Kind.HEADS_REQUEST,
        new WireWriter().bytes32(incarnation));
  }

  public static Verified<HeadsRequest> open(Bytes message, Bytes32 networkHash) {
    return SignedMessage.open(
        message, networkHash, SignedMessage.Kind.HEADS_REQUEST, HeadsRequest::read);
  }

  private static HeadsRequest read(WireReader reader) {
    return new HeadsRequest(reader.bytes32());
  }
}
