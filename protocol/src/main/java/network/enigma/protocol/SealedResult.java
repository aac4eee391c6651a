package network.enigma.protocol;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import network.enigma.protocol.crypto.Aead;
import network.enigma.protocol.crypto.Hkdf;
import network.enigma.protocol.crypto.SecretAccess;
import network.enigma.protocol.crypto.SecretBytes;

/**
 * The answer to a sealed input (rule K9, after RFC 9458 §4.4): {@code nonce32 ‖ AES-256-GCM(key,
 * iv, padded result, aad = taskId)} with key and iv from HKDF-SHA256 over the response secret, salt
 * {@code enc ‖ nonce32}, info "key" and "nonce". The nonce is fresh for every sealing, so running a
 * task again repeats no key.
 */
public final class SealedResult {
  private static final int NONCE_LENGTH = 32;
  private static final byte[] KEY_INFO = "key".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NONCE_INFO = "nonce".getBytes(StandardCharsets.US_ASCII);
  private static final SecureRandom RANDOM = new SecureRandom();

  private SealedResult() {}

  /** Seals a result in the enclave. */
  public static Bytes seal(ResponseKey responseKey, Bytes32 taskId, byte[] result) {
    byte[] nonce = new byte[NONCE_LENGTH];
    RANDOM.nextBytes(nonce);
    return seal(responseKey, taskId, result, Bytes32.of(nonce));
  }

  /** With the given nonce, for test vectors only. */
  static Bytes seal(ResponseKey responseKey, Bytes32 taskId, byte[] result, Bytes32 nonce) {
    SecretBytes extracted = extract(responseKey, nonce.toByteArray());
    byte[] ciphertext =
        Aead.seal(key(extracted), iv(extracted), Padding.pad(result), taskId.toByteArray());
    return Bytes.concat(nonce.bytes(), Bytes.of(ciphertext));
  }

  /**
   * Opens a result in the client.
   *
   * @throws EnigmaException {@link ErrorCode#RESULT_UNREADABLE} if it was not sealed for this input
   *     and task
   */
  public static SecretBytes open(ResponseKey responseKey, Bytes32 taskId, Bytes sealed) {
    byte[] bytes = sealed.toByteArray();
    if (bytes.length < NONCE_LENGTH + Aead.TAG_LENGTH) {
      throw unreadable();
    }
    SecretBytes extracted = extract(responseKey, Arrays.copyOf(bytes, NONCE_LENGTH));
    byte[] padded =
        Aead.open(
                key(extracted),
                iv(extracted),
                Arrays.copyOfRange(bytes, NONCE_LENGTH, bytes.length),
                taskId.toByteArray())
            .orElseThrow(SealedResult::unreadable);
    return SecretBytes.of(Padding.unpad(padded));
  }

  private static SecretBytes extract(ResponseKey responseKey, byte[] nonce) {
    byte[] salt =
        Arrays.copyOf(
            responseKey.encapsulation().toByteArray(),
            responseKey.encapsulation().length() + NONCE_LENGTH);
    System.arraycopy(nonce, 0, salt, salt.length - NONCE_LENGTH, NONCE_LENGTH);
    return Hkdf.extract(responseKey.secret(), salt);
  }

  private static SecretBytes key(SecretBytes extracted) {
    return Hkdf.expand(extracted, KEY_INFO, Aead.KEY_LENGTH);
  }

  private static byte[] iv(SecretBytes extracted) {
    return Hkdf.expand(extracted, NONCE_INFO, Aead.NONCE_LENGTH)
        .toByteArray(SecretAccess.granted());
  }

  private static EnigmaException unreadable() {
    return new EnigmaException(
        ErrorCode.RESULT_UNREADABLE, "the result was not sealed for this input and task");
  }
}
