package network.enigma.ethereum.storage;

import network.enigma.protocol.Bytes32;

/**
 * What a payer has set aside for direct tasks in a realm, as totals (Rule C6): the first two only
 * grow.
 *
 * @param allocated ENG units ever allocated
 * @param charged ENG units ever charged
 * @param left ENG units ever taken back, counted from the request, less what was charged to them
 * @param leaveAt block from which the last request is released
 * @param sessionEpoch session keys and permits of other epochs are void
 */
public record Allocation(long allocated, long charged, long left, long leaveAt, long sessionEpoch) {
  /** What committed batches have left of it. */
  public long available() {
    return allocated - charged - left;
  }

  static Allocation decode(Bytes32 value) {
    Word word = Word.of(value);
    return new Allocation(
        word.uint(0, 64),
        word.uint(64, 64),
        word.uint(128, 64),
        word.uint(192, 32),
        word.uint(224, 32));
  }

  /** The word the contract stores. */
  public Bytes32 encode() {
    return Word.empty()
        .with(0, 64, allocated)
        .with(64, 64, charged)
        .with(128, 64, left)
        .with(192, 32, leaveAt)
        .with(224, 32, sessionEpoch)
        .toBytes32();
  }
}
