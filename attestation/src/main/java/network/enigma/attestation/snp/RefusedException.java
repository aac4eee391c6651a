package network.enigma.attestation.snp;

import network.enigma.attestation.Reason;

/** Ends a step of verification; does not leave the package. */
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Reason reason;

  RefusedException(Reason.Code code, String detail) {
    super(detail, null, false, false);
    this.reason = new Reason(code, detail);
  }

  Reason reason() {
    return reason;
  }
}
