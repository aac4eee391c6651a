package network.enigma.runtime.evm;

import java.time.Instant;
import network.enigma.attestation.DevelopmentNetwork;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.attestation.Verdict;
import network.enigma.attestation.Verifier;
import network.enigma.attestation.simulation.SimulatedAuthority;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.NetworkConfig.Mode;
import network.enigma.protocol.Role;

/** A development network, had the only way there is: by a verdict on simulated evidence. */
final class Simulation {
  static final DevelopmentNetwork NETWORK = judge();

  private Simulation() {}

  private static DevelopmentNetwork judge() {
    Instant time = Instant.parse("2026-01-01T00:00:00Z");
    Verdict verdict =
        Verifier.of(Mode.SIMULATION)
            .verify(
                EvidenceBundle.decode(
                    SimulatedAuthority.evidence(
                        Role.WORKER, Bytes32.zero(), time.getEpochSecond())),
                Verifier.reportData(Mode.SIMULATION, Bytes32.zero()),
                time);
    return ((Verdict.Simulated) verdict).developmentNetwork();
  }
}
