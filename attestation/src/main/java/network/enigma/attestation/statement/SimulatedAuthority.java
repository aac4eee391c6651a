package network.enigma.attestation.statement;

import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.NetworkConfig.Mode;
import network.enigma.protocol.Preimage;
import network.enigma.protocol.Role;
import network.enigma.protocol.crypto.SecretBytes;
import network.enigma.protocol.crypto.SigningKey;

/**
 * Vouches for programs that run without any hardware protection, on development networks. Its key
 * is a published constant: anybody can make such evidence, and every policy but simulation refuses
 * it.
 */
public final class SimulatedAuthority {
  /** Seconds for which a statement is valid: longer than the 30 days of an admission. */
  public static final long VALIDITY = 60L * 24 * 3_600;

  static final SigningKey ROOT =
      SigningKey.of(
          SecretBytes.of(
              Keccak.hashText("Enigma SIMULATION root, public, NOT HARDWARE").toByteArray()));

  static final Bytes32 PLATFORM_HASH = Keccak.hashText("Enigma SIMULATION platform");
  static final long TCB_NUMBER = 1;

  private SimulatedAuthority() {}

  /**
   * The measurement of the program of a role in this release: a name, since nothing measures it.
   */
  public static Bytes32 measurement(Role role) {
    return Preimage.hash("SIMULATED_MEASUREMENT", "uint8", role.number());
  }

  /**
   * A statement that the program of the role runs, bound to the report data.
   *
   * @param now seconds since 1970
   */
  public static Bytes evidence(Role role, Bytes32 reportData, long now) {
    return evidence(measurement(role), reportData, now + VALIDITY);
  }

  /** The same for any measurement and end of validity. */
  public static Bytes evidence(Bytes32 measurement, Bytes32 reportData, long notAfter) {
    return new Statement(
            Mode.SIMULATION,
            measurement,
            reportData,
            notAfter,
            ROOT.sign(Statement.digest(Mode.SIMULATION, measurement, reportData, notAfter)))
        .encode();
  }
}
