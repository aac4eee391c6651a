package network.enigma.attestation.simulation;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import network.enigma.protocol.Bytes;

/**
 * Issues certificates and revocation lists (RFC 5280).
 *
 * @param name common name
 * @param key with which it signs
 */
record Issuer(String name, SimulatedKey key) {
  private static final String ECDSA_SHA256 = "1.2.840.10045.4.3.2";
  private static final String COMMON_NAME = "2.5.4.3";
  private static final String ORGANIZATION = "2.5.4.10";
  private static final String BASIC_CONSTRAINTS = "2.5.29.19";
  private static final String KEY_USAGE = "2.5.29.15";
  private static final String CRL_NUMBER = "2.5.29.20";

  /** A certificate of an authority, which may issue authorities below it. */
  Bytes certifyAuthority(
      long serial, String subject, SimulatedKey subjectKey, int pathLength, Validity validity) {
    return certify(
        serial,
        subject,
        subjectKey,
        validity,
        extension(
            BASIC_CONSTRAINTS,
            true,
            DerWriter.sequence(DerWriter.flag(true), DerWriter.integer(pathLength))),
        // keyCertSign and cRLSign.
        extension(KEY_USAGE, true, DerWriter.value(0x03, Bytes.of(new byte[] {1, 0x06}))));
  }

  /** A certificate of anybody else. */
  Bytes certifyLeaf(
      long serial, String subject, SimulatedKey subjectKey, Validity validity, Bytes... more) {
    Bytes[] extensions = new Bytes[2 + more.length];
    extensions[0] = extension(BASIC_CONSTRAINTS, true, DerWriter.sequence());
    // digitalSignature and nonRepudiation.
    extensions[1] =
        extension(KEY_USAGE, true, DerWriter.value(0x03, Bytes.of(new byte[] {6, (byte) 0xc0})));
    System.arraycopy(more, 0, extensions, 2, more.length);
    return certify(serial, subject, subjectKey, validity, extensions);
  }

  private Bytes certify(
      long serial,
      String subject,
      SimulatedKey subjectKey,
      Validity validity,
      Bytes... extensions) {
    return signed(
        DerWriter.sequence(
            DerWriter.value(0xa0, DerWriter.integer(2)),
            DerWriter.integer(serial),
            algorithm(),
            distinguished(name),
            DerWriter.sequence(DerWriter.time(validity.from()), DerWriter.time(validity.until())),
            distinguished(subject),
            subjectKey.encoded(),
            DerWriter.value(0xa3, DerWriter.sequence(extensions))));
  }

  /** A list of revoked certificates. */
  Bytes revoke(List<Long> serials, Validity validity) {
    List<Bytes> parts =
        new ArrayList<>(
            List.of(
                DerWriter.integer(1),
                algorithm(),
                distinguished(name),
                DerWriter.time(validity.from()),
                DerWriter.time(validity.until())));
    if (!serials.isEmpty()) {
      parts.add(
          DerWriter.sequence(
              serials.stream()
                  .map(serial ->
                      DerWriter.sequence(
                          DerWriter.integer(serial), DerWriter.time(validity.from())))
                  .toArray(Bytes[]::new)));
    }
    parts.add(
        DerWriter.value(
            0xa0, DerWriter.sequence(extension(CRL_NUMBER, false, DerWriter.integer(1)))));
    return signed(DerWriter.sequence(parts.toArray(Bytes[]::new)));
  }

  static Bytes extension(String identifier, boolean critical, Bytes value) {
    return critical
        ? DerWriter.sequence(
            DerWriter.identifier(identifier), DerWriter.flag(true), DerWriter.octets(value))
        : DerWriter.sequence(DerWriter.identifier(identifier), DerWriter.octets(value));
  }

  private Bytes signed(Bytes content) {
    return DerWriter.sequence(content, algorithm(), DerWriter.bits(key.signDer(content)));
  }

  private static Bytes algorithm() {
    return DerWriter.sequence(DerWriter.identifier(ECDSA_SHA256));
  }

  private static Bytes distinguished(String commonName) {
    return DerWriter.sequence(
        attribute(COMMON_NAME, commonName), attribute(ORGANIZATION, "Enigma SIMULATION"));
  }

  private static Bytes attribute(String type, String value) {
    return DerWriter.set(DerWriter.sequence(DerWriter.identifier(type), DerWriter.text(value)));
  }

  /** Certificates in PEM, one after the other. */
  static Bytes pem(Bytes... certificates) {
    StringBuilder pem = new StringBuilder();
    Base64.Encoder encoder = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
    for (Bytes certificate : certificates) {
      pem.append("-----BEGIN CERTIFICATE-----\n")
          .append(encoder.encodeToString(certificate.toByteArray()))
          .append("\n-----END CERTIFICATE-----\n");
    }
    return Bytes.ofText(pem.toString());
  }
}
