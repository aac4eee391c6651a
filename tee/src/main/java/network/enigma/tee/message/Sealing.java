package network.enigma.tee.message;

import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.Preimage;
import network.enigma.protocol.crypto.Hpke;
import network.enigma.protocol.crypto.SecretBytes;
import network.enigma.protocol.crypto.Suite;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;
import network.enigma.tee.EnclaveIdentity;

/**
 * X-Wing sealing between enclaves (rule K5): info is tag ‖ network hash, the associated data names
 * the request it answers.
 */
final class Sealing {
  private static final int MAXIMUM_BYTES = 4 << 20;

  private Sealing() {}

  private static byte[] info(Bytes32 networkHash) {
    return Bytes.concat(Preimage.tag("ENCLAVE_SEAL").bytes(), networkHash.bytes()).toByteArray();
  }

  static Bytes seal(Bytes recipientKey, Bytes32 networkHash, Bytes32 request, byte[] plaintext) {
    Hpke.Sealed sealed =
        Hpke.seal(Suite.X_WING, recipientKey, info(networkHash), request.toByteArray(), plaintext);
    return new WireWriter()
        .raw(sealed.encapsulation().toByteArray())
        .bytes(sealed.ciphertext())
        .toBytes();
  }

  /** Throws {@code MALFORMED_MESSAGE} or {@code DECRYPTION_FAILED}. */
  static SecretBytes open(
      EnclaveIdentity identity, Bytes32 networkHash, Bytes32 request, Bytes sealed)
      throws EnigmaException {
    WireReader reader = new WireReader(sealed);
    Bytes encapsulation = Bytes.of(reader.raw(Suite.X_WING.encapsulationLength()));
    Bytes ciphertext = reader.bytes(MAXIMUM_BYTES);
    reader.end();
    return identity.open(
        encapsulation, info(networkHash), request.toByteArray(), ciphertext.toByteArray());
  }
}
