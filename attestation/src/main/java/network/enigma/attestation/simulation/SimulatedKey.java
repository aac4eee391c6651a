package network.enigma.attestation.simulation;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;

/** A signing key on P-256 that protects nothing: it belongs to a simulated authority or machine. */
final class SimulatedKey {
  private static final String CURVE = "secp256r1";

  private final PrivateKey signing;
  private final PublicKey verifying;

  private SimulatedKey(PrivateKey signing, PublicKey verifying) {
    this.signing = signing;
    this.verifying = verifying;
  }

  static SimulatedKey generate() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(CURVE));
      KeyPair pair = generator.generateKeyPair();
      return new SimulatedKey(pair.getPrivate(), pair.getPublic());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK knows P-256", e);
    }
  }

  /**
   * The key of a number and its point.
   *
   * @param point x and y, 32 bytes each
   */
  static SimulatedKey of(Bytes32 number, Bytes point) {
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
      parameters.init(new ECGenParameterSpec(CURVE));
      ECParameterSpec curve = parameters.getParameterSpec(ECParameterSpec.class);
      KeyFactory factory = KeyFactory.getInstance("EC");
      ECPoint where = new ECPoint(unsigned(point.slice(0, 32)), unsigned(point.slice(32, 64)));
      return new SimulatedKey(
          factory.generatePrivate(new ECPrivateKeySpec(unsigned(number.bytes()), curve)),
          factory.generatePublic(new ECPublicKeySpec(where, curve)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK knows P-256", e);
    }
  }

  private static BigInteger unsigned(Bytes bytes) {
    return new BigInteger(1, bytes.toByteArray());
  }

  /** The public key as certificates hold it (SubjectPublicKeyInfo). */
  Bytes encoded() {
    return Bytes.of(verifying.getEncoded());
  }

  /** The public key as quotes hold it: x and y, 32 bytes each. */
  Bytes point() {
    ECPoint point = ((ECPublicKey) verifying).getW();
    return Bytes.concat(
        Bytes32.of(point.getAffineX()).bytes(), Bytes32.of(point.getAffineY()).bytes());
  }

  /** A signature as certificates hold it. */
  Bytes signDer(Bytes data) {
    return sign("SHA256withECDSA", data);
  }

  /** A signature as quotes hold it: r and s, 32 bytes each. */
  Bytes sign(Bytes data) {
    return sign("SHA256withECDSAinP1363Format", data);
  }

  private Bytes sign(String algorithm, Bytes data) {
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(signing);
      signature.update(data.asByteBuffer());
      return Bytes.of(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK signs on P-256", e);
    }
  }
}
