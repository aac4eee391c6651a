package network.enigma.protocol.crypto;

/**
 * The operations that the native and the portable implementation share; keys and digests have 32
 * bytes.
 */
interface Secp256k1Engine {
  boolean isValidPrivateKey(byte[] privateKey);

  /** The public key, 65 bytes uncompressed. */
  byte[] publicKey(byte[] privateKey);

  /**
   * r ‖ s with low s, 64 bytes, and the recovery id in a 65th.
   *
   * @param publicKey the one of the private key, which signers have at hand
   */
  byte[] sign(byte[] privateKey, byte[] publicKey, byte[] digest);

  /**
   * The public key, 65 bytes uncompressed.
   *
   * @throws network.enigma.protocol.EnigmaException BAD_SIGNATURE if there is none
   */
  byte[] recover(byte[] digest, byte[] compactSignature, int recoveryId);
}
