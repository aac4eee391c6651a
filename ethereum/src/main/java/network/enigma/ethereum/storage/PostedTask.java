package network.enigma.ethereum.storage;

import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;

/**
 * An open posted task (Rule C7); payer zero where there is none.
 *
 * @param payer who pays, the sender of the order
 * @param postedAt block of the post
 * @param life blocks from the post to the expiry; the highest bit says that the task counts as
 *     overdue when it gets old
 * @param reserved ENG units held for it
 */
public record PostedTask(Address payer, long postedAt, int life, long reserved) {
  private static final int OVERDUE_BIT = 0x8000;

  /** Whether there is such a task. */
  public boolean exists() {
    return !payer.isZero();
  }

  /** The last header at which the task may run. */
  public long expiry() {
    return postedAt + (life & ~OVERDUE_BIT);
  }

  /** Whether the task was posted as a CALL with its envelope and so allows a failover (Rule C5). */
  public boolean countsAsOverdue() {
    return (life & OVERDUE_BIT) != 0;
  }

  static PostedTask decode(Bytes32 value) {
    Word word = Word.of(value);
    return new PostedTask(
        word.address(0), word.uint(160, 32), word.small(192, 16), word.uint(208, 48));
  }

  /** The word the contract stores. */
  public Bytes32 encode() {
    return Word.empty()
        .with(0, payer)
        .with(160, 32, postedAt)
        .with(192, 16, life)
        .with(208, 48, reserved)
        .toBytes32();
  }
}
