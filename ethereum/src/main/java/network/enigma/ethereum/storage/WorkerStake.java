package network.enigma.ethereum.storage;

import network.enigma.protocol.Bytes32;

/**
 * The third slot of a worker.
 *
 * @param unbonding ENG units of stake on the way out
 * @param unbondedAt block from which they are free
 */
public record WorkerStake(long unbonding, long unbondedAt) {

  static WorkerStake decode(Bytes32 value) {
    Word word = Word.of(value);
    return new WorkerStake(word.uint(0, 64), word.uint(64, 64));
  }

  /** The word the contract stores. */
  public Bytes32 encode() {
    return Word.empty().with(0, 64, unbonding).with(64, 64, unbondedAt).toBytes32();
  }
}
