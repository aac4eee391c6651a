package network.enigma.protocol;

import network.enigma.protocol.crypto.Secp256k1;
import network.enigma.protocol.crypto.Signature;

/** A message that is signed under the network's EIP-712 domain. */
public interface Eip712Message {
  /** hashStruct of EIP-712. */
  Bytes32 structHash();

  /** The 32 bytes to sign. */
  default Bytes32 digest(Eip712Domain domain) {
    return domain.digest(structHash());
  }

  /**
   * The account that signed this message.
   *
   * @throws EnigmaException {@link ErrorCode#BAD_SIGNATURE} if no key can have made the signature
   */
  default Address signer(Eip712Domain domain, Signature signature) {
    return Secp256k1.recover(digest(domain), signature);
  }
}
