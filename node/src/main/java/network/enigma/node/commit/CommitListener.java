package network.enigma.node.commit;

import network.enigma.protocol.Bytes32;

/** Learns what became of batches, beside what the chain's events tell. */
public interface CommitListener {
  /**
   * The contract does not take the batch, and the committer has given up on the realm's batches
   * from it on: the lease holder has to look at the chain again.
   */
  void refused(Bytes32 realm, long endSequence, Inadmissible reason);
}
