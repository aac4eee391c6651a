package network.enigma.ethereum.storage;

import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;

/**
 * The third slot of a realm: who opened it and who may hold it.
 *
 * @param owner who opened the realm; zero where there is none
 * @param rank0 first rank of the tenure, or of the pending one; 0 for none
 * @param rank1 second rank; 0 for none
 * @param rank2 third rank; 0 for none
 * @param nextGeneration generation of the pending tenure
 * @param options bit 0: results wait until they are committed
 */
public record RealmOwner(
    Address owner, int rank0, int rank1, int rank2, int nextGeneration, int options) {
  /** Whether results are released only when their batch is committed (Rule S3). */
  public boolean waitsForCommit() {
    return (options & 1) != 0;
  }

  /** The worker of a rank from 0 to 2; 0 for none. */
  public int rank(int rank) {
    return switch (rank) {
      case 0 -> rank0;
      case 1 -> rank1;
      case 2 -> rank2;
      default -> throw new IllegalArgumentException("no rank " + rank);
    };
  }

  static RealmOwner decode(Bytes32 value) {
    Word word = Word.of(value);
    return new RealmOwner(
        word.address(0),
        word.small(160, 24),
        word.small(184, 24),
        word.small(208, 24),
        word.small(232, 16),
        word.small(248, 8));
  }

  /** The word the contract stores. */
  public Bytes32 encode() {
    return Word.empty()
        .with(0, owner)
        .with(160, 24, rank0)
        .with(184, 24, rank1)
        .with(208, 24, rank2)
        .with(232, 16, nextGeneration)
        .with(248, 8, options)
        .toBytes32();
  }
}
