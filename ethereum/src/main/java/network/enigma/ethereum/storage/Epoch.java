package network.enigma.ethereum.storage;

import network.enigma.protocol.Bytes32;

/**
 * An epoch and what its draws use (Rules C3, C4); start block zero where it has not begun.
 *
 * @param seed the seed: 24 bytes as released, then eight zeros
 * @param seats length of the array of seats that draws with this seed use
 * @param startBlock block of the seed's transaction
 */
public record Epoch(Bytes32 seed, long seats, long startBlock) {
  private static final int SEED_BYTES = 24;

  static Epoch decode(Bytes32 value) {
    Word word = Word.of(value);
    byte[] seed = new byte[Bytes32.LENGTH];
    // The seed is the first member: it lies in the lowest 192 bits.
    System.arraycopy(value.toByteArray(), Bytes32.LENGTH - SEED_BYTES, seed, 0, SEED_BYTES);
    return new Epoch(Bytes32.of(seed), word.uint(192, 32), word.uint(224, 32));
  }

  /** The word the contract stores. */
  public Bytes32 encode() {
    byte[] word =
        Word.empty().with(192, 32, seats).with(224, 32, startBlock).toBytes32().toByteArray();
    System.arraycopy(seed.toByteArray(), 0, word, Bytes32.LENGTH - SEED_BYTES, SEED_BYTES);
    return Bytes32.of(word);
  }
}
