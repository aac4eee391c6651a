package network.enigma.node.peer;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.Preimage;
import network.enigma.protocol.crypto.Secp256k1;
import network.enigma.protocol.crypto.Signature;
import network.enigma.protocol.crypto.SigningKey;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/**
 * A host's TLS identity: a fresh P-256 key with a self-signed certificate, in which an extension
 * carries the operator key's signature over network hash and TLS key. Whoever verifies it knows the
 * operator's account, which the registry on Ethereum lists; no certificate authority is involved.
 */
final class OperatorCertificate {
  /** A UUID-based object identifier (ITU-T X.667). */
  private static final String BINDING = "2.25.240461203418963072156712973018457304183";

  private static final Duration LIFE = Duration.ofDays(366);

  private final PrivateKey key;
  private final X509Certificate certificate;

  private OperatorCertificate(PrivateKey key, X509Certificate certificate) {
    this.key = key;
    this.certificate = certificate;
  }

  static OperatorCertificate create(SigningKey operator, Bytes32 networkHash) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair pair = generator.generateKeyPair();
      byte[] publicKey = pair.getPublic().getEncoded();
      Signature binding = operator.sign(bindingDigest(networkHash, publicKey));
      return new OperatorCertificate(
          pair.getPrivate(), selfSigned(pair, operator.address(), binding));
    } catch (GeneralSecurityException | IOException e) {
      throw new EnigmaException(ErrorCode.INTERNAL, "cannot make a certificate: " + e.getMessage());
    }
  }

  private static X509Certificate selfSigned(KeyPair pair, Address operator, Signature binding)
      throws GeneralSecurityException, IOException {
    AlgorithmIdentifier algorithm = new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);
    X500Name name = new X500Name("CN=" + operator.hex());
    Instant now = Instant.now();
    V3TBSCertificateGenerator generator = new V3TBSCertificateGenerator();
    generator.setSerialNumber(
        new org.bouncycastle.asn1.ASN1Integer(new BigInteger(120, new SecureRandom())));
    generator.setSignature(algorithm);
    generator.setIssuer(name);
    generator.setSubject(name);
    generator.setStartDate(new Time(Date.from(now.minus(Duration.ofDays(1)))));
    generator.setEndDate(new Time(Date.from(now.plus(LIFE))));
    generator.setSubjectPublicKeyInfo(
        SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()));
    generator.setExtensions(
        new Extensions(
            new Extension(
                new ASN1ObjectIdentifier(BINDING),
                false,
                new DEROctetString(binding.toByteArray()))));
    TBSCertificate content = generator.generateTBSCertificate();
    java.security.Signature signer = java.security.Signature.getInstance("SHA256withECDSA");
    signer.initSign(pair.getPrivate());
    signer.update(content.getEncoded("DER"));
    ASN1EncodableVector parts = new ASN1EncodableVector();
    parts.add(content);
    parts.add(algorithm);
    parts.add(new DERBitString(signer.sign()));
    byte[] encoded = new DERSequence(parts).getEncoded("DER");
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(encoded));
  }

  PrivateKey key() {
    return key;
  }

  X509Certificate certificate() {
    return certificate;
  }

  /**
   * The account of the operator that vouches for a certificate.
   *
   * @throws CertificateException if it is not signed by its own key, not valid now, or without
   *     binding
   */
  static Address operatorOf(X509Certificate certificate, Bytes32 networkHash)
      throws CertificateException {
    certificate.checkValidity();
    try {
      certificate.verify(certificate.getPublicKey());
    } catch (GeneralSecurityException e) {
      throw new CertificateException("the certificate is not signed by its own key", e);
    }
    byte[] extension = certificate.getExtensionValue(BINDING);
    if (extension == null) {
      throw new CertificateException("the certificate carries no operator's signature");
    }
    byte[] signature = ASN1OctetString.getInstance(extension).getOctets();
    try {
      return Secp256k1.recover(
          bindingDigest(networkHash, certificate.getPublicKey().getEncoded()),
          Signature.of(signature));
    } catch (EnigmaException e) {
      throw new CertificateException("the operator's signature is not valid", e);
    }
  }

  private static Bytes32 bindingDigest(Bytes32 networkHash, byte[] publicKey) {
    return Preimage.hash("PEER", "bytes32,bytes32", networkHash, Keccak.hash(publicKey));
  }
}
