package network.enigma.ethereum.storage;

import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;

/**
 * A demand for a batch (Rule C5); challenger zero where there is none.
 *
 * @param challenger who challenged
 * @param challengedAt block of the challenge
 * @param deposited ENG units at stake
 */
public record Challenge(Address challenger, long challengedAt, long deposited) {
  /** Whether there is such a challenge. */
  public boolean exists() {
    return !challenger.isZero();
  }

  static Challenge decode(Bytes32 value) {
    Word word = Word.of(value);
    return new Challenge(word.address(0), word.uint(160, 32), word.uint(192, 64));
  }

  /** The word the contract stores. */
  public Bytes32 encode() {
    return Word.empty()
        .with(0, challenger)
        .with(160, 32, challengedAt)
        .with(192, 64, deposited)
        .toBytes32();
  }
}
