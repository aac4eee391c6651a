package network.enigma.cli;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import network.enigma.client.author.StorageReader;
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
      case Map<?, ?> members ->
          members.entrySet().stream()
              .map(member -> member.getKey() + ": " + text(member.getValue()))
              .collect(Collectors.joining(", ", "{", "}"));
      case StorageReader.NotRead missing -> "(" + missing.why() + ")";
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
      case Map<?, ?> members -> {
        Map<String, Object> fields = new LinkedHashMap<>();
        members.forEach((name, member) -> fields.put(String.valueOf(name), json(member)));
        yield fields;
      }
      case StorageReader.NotRead missing -> Map.of("notRead", missing.why());
      case BigInteger integer -> integer.toString();
      case Address address -> address.checksummed();
      case Bytes bytes -> bytes.hex();
      case Bytes32 bytes -> bytes.hex();
      default -> value;
    };
  }
}
