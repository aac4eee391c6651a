package network.enigma.platform;

import java.time.Clock;
import network.enigma.attestation.simulation.SimulatedAuthority;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.NetworkConfig.Mode;
import network.enigma.protocol.Role;
import network.enigma.tee.EvidenceSource;

/** Evidence of the simulated authority: proves nothing to anybody who wants hardware. */
public final class SimulatedEvidence implements EvidenceProvider {
  private final Clock clock;

  public SimulatedEvidence(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Mode mode() {
    return Mode.SIMULATION;
  }

  @Override
  public Bytes32 measurement(Role role) {
    return SimulatedAuthority.measurement(role);
  }

  @Override
  public EvidenceSource source(Role role) {
    return reportData ->
        SimulatedAuthority.evidence(role, reportData, clock.instant().getEpochSecond());
  }
}
