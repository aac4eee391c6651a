package network.enigma.ethereum.storage;

import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;

/**
 * A key manager as listed by governance.
 *
 * @param operator account of the operator
 * @param listed whether it is listed now
 * @param generation latest generation it is a member of
 * @param claimed ENG units of the pool it has claimed or joined after
 */
public record KeyManager(Address operator, boolean listed, int generation, long claimed) {

  static KeyManager decode(Bytes32 value) {
    Word word = Word.of(value);
    return new KeyManager(word.address(0), word.bool(160), word.small(168, 16), word.uint(184, 64));
  }

  /** The word the contract stores. */
  public Bytes32 encode() {
    return Word.empty()
        .with(0, operator)
        .with(160, listed)
        .with(168, 16, generation)
        .with(184, 64, claimed)
        .toBytes32();
  }
}
