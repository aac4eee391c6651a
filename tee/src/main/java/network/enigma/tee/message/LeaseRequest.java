package network.enigma.tee.message;

import java.util.Optional;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.LeaseNumber;
import network.enigma.protocol.crypto.Suite;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;
import network.enigma.tee.EnclaveIdentity;

/**
 * A worker enclave asks the key managers for a lease (rule S2). Not sealed: it holds nothing
 * secret.
 *
 * @param realm the realm
 * @param tenure the tenure it was drawn for
 * @param headerNumber a recent block
 * @param headerHash its hash
 * @param attempt counts tries at the same header, a uint16
 * @param previousGeneration present if it needs the secret of the tenure before as well (rule K3):
 *     the generation of that tenure
 * @param sealingKey the enclave's X-Wing public key, to which the grant is sealed
 * @param nonce fresh, so that a grant answers exactly one request
 */
public record LeaseRequest(
    Bytes32 realm,
    long tenure,
    long headerNumber,
    Bytes32 headerHash,
    int attempt,
    Optional<Long> previousGeneration,
    Bytes sealingKey,
    Bytes32 nonce) {
  public LeaseRequest {
    LeaseNumber.of(headerNumber, attempt);
    if (sealingKey.length() != Suite.X_WING.publicKeyLength()) {
      throw new IllegalArgumentException("a sealing key is an X-Wing public key");
    }
  }

  /** The proposed number. */
  public long lease() {
    return LeaseNumber.of(headerNumber, attempt);
  }

  public Bytes sign(EnclaveIdentity identity, Bytes32 networkHash) {
    return SignedMessage.sign(
        identity,
        networkHash,
        SignedMessage.Kind.LEASE_REQUEST,
        new WireWriter()
            .bytes32(realm)
            .uint64(tenure)
            .uint64(headerNumber)
            .bytes32(headerHash)
            .uint16(attempt)
            .optional(previousGeneration, WireWriter::uint32)
            .raw(sealingKey.toByteArray())
            .bytes32(nonce));
  }

  public static Verified<LeaseRequest> open(Bytes message, Bytes32 networkHash) {
    return SignedMessage.open(
        message, networkHash, SignedMessage.Kind.LEASE_REQUEST, LeaseRequest::read);
  }

  private static LeaseRequest read(WireReader reader) {
    return new LeaseRequest(
        reader.bytes32(),
        reader.uint64(),
        reader.uint64(),
        reader.bytes32(),
        reader.uint16(),
        reader.optional(WireReader::uint32),
        Bytes.of(reader.raw(Suite.X_WING.publicKeyLength())),
        reader.bytes32());
  }
}
