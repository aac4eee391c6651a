package network.enigma.protocol.crypto;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A secret byte string. It prints as its length only, compares in constant time, and gives its
 * bytes only against a {@link SecretAccess}.
 */
public final class SecretBytes {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final byte[] bytes;

  private SecretBytes(byte[] bytes) {
    this.bytes = bytes;
  }

  public static SecretBytes of(byte[] bytes) {
    return new SecretBytes(bytes.clone());
  }

  /** So many bytes from the system's secure random source. */
  public static SecretBytes random(int length) {
    byte[] bytes = new byte[length];
    RANDOM.nextBytes(bytes);
    return new SecretBytes(bytes);
  }

  public int length() {
    return bytes.length;
  }

  /** A copy of the secret's bytes. */
  public byte[] toByteArray(SecretAccess access) {
    Objects.requireNonNull(access);
    return bytes.clone();
  }

  @Override
  public boolean equals(@Nullable Object object) {
    return object instanceof SecretBytes other && MessageDigest.isEqual(bytes, other.bytes);
  }

  /** Depends on the length only, so that no hash of the secret appears anywhere. */
  @Override
  public int hashCode() {
    return bytes.length;
  }

  @Override
  public String toString() {
    return "SecretBytes[" + bytes.length + " bytes]";
  }
}
