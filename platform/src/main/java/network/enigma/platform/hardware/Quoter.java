package network.enigma.platform.hardware;

import network.enigma.attestation.EvidenceBundle;
import network.enigma.attestation.TeeKind;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/** The machine's way to sign 64 bytes together with what runs. */
public sealed interface Quoter permits GramineQuoter, TsmQuoter {
  /** Bytes that a program may put into its evidence. */
  int REPORT_DATA_LENGTH = 64;

  TeeKind kind();

  /**
   * Evidence, with whatever certificates the machine gives along.
   *
   * @param reportData exactly 64 bytes
   * @throws EnigmaException {@link ErrorCode#EVIDENCE_UNAVAILABLE} with what the machine answered
   */
  EvidenceBundle quote(Bytes reportData);
}
