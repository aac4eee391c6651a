package network.enigma.attestation.statement;

import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;

/** Judges evidence. Never throws on bad evidence: it rejects it. */
public interface Verifier {
  /**
   * The verdict on evidence.
   *
   * @param evidence in the form of its provider, from anybody
   * @param reportData what it must be bound to, see {@link ReportData}
   * @param time seconds since 1970, at which it must be valid
   * @param policy what it must show
   */
  Verdict verify(Bytes evidence, Bytes32 reportData, long time, Policy policy);

  /** The verifier of every kind of evidence this release knows. */
  static Verifier standard() {
    return new StatementVerifier();
  }
}
