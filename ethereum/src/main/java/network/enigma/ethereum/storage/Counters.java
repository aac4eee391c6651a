package network.enigma.ethereum.storage;

import network.enigma.protocol.Bytes32;

/**
 * The counters of the network.
 *
 * @param epoch the current epoch
 * @param epochStart block of its seed
 * @param pool ENG units in the pool
 * @param seatCount length of the array of seats now
 * @param seatsAtStart length of the array of seats at the start of the epoch
 * @param generation the latest generation of key managers
 * @param lastSeedAt time of the last seed, seconds since 1970
 * @param keyManagerCount listed key managers
 */
public record Counters(
    long epoch,
    long epochStart,
    long pool,
    int seatCount,
    int seatsAtStart,
    int generation,
    long lastSeedAt,
    int keyManagerCount) {

  static Counters decode(Bytes32 value) {
    Word word = Word.of(value);
    return new Counters(
        word.uint(0, 32),
        word.uint(32, 32),
        word.uint(64, 64),
        word.small(128, 24),
        word.small(152, 24),
        word.small(176, 16),
        word.uint(192, 40),
        word.small(232, 8));
  }

  /** The word the contract stores. */
  public Bytes32 encode() {
    return Word.empty()
        .with(0, 32, epoch)
        .with(32, 32, epochStart)
        .with(64, 64, pool)
        .with(128, 24, seatCount)
        .with(152, 24, seatsAtStart)
        .with(176, 16, generation)
        .with(192, 40, lastSeedAt)
        .with(232, 8, keyManagerCount)
        .toBytes32();
  }
}
