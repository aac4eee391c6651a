package network.enigma.attestation;

import java.time.Instant;
import network.enigma.attestation.dcap.DcapVerifier;
import network.enigma.attestation.dcap.TrustAnchors;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.NetworkConfig.Mode;

/** Judges evidence. Never throws on bad evidence or collateral: it refuses them. */
@FunctionalInterface
public interface Verifier {
  /** Bytes of report data. */
  int REPORT_DATA_LENGTH = 64;

  /**
   * The verdict on evidence.
   *
   * @param bundle evidence and collateral, from anybody
   * @param reportData the 64 bytes it must be bound to
   * @param time at which everything it rests on must be valid
   */
  Verdict verify(EvidenceBundle bundle, Bytes reportData, Instant time);

  /**
   * The verifier of a network's mode: Intel's and AMD's roots for hardware, the simulated
   * authority's for simulation, and never one for the other.
   */
  static Verifier of(Mode mode) {
    return switch (mode) {
      case HARDWARE -> new HardwareVerifier();
      case SIMULATION -> new DcapVerifier(TrustAnchors.simulation());
    };
  }

  /** Report data of one hash on hardware: the hash, then zeros. */
  static Bytes reportData(Bytes32 hash) {
    return reportData(Mode.HARDWARE, hash);
  }

  /**
   * Report data of one hash: the hash, then 32 bytes that say the mode, zeros for hardware and the
   * text {@code ENIGMA SIMULATION - NOT HARDWARE} for simulation.
   */
  static Bytes reportData(Mode mode, Bytes32 hash) {
    return Bytes.concat(
        hash.bytes(),
        switch (mode) {
          case HARDWARE -> Bytes32.zero().bytes();
          case SIMULATION -> Bytes.ofText("ENIGMA SIMULATION - NOT HARDWARE");
        });
  }
}
