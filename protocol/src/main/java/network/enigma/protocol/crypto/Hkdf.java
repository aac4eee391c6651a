package network.enigma.protocol.crypto;

import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.HKDFParameters;

/** HKDF with SHA-256 (RFC 5869): extract and expand in one step. */
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
}
