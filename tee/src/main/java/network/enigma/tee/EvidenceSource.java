package network.enigma.tee;

import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/** The machine's attestation: proves which program runs here. */
@FunctionalInterface
public interface EvidenceSource {
  /**
   * Evidence bound to the report data.
   *
   * @throws EnigmaException {@link ErrorCode#EVIDENCE_UNAVAILABLE} if the machine cannot make any
   */
  Bytes evidence(Bytes32 reportData);
}
