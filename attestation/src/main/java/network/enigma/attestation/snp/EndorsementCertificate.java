package network.enigma.attestation.snp;

import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Optional;
import network.enigma.attestation.Reason;
import network.enigma.attestation.SevSnpReport;
import network.enigma.protocol.Bytes;

/**
 * What the certificate of a VCEK or VLEK endorses (AMD publication 57230, table 8).
 *
 * @param kind which key
 * @param product line named in the certificate
 * @param tcb the version the key is derived from
 * @param hardwareId the chip, 64 bytes or, from Turin on, 8; of a VCEK only
 * @param provider the cloud provider it is lent to; of a VLEK only
 */
record EndorsementCertificate(
    EndorsementKind kind,
    SnpProduct product,
    TcbVersion tcb,
    Optional<Bytes> hardwareId,
    Optional<String> provider) {
  private static final String AMD = "1.3.6.1.4.1.3704.1.";
  private static final String PRODUCT_NAME = AMD + "2";
  private static final String BOOTLOADER = AMD + "3.1";
  private static final String TEE = AMD + "3.2";
  private static final String SNP = AMD + "3.3";
  private static final String MICROCODE = AMD + "3.8";
  private static final String FMC = AMD + "3.9";
  private static final String HARDWARE_ID = AMD + "4";
  private static final String PROVIDER = AMD + "5";

  /** Components reserved in every TCB layout so far. */
  private static final int[] RESERVED_COMPONENTS = {4, 5, 6, 7};

  private static final int TAG_OCTET_STRING = 0x04;
  private static final int TAG_INTEGER = 0x02;
  private static final int TAG_IA5_STRING = 0x16;
  private static final int LONGEST_TEXT = 127;

  /** Reads the extensions. */
  static EndorsementCertificate read(X509Certificate certificate) throws RefusedException {
    String name = Certificates.commonName(certificate.getSubjectX500Principal());
    EndorsementKind kind = null;
    for (EndorsementKind candidate : EndorsementKind.values()) {
      if (candidate.commonName().equals(name)) {
        kind = candidate;
      }
    }
    if (kind == null) {
      throw new RefusedException(
          Reason.Code.CHAIN_INVALID, "the certificate is neither of a VCEK nor of a VLEK");
    }
    String productName = text(certificate, PRODUCT_NAME);
    SnpProduct product =
        SnpProduct.ofName(productName)
            .orElseThrow(() ->
                new RefusedException(
                    Reason.Code.CHIP_MISMATCH, "the certificate is for an unknown product line"));
    for (int reserved : RESERVED_COMPONENTS) {
      String oid = AMD + "3." + reserved;
      if (certificate.getExtensionValue(oid) != null && number(certificate, oid) != 0) {
        throw new RefusedException(
            Reason.Code.MALFORMED_COLLATERAL, "a reserved component of the TCB is not zero");
      }
    }
    boolean hasFmc = product == SnpProduct.TURIN;
    if (!hasFmc && certificate.getExtensionValue(FMC) != null && number(certificate, FMC) != 0) {
      throw new RefusedException(Reason.Code.MALFORMED_COLLATERAL, "this product line has no FMC");
    }
    TcbVersion tcb =
        new TcbVersion(
            hasFmc ? number(certificate, FMC) : 0,
            number(certificate, BOOTLOADER),
            number(certificate, TEE),
            number(certificate, SNP),
            number(certificate, MICROCODE));
    return switch (kind) {
      case VCEK -> {
        refuseExtension(certificate, PROVIDER);
        yield new EndorsementCertificate(
            kind, product, tcb, Optional.of(hardwareId(certificate, product)), Optional.empty());
      }
      case VLEK -> {
        refuseExtension(certificate, HARDWARE_ID);
        yield new EndorsementCertificate(
            kind, product, tcb, Optional.empty(), Optional.of(text(certificate, PROVIDER)));
      }
    };
  }

  /** Whether the report comes from the endorsed chip. A masked identifier names none. */
  boolean endorsesChipOf(SevSnpReport report) {
    if (hardwareId.isEmpty() || report.chipIdMasked()) {
      return true;
    }
    Bytes id = hardwareId.get();
    Bytes chip = report.chipId();
    Bytes padding = chip.slice(id.length(), chip.length());
    return chip.slice(0, id.length()).equals(id)
        && padding.equals(Bytes.of(new byte[padding.length()]));
  }

  private static void refuseExtension(X509Certificate certificate, String oid)
      throws RefusedException {
    if (certificate.getExtensionValue(oid) != null) {
      throw new RefusedException(
          Reason.Code.MALFORMED_COLLATERAL,
          "the certificate names a chip and a cloud provider, or the wrong one of both");
    }
  }

  /** The 64 raw bytes, which are no DER value; Turin has 8. */
  private static Bytes hardwareId(X509Certificate certificate, SnpProduct product)
      throws RefusedException {
    Bytes id = extension(certificate, HARDWARE_ID);
    if (id.length() != 64 && !(product == SnpProduct.TURIN && id.length() == 8)) {
      throw new RefusedException(
          Reason.Code.MALFORMED_COLLATERAL, "the certificate's hardware id has another length");
    }
    return id;
  }

  private static int number(X509Certificate certificate, String oid) throws RefusedException {
    Bytes value = contents(extension(certificate, oid), TAG_INTEGER, 2);
    if (value.length() == 1 && value.get(0) >= 0) {
      return value.get(0);
    }
    if (value.length() == 2 && value.get(0) == 0 && value.get(1) < 0) {
      return Byte.toUnsignedInt(value.get(1));
    }
    throw new RefusedException(
        Reason.Code.MALFORMED_COLLATERAL, "extension " + oid + " is no number from 0 to 255");
  }

  private static String text(X509Certificate certificate, String oid) throws RefusedException {
    Bytes value = contents(extension(certificate, oid), TAG_IA5_STRING, LONGEST_TEXT);
    for (int i = 0; i < value.length(); i++) {
      if (value.get(i) < 0x20 || value.get(i) == 0x7f) {
        throw new RefusedException(
            Reason.Code.MALFORMED_COLLATERAL, "extension " + oid + " is no printable text");
      }
    }
    return new String(value.toByteArray(), StandardCharsets.US_ASCII);
  }

  /** The contents of the extension's OCTET STRING. */
  private static Bytes extension(X509Certificate certificate, String oid) throws RefusedException {
    byte[] wrapped = certificate.getExtensionValue(oid);
    if (wrapped == null) {
      throw new RefusedException(
          Reason.Code.MALFORMED_COLLATERAL, "the certificate has no extension " + oid);
    }
    return contents(Bytes.of(wrapped), TAG_OCTET_STRING, LONGEST_TEXT);
  }

  /** The contents of one short DER value that fills the bytes exactly. */
  private static Bytes contents(Bytes der, int tag, int longest) throws RefusedException {
    if (der.length() < 3
        || der.get(0) != tag
        || der.get(1) < 0
        || der.get(1) != der.length() - 2
        || der.get(1) > longest) {
      throw new RefusedException(
          Reason.Code.MALFORMED_COLLATERAL, "an extension is not in the form AMD gives it");
    }
    return der.slice(2, der.length());
  }
}
