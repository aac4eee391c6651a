package network.enigma.protocol.crypto;

import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** AES-256-GCM with a 12-byte nonce and a 16-byte tag at the end. */
public final class Aead {
  public static final int KEY_LENGTH = 32;
  public static final int NONCE_LENGTH = 12;
  public static final int TAG_LENGTH = 16;

  private Aead() {}

  /** Encrypts; the same key and nonce must never be used twice. */
  public static byte[] seal(
      SecretBytes key, byte[] nonce, byte[] plaintext, byte[] associatedData) {
    try {
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, key, nonce);
      cipher.updateAAD(associatedData);
      return cipher.doFinal(plaintext);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM is not available", e);
    }
  }

  /** Decrypts; empty if key, nonce, ciphertext and associated data do not belong together. */
  public static Optional<byte[]> open(
      SecretBytes key, byte[] nonce, byte[] ciphertext, byte[] associatedData) {
    if (ciphertext.length < TAG_LENGTH) {
      return Optional.empty();
    }
    try {
      Cipher cipher = cipher(Cipher.DECRYPT_MODE, key, nonce);
      cipher.updateAAD(associatedData);
      return Optional.of(cipher.doFinal(ciphertext));
    } catch (AEADBadTagException e) {
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM is not available", e);
    }
  }

  private static Cipher cipher(int mode, SecretBytes key, byte[] nonce)
      throws GeneralSecurityException {
    if (key.length() != KEY_LENGTH || nonce.length != NONCE_LENGTH) {
      throw new IllegalArgumentException("AES-256-GCM takes a key of 32 and a nonce of 12 bytes");
    }
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        mode,
        new SecretKeySpec(key.toByteArray(SecretAccess.granted()), "AES"),
        new GCMParameterSpec(TAG_LENGTH * 8, nonce));
    return cipher;
  }
}
