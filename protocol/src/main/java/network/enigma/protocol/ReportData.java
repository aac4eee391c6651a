package network.enigma.protocol;

/** What an enclave's attestation evidence is bound to (rule C1). */
public final class ReportData {
  private ReportData() {}

  /**
   * The binding of network, role, enclave key, operator and nonce. Hardware puts these 32 bytes
   * first into its 64 bytes of report data and fills up with zeros.
   *
   * @param enclave the account of the enclave's signing key
   * @param nonce chosen by whoever asks for the evidence
   */
  public static Bytes32 hash(
      Bytes32 networkHash, Role role, Address enclave, Address operator, Bytes32 nonce) {
    return Preimage.words("REPORT", 5)
        .bytes32(networkHash)
        .uint(role.number())
        .address(enclave)
        .address(operator)
        .bytes32(nonce)
        .hash();
  }
}
