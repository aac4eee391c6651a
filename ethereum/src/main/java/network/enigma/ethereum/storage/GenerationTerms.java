package network.enigma.ethereum.storage;

import network.enigma.protocol.Bytes32;

/**
 * The first slot of a generation of key managers (Rule K5).
 *
 * @param scheme how the master secret is held
 * @param members key managers in it; 0 where there is no such generation
 * @param threshold shares that reveal the secret
 * @param quorum signatures that decide
 */
public record GenerationTerms(int scheme, int members, int threshold, int quorum) {

  static GenerationTerms decode(Bytes32 value) {
    Word word = Word.of(value);
    return new GenerationTerms(
        word.small(0, 8), word.small(8, 16), word.small(24, 16), word.small(40, 16));
  }

  /** The word the contract stores. */
  public Bytes32 encode() {
    return Word.empty()
        .with(0, 8, scheme)
        .with(8, 16, members)
        .with(24, 16, threshold)
        .with(40, 16, quorum)
        .toBytes32();
  }
}
