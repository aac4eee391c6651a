package network.enigma.attestation.statement;

import java.util.List;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.NetworkConfig.Mode;

/** What a verifier says about evidence, with its reasons. */
public sealed interface Verdict {
  /**
   * The evidence satisfies the policy.
   *
   * @param mode what stands behind it
   * @param measurement identity of the program
   * @param tee 0 simulation, 1 SGX, 2 TDX, 3 SEV-SNP, as on chain
   * @param platformHash identity of the machine, hashed
   * @param tcbNumber security level of the machine, comparable within one kind of TEE, a uint32
   * @param notAfter end of validity, in seconds since 1970
   * @param evidenceHash keccak256 of the evidence
   */
  record Accepted(
      Mode mode,
      Bytes32 measurement,
      int tee,
      Bytes32 platformHash,
      long tcbNumber,
      long notAfter,
      Bytes32 evidenceHash)
      implements Verdict {}

  /** The evidence does not satisfy the policy, for each of these reasons. */
  record Rejected(List<String> reasons) implements Verdict {
    public Rejected {
      reasons = List.copyOf(reasons);
      if (reasons.isEmpty()) {
        throw new IllegalArgumentException("a rejection has a reason");
      }
    }
  }

  /**
   * The acceptance.
   *
   * @throws EnigmaException {@link ErrorCode#EVIDENCE_REJECTED} with the reasons of a rejection
   */
  default Accepted orThrow() {
    return switch (this) {
      case Accepted accepted -> accepted;
      case Rejected rejected ->
          throw new EnigmaException(
              ErrorCode.EVIDENCE_REJECTED, String.join("; ", rejected.reasons()));
    };
  }
}
