package network.enigma.protocol;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import network.enigma.protocol.crypto.Secp256k1;
import network.enigma.protocol.crypto.Signature;

/** Signatures of distinct members over one digest. */
public final class Quorum {
  private Quorum() {}

  /**
   * Checks that at least {@code quorum} distinct members signed the digest.
   *
   * @return the members that signed
   * @throws EnigmaException {@link ErrorCode#BAD_SIGNATURE} if a signature is not of a member or of
   *     one counted already; {@link ErrorCode#QUORUM_NOT_REACHED} if there are too few
   */
  public static Set<Address> require(
      Bytes32 digest, List<Signature> signatures, Set<Address> members, int quorum) {
    Set<Address> signers = new HashSet<>();
    for (Signature signature : signatures) {
      Address signer = Secp256k1.recover(digest, signature);
      if (!members.contains(signer)) {
        throw new EnigmaException(
            ErrorCode.BAD_SIGNATURE, signer + " is not a member of the quorum");
      }
      if (!signers.add(signer)) {
        throw new EnigmaException(ErrorCode.BAD_SIGNATURE, signer + " signed twice");
      }
    }
    if (signers.size() < quorum) {
      throw new EnigmaException(
          ErrorCode.QUORUM_NOT_REACHED,
          signers.size() + " members signed where " + quorum + " are needed");
    }
    return Set.copyOf(signers);
  }
}
