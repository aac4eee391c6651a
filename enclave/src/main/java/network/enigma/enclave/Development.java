package network.enigma.enclave;

import java.time.Instant;
import java.util.Optional;
import network.enigma.attestation.DevelopmentNetwork;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.attestation.Verdict;
import network.enigma.attestation.Verifier;
import network.enigma.ethereum.BlockHeader;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.NetworkConfig.Mode;
import network.enigma.tee.Machine;

/**
 * Whether this enclave serves a development network. It judges the evidence of its own machine, by
 * the simulated authority's root alone: only a verdict of simulation gives the {@link
 * DevelopmentNetwork} that traces, console lines and storage values are had for.
 */
final class Development {
  private final Machine machine;
  private final Mode mode;

  /** What its own evidence is bound to; nobody else is shown it. */
  private final Bytes32 reportData;

  private Optional<DevelopmentNetwork> known = Optional.empty();
  private long refusedAt = -1;

  /**
   * @param mode of the network
   * @param networkHash of its configuration
   */
  Development(Machine machine, Mode mode, Bytes32 networkHash) {
    this.machine = machine;
    this.mode = mode;
    this.reportData = networkHash;
  }

  /**
   * The development network, or nothing on any other.
   *
   * @param header at whose time the evidence must be valid
   */
  Optional<DevelopmentNetwork> network(BlockHeader header) {
    return mode == Mode.SIMULATION ? judged(header) : Optional.empty();
  }

  /**
   * The development network.
   *
   * @throws EnigmaException {@link ErrorCode#DEVELOPMENT_ONLY} on any other
   */
  DevelopmentNetwork require(BlockHeader header) {
    return network(header)
        .orElseThrow(() ->
            new EnigmaException(
                ErrorCode.DEVELOPMENT_ONLY,
                "this enclave shows no trace and no storage: its network is no development"
                    + " network"));
  }

  private synchronized Optional<DevelopmentNetwork> judged(BlockHeader header) {
    if (known.isEmpty() && header.number() != refusedAt) {
      known = judge(header);
      refusedAt = known.isEmpty() ? header.number() : -1;
    }
    return known;
  }

  private Optional<DevelopmentNetwork> judge(BlockHeader header) {
    try {
      Verdict verdict =
          Verifier.of(Mode.SIMULATION)
              .verify(
                  EvidenceBundle.decode(machine.evidence().evidence(reportData)),
                  Verifier.reportData(Mode.SIMULATION, reportData),
                  Instant.ofEpochSecond(header.timestamp()));
      return verdict instanceof Verdict.Simulated simulated
          ? Optional.of(simulated.developmentNetwork())
          : Optional.empty();
    } catch (EnigmaException e) {
      return Optional.empty();
    }
  }
}
