package network.enigma.attestation.simulation;

import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.attestation.Verifier;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.NetworkConfig.Mode;
import network.enigma.protocol.Preimage;
import network.enigma.protocol.Role;

/**
 * Vouches for programs that run without any hardware protection, on development networks. Its root
 * key is public: anybody can make such evidence, and every policy but simulation refuses it.
 */
public final class SimulatedAuthority {
  /** Seconds for which evidence is valid: longer than the 30 days of an admission. */
  public static final long VALIDITY = 60L * 24 * 3_600;

  private static final long DAY = 24 * 3_600;

  private static final Instant BEGIN = Instant.parse("2020-01-01T00:00:00Z");

  /** The last second that a certificate can name: the end of the year 9999. */
  private static final long LAST = 253_402_300_799L;

  /** A few kept machines: signing certificates anew for each quote would cost milliseconds. */
  private static final int KEPT = 8;

  private static final ConcurrentMap<Long, SimulatedMachine> MACHINES = new ConcurrentHashMap<>();

  private SimulatedAuthority() {}

  /**
   * The measurement of the program of a role in this release: a name, since nothing measures it.
   */
  public static Bytes32 measurement(Role role) {
    return Preimage.hash("SIMULATED_MEASUREMENT", "uint8", role.number());
  }

  /**
   * Evidence, with its collateral and in its wire form, that the program of the role runs.
   *
   * @param reportData the hash it is bound to
   * @param now seconds since 1970
   */
  public static Bytes evidence(Role role, Bytes32 reportData, long now) {
    // To the day, so that certificates are made once a day.
    return evidence(measurement(role), reportData, now / DAY * DAY + VALIDITY);
  }

  /** The same for any measurement and last second of validity. */
  public static Bytes evidence(Bytes32 measurement, Bytes32 reportData, long notAfter) {
    return bundle(measurement, reportData, notAfter).encode();
  }

  /** The same as a bundle. */
  public static EvidenceBundle bundle(Bytes32 measurement, Bytes32 reportData, long notAfter) {
    return machine(Math.min(notAfter, LAST))
        .bundle(measurement, Verifier.reportData(Mode.SIMULATION, reportData));
  }

  private static SimulatedMachine machine(long notAfter) {
    if (MACHINES.size() >= KEPT) {
      MACHINES.clear();
    }
    return MACHINES.computeIfAbsent(
        notAfter,
        end -> SimulatedMachine.builder(new Validity(BEGIN, Instant.ofEpochSecond(end))).build());
  }
}
