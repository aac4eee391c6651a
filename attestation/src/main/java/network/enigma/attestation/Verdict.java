package network.enigma.attestation;

import java.util.List;
import network.enigma.protocol.NetworkConfig.Mode;

/**
 * What a verifier says about evidence, before any policy. Hardware and simulation are different
 * types, so that code which wants hardware cannot be handed the other.
 */
public sealed interface Verdict {
  /** A root of the domain vouches for the evidence, and the facts follow from it. */
  sealed interface Proven extends Verdict {
    Facts facts();

    /** What stands behind it. */
    Mode mode();

    /** The kind of TEE as numbered on chain, 0 for simulation. */
    int tee();
  }

  /** A hardware vendor's root vouches for it. */
  record Hardware(Facts facts) implements Proven {
    @Override
    public Mode mode() {
      return Mode.HARDWARE;
    }

    @Override
    public int tee() {
      return facts.evidence().kind().number();
    }
  }

  /** The simulated authority vouches for it, which anybody can do: it proves nothing. */
  record Simulated(Facts facts) implements Proven {
    /** The key to what exists on development networks only. */
    public DevelopmentNetwork developmentNetwork() {
      return new DevelopmentNetwork();
    }

    @Override
    public Mode mode() {
      return Mode.SIMULATION;
    }

    @Override
    public int tee() {
      return TeeKind.SIMULATION_NUMBER;
    }
  }

  /** Nobody vouches for it, for each of these reasons, first found first. */
  record Refused(List<Reason> reasons) implements Verdict {
    public Refused {
      reasons = List.copyOf(reasons);
      if (reasons.isEmpty()) {
        throw new IllegalArgumentException("a refusal has a reason");
      }
    }
  }
}
