package network.enigma.chain;

/**
 * Receives the chain from a {@link ChainFollower}, one call at a time, in order.
 *
 * <p>A block counts as received when the call returns; if it throws, the same call is made again
 * later.
 */
public interface ChainListener {
  /** The next block: its parent is the block received last. */
  void block(FollowedBlock block);

  /**
   * A reorganisation: all blocks received with a higher number are void; others with their numbers
   * follow.
   */
  void rolledBack(long toNumber);

  /**
   * Blocks up to this one, all received, are final by the rule. The number grows with each call
   * unless a rollback crossed it.
   */
  default void finalized(long number) {}
}
