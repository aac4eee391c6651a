package network.enigma.attestation.dcap;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CRL;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import javax.security.auth.x500.X500Principal;
import network.enigma.attestation.Reason;
import network.enigma.attestation.Refusal;
import network.enigma.protocol.Bytes;

/**
 * A list of revoked certificates (RFC 5280).
 *
 * @param what for people
 * @param list as read
 * @param nextUpdate when it ends being valid
 */
record RevocationList(String what, X509CRL list, Instant nextUpdate) {
  static RevocationList read(String what, Bytes der) throws Refusal {
    if (der.isEmpty()) {
      throw new Refusal(Reason.Code.COLLATERAL_MISSING, what + " is missing");
    }
    ByteArrayInputStream stream = new ByteArrayInputStream(der.toByteArray());
    try {
      CRL list = CertificateFactory.getInstance("X.509").generateCRL(stream);
      if (list instanceof X509CRL x509
          && stream.available() == 0
          && x509.getNextUpdate() != null
          && !x509.hasUnsupportedCriticalExtension()) {
        return new RevocationList(what, x509, x509.getNextUpdate().toInstant());
      }
    } catch (CertificateException | CRLException | RuntimeException e) {
      // The JDK's reader answers some malformed lists with unchecked exceptions.
    }
    throw new Refusal(Reason.Code.CRL_INVALID, what + " cannot be read");
  }

  Instant thisUpdate() {
    return list.getThisUpdate().toInstant();
  }

  /** The issuer made this list. */
  void verify(X500Principal issuer, PublicKey key) throws Refusal {
    if (!list.getIssuerX500Principal().equals(issuer)) {
      throw new Refusal(Reason.Code.CRL_INVALID, what + " is of another issuer");
    }
    try {
      list.verify(key);
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new Refusal(Reason.Code.CRL_INVALID, what + " is not signed by its issuer");
    }
  }

  void requireCurrent(Instant time, Reason.Code otherwise) throws Refusal {
    if (time.isBefore(thisUpdate()) || time.isAfter(nextUpdate)) {
      throw new Refusal(otherwise, what + " is valid from " + thisUpdate() + " to " + nextUpdate);
    }
  }

  void requireUnrevoked(X509Certificate certificate, String whose) throws Refusal {
    if (list.getRevokedCertificate(certificate.getSerialNumber()) != null) {
      throw new Refusal(Reason.Code.CERTIFICATE_REVOKED, whose + " has been revoked");
    }
  }
}
