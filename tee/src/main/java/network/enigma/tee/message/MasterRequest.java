package network.enigma.tee.message;

import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Preimage;
import network.enigma.protocol.ReportData;
import network.enigma.protocol.Role;
import network.enigma.protocol.crypto.Suite;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;
import network.enigma.tee.EnclaveIdentity;

/**
 * A key manager asks another one for the master secret of a generation (rule K5), showing its
 * evidence.
 *
 * @param generation uint32
 * @param sealingKey X-Wing public key to which the answer is sealed
 * @param nonce fresh
 * @param evidence bound to this enclave and to {@link #reportData}
 */
public record MasterRequest(long generation, Bytes sealingKey, Bytes32 nonce, Bytes evidence) {
  static final int MAXIMUM_EVIDENCE = 64 << 10;

  public MasterRequest {
    if (sealingKey.length() != Suite.X_WING.publicKeyLength()) {
      throw new IllegalArgumentException("a sealing key is an X-Wing public key");
    }
  }

  /**
   * What the evidence in a request must be bound to: the enclave and everything else in the
   * request.
   */
  public static Bytes32 reportData(
      Bytes32 networkHash, Address enclave, long generation, Bytes sealingKey, Bytes32 nonce) {
    return ReportData.hash(
        networkHash,
        Role.KEY_MANAGER,
        enclave,
        Address.zero(),
        Preimage.hash("MASTER_REQUEST", "uint32,bytes,bytes32", generation, sealingKey, nonce));
  }

  public Bytes sign(EnclaveIdentity identity, Bytes32 networkHash) {
    return SignedMessage.sign(
        identity,
        networkHash,
        SignedMessage.Kind.MASTER_REQUEST,
        new WireWriter()
            .uint32(generation)
            .raw(sealingKey.toByteArray())
            .bytes32(nonce)
            .bytes(evidence));
  }

  public static Verified<MasterRequest> open(Bytes message, Bytes32 networkHash) {
    return SignedMessage.open(
        message, networkHash, SignedMessage.Kind.MASTER_REQUEST, MasterRequest::read);
  }

  private static MasterRequest read(WireReader reader) {
    return new MasterRequest(
        reader.uint32(),
        Bytes.of(reader.raw(Suite.X_WING.publicKeyLength())),
        reader.bytes32(),
        reader.bytes(MAXIMUM_EVIDENCE));
  }
}
