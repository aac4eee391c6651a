package network.enigma.attestation.snp;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;
import network.enigma.attestation.Reason;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import org.jspecify.annotations.Nullable;

/** Reads and checks AMD's certificates with the JDK's own parser and cryptography. */
final class Certificates {
  /** Longest certificate looked at; AMD's have under 2 KB. */
  static final int LONGEST_CERTIFICATE = 8 << 10;

  /** Longest revocation list looked at. */
  static final int LONGEST_REVOCATION_LIST = 1 << 20;

  private static final byte SEQUENCE = 0x30;
  private static final int RSA_BITS = 4_096;
  private static final int KEY_CERT_SIGN = 5;
  private static final int CRL_SIGN = 6;
  private static final int PSS_SALT_LENGTH = 48;
  private static final String PSS = "RSASSA-PSS";

  private static final BigInteger P384_PRIME =
      BigInteger.TWO
          .pow(384)
          .subtract(BigInteger.TWO.pow(128))
          .subtract(BigInteger.TWO.pow(96))
          .add(BigInteger.TWO.pow(32))
          .subtract(BigInteger.ONE);
  private static final BigInteger P384_B =
      new BigInteger(
          "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875a"
              + "c656398d8a2ed19d2a85c8edd3ec2aef",
          16);

  private Certificates() {}

  /** Reads one certificate in DER that fills the bytes exactly. */
  static X509Certificate certificate(Bytes der, String what) throws RefusedException {
    if (der.isEmpty() || der.length() > LONGEST_CERTIFICATE) {
      throw malformed(what);
    }
    try {
      byte[] bytes = der.toByteArray();
      X509Certificate certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(bytes));
      if (!Arrays.equals(certificate.getEncoded(), bytes)) {
        throw malformed(what);
      }
      requireOneForm(bytes, what);
      return certificate;
    } catch (CertificateException | RuntimeException e) {
      throw malformed(what);
    }
  }

  /** Reads one revocation list in DER that fills the bytes exactly. */
  static X509CRL revocationList(Bytes der) throws RefusedException {
    String what = "revocation list";
    if (der.isEmpty() || der.length() > LONGEST_REVOCATION_LIST) {
      throw malformed(what);
    }
    try {
      byte[] bytes = der.toByteArray();
      X509CRL list =
          (X509CRL)
              CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(bytes));
      if (!Arrays.equals(list.getEncoded(), bytes)) {
        throw malformed(what);
      }
      requireOneForm(bytes, what);
      return list;
    } catch (CertificateException | CRLException | RuntimeException e) {
      throw malformed(what);
    }
  }

  /**
   * Checks what the JDK leaves open in the bytes that no signature covers, so that nobody can
   * change one: the algorithm is stated alike inside and outside (RFC 5280, 4.1.1.2), and the
   * signature's bit string has no unused bits.
   */
  private static void requireOneForm(byte[] der, String what) throws RefusedException {
    int signed = contents(der, 0, what);
    int outside = end(der, signed, what);
    int inside = contents(der, signed, what);
    while (inside < outside && der[inside] != SEQUENCE) {
      inside = end(der, inside, what);
    }
    if (inside >= outside
        || !Arrays.equals(
            der, inside, end(der, inside, what), der, outside, end(der, outside, what))) {
      throw malformed(what);
    }
    int signature = contents(der, end(der, outside, what), what);
    if (signature >= der.length || der[signature] != 0) {
      throw malformed(what);
    }
  }

  /** Where the contents of the DER value at an offset begin; its length has at most three bytes. */
  private static int contents(byte[] der, int offset, String what) throws RefusedException {
    if (offset + 4 > der.length) {
      throw malformed(what);
    }
    return switch (der[offset + 1] & 0xff) {
      case 0x81 -> offset + 3;
      case 0x82 -> offset + 4;
      case 0x83 -> offset + 5;
      default -> offset + 2;
    };
  }

  /** Where the DER value at an offset ends. */
  private static int end(byte[] der, int offset, String what) throws RefusedException {
    int start = contents(der, offset, what);
    int length = der[offset + 1] & 0xff;
    if (length > 0x80) {
      length = new BigInteger(1, Arrays.copyOfRange(der, offset + 2, start)).intValue();
    }
    if (length > der.length - start) {
      throw malformed(what);
    }
    return start + length;
  }

  static Bytes32 sha256(Bytes bytes) {
    try {
      return Bytes32.of(MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** The one common name of a subject or issuer; empty if there is none or more than one. */
  static String commonName(X500Principal principal) {
    try {
      String found = "";
      for (Rdn rdn : new LdapName(principal.getName(X500Principal.RFC2253)).getRdns()) {
        if (rdn.getType().equalsIgnoreCase("CN")) {
          if (!found.isEmpty()) {
            return "";
          }
          found = rdn.getValue() instanceof String text ? text : "";
        }
      }
      return found;
    } catch (InvalidNameException e) {
      return "";
    }
  }

  /** Checks that the issuer may and did sign the certificate, and both are valid at the time. */
  static void requireIssued(X509Certificate certificate, X509Certificate issuer, String what)
      throws RefusedException {
    if (!certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
      throw broken(what + " names another issuer");
    }
    if (!maySign(issuer, KEY_CERT_SIGN)) {
      throw broken("the issuer of " + what + " may not issue certificates");
    }
    requirePss(certificate.getSigAlgName(), certificate.getSigAlgParams(), issuer, what);
    try {
      certificate.verify(issuer.getPublicKey());
    } catch (GeneralSecurityException | RuntimeException e) {
      throw broken(what + " is not signed by its issuer");
    }
  }

  static void requireValid(X509Certificate certificate, Instant time, String what)
      throws RefusedException {
    if (time.isBefore(certificate.getNotBefore().toInstant())
        || time.isAfter(certificate.getNotAfter().toInstant())) {
      throw new RefusedException(
          Reason.Code.CERTIFICATE_EXPIRED, what + " is not valid at " + time);
    }
  }

  /** Checks that the list is the root's and valid at the time. */
  static void requireCurrent(X509CRL list, X509Certificate root, Instant time)
      throws RefusedException {
    if (!list.getIssuerX500Principal().equals(root.getSubjectX500Principal())
        || !maySign(root, CRL_SIGN)) {
      throw new RefusedException(
          Reason.Code.CRL_INVALID, "the revocation list is of another issuer");
    }
    try {
      requirePss(list.getSigAlgName(), list.getSigAlgParams(), root, "the revocation list");
      list.verify(root.getPublicKey());
    } catch (RefusedException | GeneralSecurityException | RuntimeException e) {
      throw new RefusedException(
          Reason.Code.CRL_INVALID, "the revocation list is not signed by the root");
    }
    if (list.hasUnsupportedCriticalExtension()) {
      throw new RefusedException(
          Reason.Code.CRL_INVALID, "the revocation list has unknown critical extensions");
    }
    Date next = list.getNextUpdate();
    if (next == null
        || time.isBefore(list.getThisUpdate().toInstant())
        || time.isAfter(next.toInstant())) {
      throw new RefusedException(
          Reason.Code.ROOT_CRL_EXPIRED, "the revocation list is not valid at " + time);
    }
  }

  /** The endorsed key: a point on the curve P-384. */
  static ECPublicKey p384Key(X509Certificate certificate) throws RefusedException {
    if (!(certificate.getPublicKey() instanceof ECPublicKey key) || !isOnP384(key)) {
      throw new RefusedException(
          Reason.Code.MALFORMED_COLLATERAL, "the endorsed key is no point of the curve P-384");
    }
    return key;
  }

  private static boolean isOnP384(ECPublicKey key) {
    if (key.getParams().getOrder().bitLength() != 384 || key.getParams().getCofactor() != 1) {
      return false;
    }
    BigInteger x = key.getW().getAffineX();
    BigInteger y = key.getW().getAffineY();
    if (x == null || y == null || x.compareTo(P384_PRIME) >= 0 || y.compareTo(P384_PRIME) >= 0) {
      return false;
    }
    BigInteger right =
        x.multiply(x).subtract(BigInteger.valueOf(3)).multiply(x).add(P384_B).mod(P384_PRIME);
    return y.multiply(y).mod(P384_PRIME).equals(right);
  }

  private static boolean maySign(X509Certificate issuer, int use) {
    boolean[] uses = issuer.getKeyUsage();
    return issuer.getBasicConstraints() >= 0 && uses != null && use < uses.length && uses[use];
  }

  private static void requirePss(
      String algorithm, byte @Nullable [] parameters, X509Certificate signer, String what)
      throws RefusedException {
    PublicKey key = signer.getPublicKey();
    if (!(key instanceof RSAPublicKey rsa) || rsa.getModulus().bitLength() != RSA_BITS) {
      throw broken("the key that signs " + what + " is not RSA of 4,096 bits");
    }
    if (!algorithm.equals(PSS) || !isSha384Pss(parameters)) {
      throw broken(what + " is not signed by RSASSA-PSS with SHA-384 and a salt of 48 bytes");
    }
  }

  private static boolean isSha384Pss(byte @Nullable [] encoded) {
    if (encoded == null) {
      return false;
    }
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance(PSS);
      parameters.init(encoded);
      PSSParameterSpec pss = parameters.getParameterSpec(PSSParameterSpec.class);
      return pss.getDigestAlgorithm().equals("SHA-384")
          && pss.getMGFParameters() instanceof MGF1ParameterSpec mask
          && mask.getDigestAlgorithm().equals("SHA-384")
          && pss.getSaltLength() == PSS_SALT_LENGTH;
    } catch (GeneralSecurityException | IOException e) {
      return false;
    }
  }

  private static RefusedException malformed(String what) {
    return new RefusedException(
        Reason.Code.MALFORMED_COLLATERAL, "the " + what + " is not readable");
  }

  private static RefusedException broken(String detail) {
    return new RefusedException(Reason.Code.CHAIN_INVALID, detail);
  }
}
