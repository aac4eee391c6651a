package network.enigma.ethereum.storage;

import network.enigma.protocol.Bytes32;

/**
 * A measurement of enclave code as listed by governance.
 *
 * @param listed whether it is listed now
 * @param role 1 worker, 2 key manager
 * @param tee 0 simulation, 1 SGX, 2 TDX, 3 SEV-SNP
 * @param index by which workers refer to it
 */
public record ListedMeasurement(boolean listed, int role, int tee, int index) {

  static ListedMeasurement decode(Bytes32 value) {
    Word word = Word.of(value);
    return new ListedMeasurement(
        word.bool(0), word.small(8, 8), word.small(16, 8), word.small(24, 16));
  }

  /** The word the contract stores. */
  public Bytes32 encode() {
    return Word.empty()
        .with(0, listed)
        .with(8, 8, role)
        .with(16, 8, tee)
        .with(24, 16, index)
        .toBytes32();
  }
}
