package network.enigma.ethereum.storage;

import network.enigma.protocol.Bytes32;

/**
 * A generation of key managers (Rule K5).
 *
 * @param terms how many decide
 * @param rosterHash hash of its members
 * @param checkHash hash by which its master secret is recognised
 */
public record Generation(GenerationTerms terms, Bytes32 rosterHash, Bytes32 checkHash) {
  /** Whether there is such a generation. */
  public boolean exists() {
    return terms.members() != 0;
  }

  public int quorum() {
    return terms.quorum();
  }
}
