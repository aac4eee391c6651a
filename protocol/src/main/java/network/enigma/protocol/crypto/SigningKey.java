package network.enigma.protocol.crypto;

import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Hex;

/** A secp256k1 private key and its account. Prints as the account. */
public final class SigningKey {
  private final byte[] privateKey;
  private final byte[] publicKey;
  private final Address address;

  private SigningKey(byte[] privateKey) {
    this.privateKey = privateKey;
    this.publicKey = Secp256k1.engine().publicKey(privateKey);
    this.address = Secp256k1.addressOf(publicKey);
  }

  /**
   * @throws EnigmaException {@link ErrorCode#INVALID_KEY} unless the secret is 32 bytes between 1
   *     and the curve's order
   */
  public static SigningKey of(SecretBytes secret) {
    byte[] bytes = secret.toByteArray(SecretAccess.granted());
    if (!Secp256k1.engine().isValidPrivateKey(bytes)) {
      throw new EnigmaException(ErrorCode.INVALID_KEY, "not a private key of secp256k1");
    }
    return new SigningKey(bytes);
  }

  /** Reads the private key from hexadecimal text, as command lines and test networks give it. */
  public static SigningKey fromHex(String text) {
    try {
      return of(SecretBytes.of(Hex.decode(text)));
    } catch (EnigmaException e) {
      // The text may be a key with a typing error: it must not appear in a message.
      throw new EnigmaException(
          ErrorCode.INVALID_KEY, "not a private key of secp256k1 in hexadecimal");
    }
  }

  public static SigningKey generate() {
    while (true) {
      SecretBytes candidate = SecretBytes.random(32);
      if (Secp256k1.engine().isValidPrivateKey(candidate.toByteArray(SecretAccess.granted()))) {
        return of(candidate);
      }
    }
  }

  public Address address() {
    return address;
  }

  /** Signs a 32-byte digest, with a nonce derived from key and digest (RFC 6979). */
  public Signature sign(Bytes32 digest) {
    byte[] signature = Secp256k1.engine().sign(privateKey, publicKey, digest.toByteArray());
    signature[64] += 27;
    return Signature.of(signature);
  }

  /** The uncompressed public key, 65 bytes. */
  public byte[] publicKey() {
    return publicKey.clone();
  }

  public SecretBytes secret(SecretAccess access) {
    java.util.Objects.requireNonNull(access);
    return SecretBytes.of(privateKey);
  }

  @Override
  public String toString() {
    return "SigningKey[" + address + "]";
  }
}
