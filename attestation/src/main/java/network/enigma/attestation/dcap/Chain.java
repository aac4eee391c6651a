package network.enigma.attestation.dcap;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXCertPathChecker;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import network.enigma.attestation.Reason;
import network.enigma.attestation.Refusal;
import network.enigma.protocol.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * Certificates from a leaf to the pinned root. The root that comes with them is compared, never
 * trusted.
 *
 * @param what for people
 * @param path leaf first, without the root
 * @param root as it came along
 */
record Chain(String what, List<X509Certificate> path, Optional<X509Certificate> root) {

  /**
   * Reads a chain.
   *
   * @param length without the root, which may be there or not
   */
  static Chain read(String what, Bytes pem, int length) throws Refusal {
    List<Bytes> encoded = Pem.certificates(pem, length + 1, Reason.Code.CHAIN_INVALID);
    if (encoded.size() < length) {
      throw new Refusal(
          Reason.Code.CHAIN_INVALID, what + ": " + encoded.size() + " certificates only");
    }
    List<X509Certificate> certificates = new ArrayList<>();
    for (Bytes der : encoded) {
      certificates.add(certificate(what, der));
    }
    return new Chain(
        what,
        List.copyOf(certificates.subList(0, length)),
        certificates.size() > length ? Optional.of(certificates.get(length)) : Optional.empty());
  }

  private static X509Certificate certificate(String what, Bytes der) throws Refusal {
    ByteArrayInputStream stream = new ByteArrayInputStream(der.toByteArray());
    try {
      Certificate certificate = CertificateFactory.getInstance("X.509").generateCertificate(stream);
      if (certificate instanceof X509Certificate x509 && stream.available() == 0) {
        return x509;
      }
    } catch (CertificateException | RuntimeException e) {
      // The JDK's reader answers some malformed certificates with unchecked exceptions.
    }
    throw new Refusal(Reason.Code.CHAIN_INVALID, what + ": a certificate that cannot be read");
  }

  X509Certificate leaf() {
    return path.getFirst();
  }

  /** The certificate that issued the leaf, or nothing if the root did. */
  Optional<X509Certificate> intermediate() {
    return path.size() > 1 ? Optional.of(path.get(1)) : Optional.empty();
  }

  /** All certificates, the root's too where it came along. */
  List<X509Certificate> all() {
    List<X509Certificate> all = new ArrayList<>(path);
    root.ifPresent(all::add);
    return all;
  }

  /** The subject has the common name, in the form {@code CN=...}. */
  static boolean named(X500Principal subject, String commonName) {
    return List.of(subject.getName(X500Principal.RFC2253).split(",", -1)).contains(commonName);
  }

  /**
   * The certificates lead to the pinned root: names, signatures, constraints, validity, curve.
   *
   * @param reasons where a reason against it is added
   */
  void verifyInto(List<Reason> reasons, TrustAnchors anchors, Instant time) {
    try {
      verify(anchors, time);
    } catch (Refusal e) {
      reasons.add(e.reason());
    }
  }

  private void verify(TrustAnchors anchors, Instant time) throws Refusal {
    if (root.isPresent() && !point(root.get().getPublicKey()).equals(anchors.rootPoint())) {
      throw new Refusal(Reason.Code.ROOT_NOT_TRUSTED, what + " ends in another root");
    }
    X500Principal rootName = path.getLast().getIssuerX500Principal();
    if (!named(rootName, anchors.rootName())) {
      throw new Refusal(Reason.Code.ROOT_NOT_TRUSTED, what + " was issued by another root");
    }
    if (root.isPresent()) {
      verifyRoot(root.get(), rootName, anchors.rootKey());
    }
    for (X509Certificate certificate : path) {
      if (!P256.isKey(certificate.getPublicKey())) {
        throw new Refusal(Reason.Code.CHAIN_INVALID, what + " has a key of another kind");
      }
    }
    for (X509Certificate certificate : all()) {
      requireValid(certificate, time);
    }
    verifyPath(new TrustAnchor(rootName, anchors.rootKey(), null), anchors, time);
  }

  private void verifyRoot(X509Certificate certificate, X500Principal name, PublicKey key)
      throws Refusal {
    try {
      certificate.verify(key);
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new Refusal(Reason.Code.CHAIN_INVALID, what + ": the root's signature is wrong");
    }
    if (!certificate.getSubjectX500Principal().equals(name)) {
      throw new Refusal(Reason.Code.CHAIN_INVALID, what + ": the root has another name");
    }
  }

  private void requireValid(X509Certificate certificate, Instant time) throws Refusal {
    if (time.isBefore(certificate.getNotBefore().toInstant())
        || time.isAfter(certificate.getNotAfter().toInstant())) {
      throw new Refusal(
          Reason.Code.CERTIFICATE_EXPIRED,
          what
              + ": a certificate is valid from "
              + certificate.getNotBefore().toInstant()
              + " to "
              + certificate.getNotAfter().toInstant());
    }
  }

  private void verifyPath(TrustAnchor anchor, TrustAnchors anchors, Instant time) throws Refusal {
    try {
      PKIXParameters parameters = new PKIXParameters(Set.of(anchor));
      // Revocation is checked by the lists in the collateral, one by one.
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(time));
      if (!anchors.criticalExtensions().isEmpty()) {
        parameters.addCertPathChecker(new KnownExtensions(anchors.criticalExtensions()));
      }
      CertPathValidator.getInstance("PKIX")
          .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
    } catch (CertPathValidatorException e) {
      boolean dated =
          e.getReason() == BasicReason.EXPIRED || e.getReason() == BasicReason.NOT_YET_VALID;
      throw new Refusal(
          dated ? Reason.Code.CERTIFICATE_EXPIRED : Reason.Code.CHAIN_INVALID,
          what + ": " + e.getReason());
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new Refusal(Reason.Code.CHAIN_INVALID, what + " cannot be verified");
    }
  }

  /** The coordinates of a key, empty for a key of another kind. */
  static Bytes point(PublicKey key) {
    if (!P256.isKey(key)) {
      return Bytes.empty();
    }
    ECPublicKey ec = (ECPublicKey) key;
    return Bytes.concat(coordinate(ec.getW().getAffineX()), coordinate(ec.getW().getAffineY()));
  }

  private static Bytes coordinate(BigInteger number) {
    byte[] minimal = number.toByteArray();
    byte[] fixed = new byte[32];
    int length = Math.min(minimal.length, fixed.length);
    System.arraycopy(minimal, minimal.length - length, fixed, fixed.length - length, length);
    return Bytes.of(fixed);
  }

  /** Takes critical extensions off the list of those nobody understood. */
  private static final class KnownExtensions extends PKIXCertPathChecker {
    private final Set<String> known;

    private KnownExtensions(Set<String> known) {
      this.known = known;
    }

    @Override
    public void init(boolean forward) {
      // Keeps no state.
    }

    @Override
    public boolean isForwardCheckingSupported() {
      return true;
    }

    @Override
    public Set<String> getSupportedExtensions() {
      return known;
    }

    @Override
    public void check(Certificate certificate, @Nullable Collection<String> unresolved) {
      if (unresolved != null) {
        unresolved.removeAll(known);
      }
    }
  }
}
