package network.enigma.protocol;

import network.enigma.protocol.crypto.Signature;

/**
 * Two heads of one enclave that contradict each other: the proof for which a worker is slashed
 * (rule C13). Different cuts of one history are no contradiction.
 */
public record Equivocation(
    Head first, Signature firstSignature, Head second, Signature secondSignature) {

  /** Whether no honest enclave can sign both heads. */
  public static boolean contradict(Head first, Head second) {
    return first.realm().equals(second.realm())
        && first.lease() == second.lease()
        && first.endSequence() == second.endSequence()
        && !first.stateHash().equals(second.stateHash());
  }

  /**
   * The enclave that signed both.
   *
   * @throws EnigmaException {@link ErrorCode#BAD_PROOF} if the heads do not contradict each other
   *     or have different signers; {@link ErrorCode#BAD_SIGNATURE} if a signature is of nobody
   */
  public Address offender(Eip712Domain domain) {
    if (!contradict(first, second)) {
      throw new EnigmaException(ErrorCode.BAD_PROOF, "the two heads do not contradict each other");
    }
    Address signer = first.signer(domain, firstSignature);
    if (!signer.equals(second.signer(domain, secondSignature))) {
      throw new EnigmaException(ErrorCode.BAD_PROOF, "the two heads have different signers");
    }
    return signer;
  }
}
