package network.enigma.chain;

import java.math.BigInteger;
import java.util.Optional;
import java.util.OptionalLong;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;

/**
 * What a transaction is to do, whoever sends it at whatever price.
 *
 * @param to the account called; empty makes a contract of {@code data}
 * @param data calldata or creation code
 * @param value wei sent along
 * @param gasLimit most gas used; empty estimates it
 */
public record Call(Optional<Address> to, Bytes data, BigInteger value, OptionalLong gasLimit) {
  /** A call of a contract. */
  public static Call of(Address to, byte[] data) {
    return new Call(Optional.of(to), Bytes.of(data), BigInteger.ZERO, OptionalLong.empty());
  }

  /** The creation of a contract. */
  public static Call deployment(byte[] creationCode) {
    return new Call(
        Optional.empty(), Bytes.of(creationCode), BigInteger.ZERO, OptionalLong.empty());
  }

  /** A payment. */
  public static Call transfer(Address to, BigInteger wei) {
    return new Call(Optional.of(to), Bytes.empty(), wei, OptionalLong.empty());
  }

  public Call withGasLimit(long limit) {
    return new Call(to, data, value, OptionalLong.of(limit));
  }
}
