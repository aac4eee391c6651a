package network.enigma.attestation.statement;

import java.util.Optional;
import java.util.Set;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.NetworkConfig.Mode;

/**
 * What evidence must show to be accepted. The mode is not a minimum: a simulation policy refuses
 * hardware evidence as a hardware policy refuses simulated evidence, so that no network mixes the
 * two.
 *
 * @param mode the only mode accepted
 * @param measurements the programs accepted; absent where the caller checks the measurement itself,
 *     against the list on chain
 */
public record Policy(Mode mode, Optional<Set<Bytes32>> measurements) {
  public Policy {
    measurements = measurements.map(Set::copyOf);
  }

  /** Accepts simulated evidence of any program: development networks only. */
  public static Policy simulation() {
    return new Policy(Mode.SIMULATION, Optional.empty());
  }

  /** Accepts hardware evidence of these programs. */
  public static Policy hardware(Set<Bytes32> measurements) {
    return new Policy(Mode.HARDWARE, Optional.of(measurements));
  }

  /** The same policy for one program only. */
  public Policy requiring(Bytes32 measurement) {
    return new Policy(mode, Optional.of(Set.of(measurement)));
  }
}
