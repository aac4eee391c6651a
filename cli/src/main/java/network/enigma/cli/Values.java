package network.enigma.cli;

import java.math.BigInteger;
import java.util.List;
import java.util.stream.Collectors;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;

/** Returned values as people and JSON readers see them. */
final class Values {
  private Values() {}

  static String text(List<?> values) {
    return values.isEmpty()
        ? "(nothing)"
        : values.stream().map(Values::text).collect(Collectors.joining(", "));
  }

  private static String text(Object value) {
    return switch (value) {
      case List<?> list ->
          "[" + list.stream().map(Values::text).collect(Collectors.joining(", ")) + "]";
      case Address address -> address.checksummed();
      case Bytes bytes -> bytes.hex();
      case String string -> "\"" + string + "\"";
      default -> String.valueOf(value);
    };
  }

  /** Integers become strings: JSON numbers are not exact. */
  static Object json(Object value) {
    return switch (value) {
      case List<?> list -> list.stream().map(Values::json).toList();
      case BigInteger integer -> integer.toString();
      case Address address -> address.checksummed();
      case Bytes bytes -> bytes.hex();
      case Bytes32 bytes -> bytes.hex();
      default -> value;
    };
  }
}
