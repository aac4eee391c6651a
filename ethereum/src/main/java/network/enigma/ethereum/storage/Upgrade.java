package network.enigma.ethereum.storage;

import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;

/**
 * An announced upgrade of a contract (Rule C7); authority zero where there is none.
 *
 * @param authority who announced it
 * @param readyAt block from which it may be posted
 */
public record Upgrade(Address authority, long readyAt) {
  /** Whether there is such an announcement. */
  public boolean exists() {
    return !authority.isZero();
  }

  static Upgrade decode(Bytes32 value) {
    Word word = Word.of(value);
    return new Upgrade(word.address(0), word.uint(160, 64));
  }

  /** The word the contract stores. */
  public Bytes32 encode() {
    return Word.empty().with(0, authority).with(160, 64, readyAt).toBytes32();
  }
}
