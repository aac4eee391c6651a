package network.enigma.attestation;

import java.util.List;
import java.util.stream.Collectors;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/** What a policy makes of a verdict: the only thing that lets an enclave in. */
public sealed interface Decision {
  /** The evidence satisfies the policy. */
  record Accepted(Verdict.Proven verdict) implements Decision {
    /** What was found to be true. */
    public Facts facts() {
      return verdict.facts();
    }
  }

  /** It does not, for each of these reasons. */
  record Refused(List<Reason> reasons) implements Decision {
    public Refused {
      reasons = List.copyOf(reasons);
      if (reasons.isEmpty()) {
        throw new IllegalArgumentException("a refusal has a reason");
      }
    }
  }

  /**
   * The acceptance.
   *
   * @throws EnigmaException {@link ErrorCode#EVIDENCE_REJECTED} with the reasons of a refusal
   */
  default Accepted orThrow() {
    return switch (this) {
      case Accepted accepted -> accepted;
      case Refused refused ->
          throw new EnigmaException(
              ErrorCode.EVIDENCE_REJECTED,
              refused.reasons().stream().map(Reason::toString).collect(Collectors.joining("; ")));
    };
  }
}
