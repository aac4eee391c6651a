package network.enigma.protocol.crypto;

import java.nio.charset.StandardCharsets;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.crypto.hpke.HPKEContext;
import org.bouncycastle.crypto.hpke.HPKEContextWithEncapsulation;

/**
 * Sealing to a public key: HPKE of RFC 9180 in base mode (rule K6). Both sides also get the
 * response secret, exported from the same context, with which the answer is sealed (rule K9).
 */
public final class Hpke {
  /** The exporter context of the response secret. */
  public static final String RESPONSE_CONTEXT = "enigma/v1/response";

  private static final byte[] EXPORTER_CONTEXT = RESPONSE_CONTEXT.getBytes(StandardCharsets.UTF_8);
  private static final int RESPONSE_SECRET_LENGTH = 32;

  private Hpke() {}

  static HPKE hpke(Suite suite) {
    return new HPKE(HPKE.mode_base, (short) suite.id(), HPKE.kdf_HKDF_SHA256, HPKE.aead_AES_GCM256);
  }

  /**
   * What the sealing side holds.
   *
   * @param encapsulation the encapsulated key, sent in front of the ciphertext
   * @param ciphertext the sealed plaintext, 16 bytes longer than it
   * @param responseSecret 32 bytes that only the recipient can also derive
   */
  public record Sealed(Bytes encapsulation, Bytes ciphertext, SecretBytes responseSecret) {}

  /**
   * What the recipient holds.
   *
   * @param plaintext the opened bytes
   * @param responseSecret 32 bytes shared with the sealing side
   */
  public record Opened(SecretBytes plaintext, SecretBytes responseSecret) {}

  /**
   * Seals the plaintext.
   *
   * @throws EnigmaException {@link ErrorCode#INVALID_KEY} if the public key is not one of the suite
   */
  public static Sealed seal(
      Suite suite, Bytes publicKey, byte[] info, byte[] associatedData, byte[] plaintext) {
    SealingKeyPair.checkPublicKey(suite, publicKey);
    HPKE hpke = hpke(suite);
    HPKEContextWithEncapsulation context;
    byte[] ciphertext;
    try {
      context = hpke.setupBaseS(hpke.deserializePublicKey(publicKey.toByteArray()), info);
      ciphertext = context.seal(associatedData, plaintext);
    } catch (InvalidCipherTextException | RuntimeException e) {
      throw new EnigmaException(
          ErrorCode.INVALID_KEY, "nothing can be sealed to this " + suite + " public key");
    }
    return new Sealed(
        Bytes.of(context.getEncapsulation()),
        Bytes.of(ciphertext),
        SecretBytes.of(context.export(EXPORTER_CONTEXT, RESPONSE_SECRET_LENGTH)));
  }

  /**
   * Opens what was sealed to the key pair.
   *
   * @throws EnigmaException {@link ErrorCode#DECRYPTION_FAILED} whatever is wrong, without saying
   *     what
   */
  public static Opened open(
      SealingKeyPair keyPair,
      Bytes encapsulation,
      byte[] info,
      byte[] associatedData,
      byte[] ciphertext) {
    Suite suite = keyPair.suite();
    if (encapsulation.length() != suite.encapsulationLength()
        || ciphertext.length < Aead.TAG_LENGTH) {
      throw failed();
    }
    try {
      HPKEContext context =
          hpke(suite).setupBaseR(encapsulation.toByteArray(), keyPair.parameters(), info);
      byte[] plaintext = context.open(associatedData, ciphertext);
      return new Opened(
          SecretBytes.of(plaintext),
          SecretBytes.of(context.export(EXPORTER_CONTEXT, RESPONSE_SECRET_LENGTH)));
    } catch (InvalidCipherTextException | RuntimeException e) {
      // The library reports hostile points and damaged ciphertexts in several ways; the caller
      // learns one.
      throw failed();
    }
  }

  private static EnigmaException failed() {
    return new EnigmaException(ErrorCode.DECRYPTION_FAILED, "the ciphertext does not open");
  }
}
