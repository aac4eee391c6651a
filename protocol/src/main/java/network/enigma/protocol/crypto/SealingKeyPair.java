package network.enigma.protocol.crypto;

import java.util.Objects;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.bouncycastle.pqc.crypto.xwing.XWingPrivateKeyParameters;

/**
 * A key pair to which others seal with {@link Hpke}. The private key has 32 bytes in both suites:
 * the seed of X-Wing, or the scalar of X25519. Prints as suite and public key.
 */
public final class SealingKeyPair {
  public static final int PRIVATE_KEY_LENGTH = 32;

  private final Suite suite;
  private final SecretBytes privateKey;
  private final Bytes publicKey;
  private final AsymmetricCipherKeyPair parameters;

  private SealingKeyPair(Suite suite, SecretBytes privateKey) {
    this.suite = suite;
    this.privateKey = privateKey;
    byte[] secret = privateKey.toByteArray(SecretAccess.granted());
    HPKE hpke = Hpke.hpke(suite);
    byte[] publicBytes =
        switch (suite) {
          case X_WING ->
              new XWingPrivateKeyParameters(secret).getPublicKeyParameters().getEncoded();
          case X25519 -> new X25519PrivateKeyParameters(secret).generatePublicKey().getEncoded();
        };
    this.publicKey = Bytes.of(publicBytes);
    this.parameters = hpke.deserializePrivateKey(secret, publicBytes);
  }

  /**
   * The key pair of a private key, which may come from a key derivation.
   *
   * @throws EnigmaException {@link ErrorCode#INVALID_KEY} unless there are 32 bytes
   */
  public static SealingKeyPair of(Suite suite, SecretBytes privateKey) {
    if (privateKey.length() != PRIVATE_KEY_LENGTH) {
      throw new EnigmaException(ErrorCode.INVALID_KEY, "a private sealing key has 32 bytes");
    }
    return new SealingKeyPair(suite, privateKey);
  }

  public static SealingKeyPair generate(Suite suite) {
    return of(suite, SecretBytes.random(PRIVATE_KEY_LENGTH));
  }

  /**
   * @throws EnigmaException {@link ErrorCode#INVALID_KEY} if the bytes have not the length of the
   *     suite's public keys
   */
  static void checkPublicKey(Suite suite, Bytes publicKey) {
    if (publicKey.length() != suite.publicKeyLength()) {
      throw new EnigmaException(
          ErrorCode.INVALID_KEY,
          "a public key of "
              + suite
              + " has "
              + suite.publicKeyLength()
              + " bytes, not "
              + publicKey.length());
    }
  }

  public Suite suite() {
    return suite;
  }

  public Bytes publicKey() {
    return publicKey;
  }

  public SecretBytes privateKey(SecretAccess access) {
    Objects.requireNonNull(access);
    return privateKey;
  }

  AsymmetricCipherKeyPair parameters() {
    return parameters;
  }

  @Override
  public String toString() {
    return "SealingKeyPair[" + suite + " " + publicKey + "]";
  }
}
