package network.enigma.client.author;

import com.esaulpaugh.headlong.abi.Function;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import network.enigma.client.abi.ContractAbi;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;

/**
 * Lines of {@code console.log}, whose address and selectors are those of Hardhat's console: every
 * overload of up to four numbers, strings, flags and addresses, and the single values that have
 * functions of their own.
 */
public final class ConsoleLine {
  private static final List<String> TYPES = List.of("uint256", "string", "bool", "address");
  private static final int MOST_ARGUMENTS = 4;

  private ConsoleLine() {}

  /** Written when first needed: some 400 signatures. */
  private static final class Overloads {
    static final Map<Bytes, Function> BY_SELECTOR = new HashMap<>();

    static {
      add("");
      combine("", MOST_ARGUMENTS);
      List.of("int256", "bytes", "string,int256", "int256,int256").forEach(Overloads::add);
      for (int length = 1; length <= 32; length++) {
        add("bytes" + length);
      }
    }

    private Overloads() {}

    private static void combine(String before, int left) {
      if (left > 0) {
        for (String type : TYPES) {
          String types = before.isEmpty() ? type : before + "," + type;
          add(types);
          combine(types, left - 1);
        }
      }
    }

    private static void add(String types) {
      Function function = new Function("log(" + types + ")");
      BY_SELECTOR.put(Bytes.of(function.selector()), function);
    }
  }

  /** Lines as they read. */
  public static List<String> texts(List<Bytes> inputs) {
    return inputs.stream().map(ConsoleLine::text).toList();
  }

  /**
   * A line as it reads: a first text's {@code %s}, {@code %d}, {@code %i} and {@code %x} take the
   * values that follow, the others come after it.
   *
   * @param input selector and arguments; if they are those of no overload, the line shows them raw
   */
  public static String text(Bytes input) {
    Function function = input.length() < 4 ? null : Overloads.BY_SELECTOR.get(input.slice(0, 4));
    Optional<List<Object>> values =
        function == null ? Optional.empty() : ContractAbi.readArguments(function, input);
    return values.map(ConsoleLine::format).orElseGet(() -> "console.log " + input.hex());
  }

  /** Whether a selector is one of the overloads. */
  static boolean knows(Bytes selector) {
    return Overloads.BY_SELECTOR.containsKey(selector);
  }

  private static String format(List<Object> values) {
    StringBuilder line = new StringBuilder();
    int next = 0;
    if (!values.isEmpty() && values.getFirst() instanceof String format) {
      next = fill(format, values, line);
    }
    for (; next < values.size(); next++) {
      if (!line.isEmpty()) {
        line.append(' ');
      }
      line.append(plain(values.get(next)));
    }
    return line.toString();
  }

  /** Writes the format with values in its places; says which value is the next. */
  private static int fill(String format, List<Object> values, StringBuilder line) {
    int next = 1;
    for (int at = 0; at < format.length(); at++) {
      char here = format.charAt(at);
      char kind = here == '%' && at + 1 < format.length() ? format.charAt(at + 1) : ' ';
      if (kind == '%') {
        line.append('%');
        at++;
      } else if ("sdixo".indexOf(kind) >= 0 && next < values.size()) {
        Object value = values.get(next++);
        line.append(
            kind == 'x' && value instanceof java.math.BigInteger number
                ? "0x" + number.toString(16)
                : plain(value));
        at++;
      } else {
        line.append(here);
      }
    }
    return next;
  }

  private static String plain(Object value) {
    return switch (value) {
      case Address address -> address.checksummed();
      case Bytes bytes -> bytes.hex();
      default -> String.valueOf(value);
    };
  }
}
