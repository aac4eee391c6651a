package network.enigma.attestation;

/** The kinds of hardware whose evidence can be judged. */
public enum TeeKind {
  SGX(1, "Intel SGX"),
  TDX(2, "Intel TDX"),
  SEV_SNP(3, "AMD SEV-SNP");

  /** The number on chain of evidence that no hardware stands behind. */
  public static final int SIMULATION_NUMBER = 0;

  private final int number;
  private final String label;

  TeeKind(int number, String label) {
    this.number = number;
    this.label = label;
  }

  /** The number on chain. */
  public int number() {
    return number;
  }

  /** The name its vendor gives it. */
  public String label() {
    return label;
  }
}
