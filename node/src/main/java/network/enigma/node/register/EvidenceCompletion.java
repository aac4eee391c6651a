package network.enigma.node.register;

import network.enigma.attestation.EvidenceBundle;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/**
 * Puts what the vendor signs about a machine beside evidence that the machine gives without. Where
 * it comes from, who starts the host says.
 */
@FunctionalInterface
public interface EvidenceCompletion {
  /**
   * The evidence with all it needs to be judged; what has it already stays as it is.
   *
   * @throws EnigmaException {@link ErrorCode#COLLATERAL_UNAVAILABLE} where it is not to be had
   */
  EvidenceBundle complete(EvidenceBundle bundle);
}
