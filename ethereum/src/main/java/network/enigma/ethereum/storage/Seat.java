package network.enigma.ethereum.storage;

import network.enigma.protocol.Bytes32;

/**
 * A place in the dense array of seats with its history (Rule C2).
 *
 * @param current the worker in it now, 0 for none
 * @param before the worker in it at the start of epoch
 * @param beforeThat the worker in it at the start of epochBefore
 * @param epoch epoch of the last change
 * @param epochBefore epoch of the change before
 */
public record Seat(long current, long before, long beforeThat, long epoch, long epochBefore) {

  static Seat decode(Bytes32 value) {
    Word word = Word.of(value);
    return new Seat(
        word.uint(0, 32),
        word.uint(32, 32),
        word.uint(64, 32),
        word.uint(96, 32),
        word.uint(128, 32));
  }

  /** The word the contract stores. */
  public Bytes32 encode() {
    return Word.empty()
        .with(0, 32, current)
        .with(32, 32, before)
        .with(64, 32, beforeThat)
        .with(96, 32, epoch)
        .with(128, 32, epochBefore)
        .toBytes32();
  }
}
