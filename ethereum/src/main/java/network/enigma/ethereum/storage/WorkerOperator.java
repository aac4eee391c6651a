package network.enigma.ethereum.storage;

import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;

/**
 * The second slot of a worker.
 *
 * @param operator account of the operator
 * @param seats seats held
 * @param debt fines not yet paid, ENG units
 * @param measurement index of its code's measurement, see {@link EnigmaStorage#measurementAt}
 */
public record WorkerOperator(Address operator, int seats, long debt, int measurement) {

  static WorkerOperator decode(Bytes32 value) {
    Word word = Word.of(value);
    return new WorkerOperator(
        word.address(0), word.small(160, 16), word.uint(176, 64), word.small(240, 16));
  }

  /** The word the contract stores. */
  public Bytes32 encode() {
    return Word.empty()
        .with(0, operator)
        .with(160, 16, seats)
        .with(176, 64, debt)
        .with(240, 16, measurement)
        .toBytes32();
  }
}
