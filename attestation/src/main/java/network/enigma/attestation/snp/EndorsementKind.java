package network.enigma.attestation.snp;

import java.util.Arrays;
import java.util.Optional;

/** Which key signs a report. */
public enum EndorsementKind {
  /** The chip's own key, endorsed by AMD for one chip and one TCB version. */
  VCEK(0, "SEV-VCEK", "SEV-"),
  /** A key that AMD lends to a cloud provider for many chips. */
  VLEK(1, "SEV-VLEK", "SEV-VLEK-");

  private final int number;
  private final String commonName;
  private final String issuerPrefix;

  EndorsementKind(int number, String commonName, String issuerPrefix) {
    this.number = number;
    this.commonName = commonName;
    this.issuerPrefix = issuerPrefix;
  }

  /** The kind that a report means by a number; absent if no key signed or the number is unknown. */
  public static Optional<EndorsementKind> ofNumber(int number) {
    return Arrays.stream(values()).filter(kind -> kind.number == number).findFirst();
  }

  /** The common name of the key's certificate. */
  public String commonName() {
    return commonName;
  }

  /** The common name of the certificate that signs it. */
  public String issuerName(SnpProduct product) {
    return issuerPrefix + product.line();
  }
}
