package network.enigma.attestation;

/** Evidence or collateral that cannot be believed, with the reason. */
public final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Reason reason;

  public Refusal(Reason.Code code, String detail) {
    super(code + ": " + detail, null, false, false);
    this.reason = new Reason(code, detail);
  }

  public Reason reason() {
    return reason;
  }
}
