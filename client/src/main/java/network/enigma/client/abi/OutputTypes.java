package network.enigma.client.abi;

import com.esaulpaugh.headlong.abi.Tuple;
import com.esaulpaugh.headlong.abi.TupleType;
import java.lang.reflect.Array;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/**
 * The types a function returns. Decoded values are: bool as Boolean, every integer as BigInteger,
 * address as Address, bytes and bytesN as Bytes, string as String, arrays and tuples as List.
 *
 * @param tuple canonical tuple type, such as {@code (address,uint256[])}
 */
public record OutputTypes(String tuple) {
  public static final OutputTypes NONE = new OutputTypes("()");

  /**
   * The values in order.
   *
   * @throws EnigmaException ABI_MISMATCH when the bytes do not hold these types
   */
  public List<Object> decode(Bytes output) {
    TupleType<Tuple> types = TupleType.parse(tuple);
    if (types.isEmpty()) {
      return List.of();
    }
    try {
      return normalise(types.decode(output.toByteArray()));
    } catch (RuntimeException e) {
      throw new EnigmaException(
          ErrorCode.ABI_MISMATCH,
          "the contract returned %d bytes that are not %s"
              .formatted(output.toByteArray().length, tuple));
    }
  }

  static List<Object> normalise(Tuple tuple) {
    List<Object> values = new ArrayList<>();
    for (Object element : tuple) {
      values.add(normalise(element));
    }
    return List.copyOf(values);
  }

  private static Object normalise(Object value) {
    return switch (value) {
      case Integer number -> BigInteger.valueOf(number);
      case Long number -> BigInteger.valueOf(number);
      case byte[] bytes -> Bytes.of(bytes);
      case com.esaulpaugh.headlong.abi.Address address -> Address.fromHex(address.toString());
      case Tuple tuple -> normalise(tuple);
      case Object array when array.getClass().isArray() -> {
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < Array.getLength(array); i++) {
          values.add(normalise(Array.get(array, i)));
        }
        yield List.copyOf(values);
      }
      default -> value;
    };
  }
}
