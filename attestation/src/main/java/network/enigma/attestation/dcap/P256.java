package network.enigma.attestation.dcap;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.util.Optional;
import network.enigma.protocol.Bytes;

/** Keys and signatures on the curve P-256 (FIPS 186), by the JDK. */
final class P256 {
  static final ECParameterSpec CURVE = curve();

  private static final BigInteger PRIME = ((ECFieldFp) CURVE.getCurve().getField()).getP();

  private P256() {}

  private static ECParameterSpec curve() {
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
      parameters.init(new ECGenParameterSpec("secp256r1"));
      return parameters.getParameterSpec(ECParameterSpec.class);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK knows P-256", e);
    }
  }

  /**
   * The key of a point, empty unless it is on the curve, which the JDK does not check by itself.
   *
   * @param point x and y, 32 bytes each
   */
  static Optional<PublicKey> key(Bytes point) {
    BigInteger x = new BigInteger(1, point.slice(0, 32).toByteArray());
    BigInteger y = new BigInteger(1, point.slice(32, 64).toByteArray());
    if (!onCurve(x, y)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          KeyFactory.getInstance("EC")
              .generatePublic(new ECPublicKeySpec(new ECPoint(x, y), CURVE)));
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }

  private static boolean onCurve(BigInteger x, BigInteger y) {
    return x.compareTo(PRIME) < 0
        && y.compareTo(PRIME) < 0
        && y.multiply(y)
            .mod(PRIME)
            .equals(
                x.multiply(x)
                    .add(CURVE.getCurve().getA())
                    .multiply(x)
                    .add(CURVE.getCurve().getB())
                    .mod(PRIME));
  }

  /** A key that a certificate holds is on this curve. */
  static boolean isKey(PublicKey key) {
    return key instanceof ECPublicKey ec
        && ec.getParams().getCurve().equals(CURVE.getCurve())
        && onCurve(ec.getW().getAffineX(), ec.getW().getAffineY());
  }

  /**
   * The signature is right.
   *
   * @param signature r and s, 32 bytes each
   */
  static boolean verifies(PublicKey key, Bytes data, Bytes signature) {
    if (signature.length() != 64) {
      return false;
    }
    try {
      Signature verifier = Signature.getInstance("SHA256withECDSAinP1363Format");
      verifier.initVerify(key);
      verifier.update(data.asByteBuffer());
      return verifier.verify(signature.toByteArray());
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
