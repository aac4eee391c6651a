package network.enigma.platform.collateral;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CRLException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Hex;

/**
 * One thing that a service serves.
 *
 * @param body as served
 * @param chain certificates of its signer, PEM; empty where they are not served with it
 * @param from when it begins to be valid, as it says itself
 * @param until when it ends
 */
record Document(Bytes body, Bytes chain, Instant from, Instant until) {
  /** What a body is, which decides where its dates stand. */
  enum Form {
    /** JSON with a signed member. */
    TCB_INFO("tcbInfo"),
    QE_IDENTITY("enclaveIdentity"),
    REVOCATION_LIST(""),
    CERTIFICATES("");

    private final String member;

    Form(String member) {
      this.member = member;
    }

    /** The name of the signed member of a JSON form. */
    String member() {
      return member;
    }
  }

  /**
   * Reads a body's dates; believes them only to know when to fetch again.
   *
   * @throws EnigmaException {@link ErrorCode#COLLATERAL_UNAVAILABLE} if it is not of the form
   */
  static Document read(Form form, Bytes body, Bytes chain) {
    try {
      return switch (form) {
        case TCB_INFO, QE_IDENTITY -> json(form, body, chain);
        case REVOCATION_LIST -> revocationList(binary(body));
        case CERTIFICATES -> certificates(body, chain);
      };
    } catch (CertificateException | CRLException | DateTimeException e) {
      throw new EnigmaException(
          ErrorCode.COLLATERAL_UNAVAILABLE, "the service sent no " + form + " but something else");
    }
  }

  private static Document json(Form form, Bytes body, Bytes chain) {
    SignedJson json = SignedJson.read(body, form.member());
    return new Document(
        body,
        chain,
        Instant.parse(SignedJson.text(json.value(), "issueDate")),
        Instant.parse(SignedJson.text(json.value(), "nextUpdate")));
  }

  private static Document revocationList(Bytes der) throws CertificateException, CRLException {
    X509CRL list =
        (X509CRL)
            CertificateFactory.getInstance("X.509")
                .generateCRL(new ByteArrayInputStream(der.toByteArray()));
    Date next = list.getNextUpdate();
    if (next == null) {
      throw new CRLException("no next update");
    }
    return new Document(der, Bytes.empty(), list.getThisUpdate().toInstant(), next.toInstant());
  }

  private static Document certificates(Bytes body, Bytes chain) throws CertificateException {
    Collection<? extends Certificate> all =
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(body.toByteArray()));
    if (all.isEmpty()) {
      throw new CertificateException("no certificate");
    }
    Instant from = Instant.MIN;
    Instant until = Instant.MAX;
    for (Certificate one : all) {
      X509Certificate certificate = (X509Certificate) one;
      Instant start = certificate.getNotBefore().toInstant();
      Instant end = certificate.getNotAfter().toInstant();
      from = start.isAfter(from) ? start : from;
      until = end.isBefore(until) ? end : until;
    }
    return new Document(body, chain, from, until);
  }

  /** Caches of Intel's service send some lists in hexadecimal. */
  private static Bytes binary(Bytes body) {
    if (body.length() < 2 || (body.get(0) == 0x30 && body.get(1) < 0)) {
      return body;
    }
    try {
      return Bytes.of(
          Hex.decode("0x" + new String(body.toByteArray(), StandardCharsets.US_ASCII).strip()));
    } catch (EnigmaException e) {
      return body;
    }
  }

  boolean isValidAt(Instant time) {
    return !time.isBefore(from) && !time.isAfter(until);
  }
}
