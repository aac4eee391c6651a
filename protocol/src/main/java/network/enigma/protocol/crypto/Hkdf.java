package network.enigma.protocol.crypto;

import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.HKDFParameters;

/** HKDF with SHA-256 (RFC 5869). */
public final class Hkdf {
  private Hkdf() {}

  /** Derives {@code length} bytes from the secret, for the purpose that salt and info name. */
  public static SecretBytes derive(SecretBytes secret, byte[] salt, byte[] info, int length) {
    HKDFBytesGenerator generator = new HKDFBytesGenerator(new SHA256Digest());
    generator.init(new HKDFParameters(secret.toByteArray(SecretAccess.granted()), salt, info));
    byte[] derived = new byte[length];
    generator.generateBytes(derived, 0, length);
    return SecretBytes.of(derived);
  }

  /** The first step alone, for several keys from one secret and salt. */
  public static SecretBytes extract(SecretBytes secret, byte[] salt) {
    return SecretBytes.of(
        new HKDFBytesGenerator(new SHA256Digest())
            .extractPRK(salt, secret.toByteArray(SecretAccess.granted())));
  }

  /**
   * The second step: {@code length} bytes from an extracted key, for the purpose that info names.
   */
  public static SecretBytes expand(SecretBytes extracted, byte[] info, int length) {
    HKDFBytesGenerator generator = new HKDFBytesGenerator(new SHA256Digest());
    generator.init(
        HKDFParameters.skipExtractParameters(extracted.toByteArray(SecretAccess.granted()), info));
    byte[] derived = new byte[length];
    generator.generateBytes(derived, 0, length);
    return SecretBytes.of(derived);
  }
}
