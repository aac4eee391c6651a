package network.enigma.attestation.simulation;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * From when to when something is valid, both included, to the second.
 *
 * @param from first moment
 * @param until last moment
 */
public record Validity(Instant from, Instant until) {
  public Validity {
    from = from.truncatedTo(ChronoUnit.SECONDS);
    until = until.truncatedTo(ChronoUnit.SECONDS);
  }
}
