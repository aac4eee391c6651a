package network.enigma.client.author;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import network.enigma.client.author.StorageLayout.Type;
import network.enigma.client.author.StorageLayout.Variable;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;

/**
 * Reads a contract's variables by their names: values, strings, arrays, structs, and mappings by a
 * given key. All that one reading gives is of one state. For one thread.
 */
public final class StorageReader {
  /** Elements of an array that are read when no index is given. */
  public static final int MOST_ELEMENTS = 64;

  private static final int MOST_BYTES = 16 << 10;
  private static final int MOST_SLOTS = 1_024;
  private static final int MOST_DEPTH = 8;
  private static final int ATTEMPTS = 5;
  private static final BigInteger WORDS = BigInteger.ONE.shiftLeft(256);
  private static final Pattern STEP =
      Pattern.compile("\\.(\\w+)|\\[(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^\\]]*))]");

  /**
   * A variable's value: as {@code OutputTypes} gives it, with lists for arrays, maps for structs,
   * and {@link NotRead} where there is too much or a key is missing.
   *
   * @param name the path that was asked for
   * @param type as in the source
   */
  public record Read(String name, String type, Object value) {
    /** Without the value, which is secret. */
    @Override
    public String toString() {
      return "Read[" + name + "]";
    }
  }

  /** What stands for values that were not read, and why. */
  public record NotRead(String why) {}

  /**
   * What one reading gave.
   *
   * @param sequence of the last task whose effect it shows
   */
  public record Reading(List<Read> values, long sequence) {
    public Reading {
      values = List.copyOf(values);
    }
  }

  /** Where a value stands. */
  private record Place(String type, BigInteger slot, int offset) {}

  /** The state went on between two requests of a reading. */
  private static final class StateChangedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final StorageLayout layout;
  private final SlotValues.Source source;
  private final Map<BigInteger, Bytes32> known = new HashMap<>();
  private long sequence = -1;

  /**
   * @param source where slots of the contract are read
   */
  public StorageReader(StorageLayout layout, SlotValues.Source source) {
    this.layout = layout;
    this.source = source;
  }

  /** All variables. */
  public Reading all() {
    return read(layout.names());
  }

  /**
   * Some variables, or parts of them: {@code title}, {@code notes[0].author}, {@code
   * words[0x…][hello]}.
   *
   * @throws EnigmaException INVALID_ARGUMENT for a path that leads nowhere, saying what there is
   */
  public Reading read(List<String> paths) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      known.clear();
      sequence = -1;
      try {
        return readOnce(paths);
      } catch (StateChangedException e) {
        // Begin again: values of two states do not fit together.
      }
    }
    throw new EnigmaException(
        ErrorCode.TIMEOUT, "the contract's state changes faster than it can be read");
  }

  private Reading readOnce(List<String> paths) {
    fetch(layout.variables().stream().map(Variable::slot).toList());
    List<Read> values = new ArrayList<>();
    for (String path : paths) {
      Place place = find(path);
      values.add(new Read(path, layout.type(place.type).label(), value(place, 0)));
    }
    return new Reading(values, sequence);
  }

  // ---- paths

  private Place find(String path) {
    int end = 0;
    while (end < path.length() && path.charAt(end) != '[' && path.charAt(end) != '.') {
      end++;
    }
    String name = path.substring(0, end);
    Place place =
        layout.variables().stream()
            .filter(each -> each.name().equals(name))
            .reduce((first, later) -> later)
            .map(each -> new Place(each.type(), each.slot(), each.offset()))
            .orElseThrow(() ->
                bad(
                    "the contract has no variable '%s'; it has %s"
                        .formatted(name, String.join(", ", layout.names()))));
    Matcher step = STEP.matcher(path);
    for (int at = end; at < path.length(); at = step.end()) {
      if (!step.region(at, path.length()).lookingAt()) {
        throw bad(
            "'%s' is not understood from '%s' on; write [key] or .member"
                .formatted(path, path.substring(at)));
      }
      place =
          step.group(1) != null
              ? member(place, step.group(1))
              : element(place, step.group(2) != null ? step.group(2) : step.group(3));
    }
    return place;
  }

  private static EnigmaException bad(String message) {
    return new EnigmaException(ErrorCode.INVALID_ARGUMENT, message);
  }

  private Place member(Place place, String name) {
    Type type = layout.type(place.type);
    if (!(type instanceof StorageLayout.Struct struct)) {
      throw bad("%s has no member '%s'".formatted(type.label(), name));
    }
    return struct.members().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .map(each -> place(place.slot, each))
        .orElseThrow(() ->
            bad(
                "%s has no member '%s'; it has %s"
                    .formatted(
                        struct.label(),
                        name,
                        String.join(
                            ", ", struct.members().stream().map(Variable::name).toList()))));
  }

  private static Place place(BigInteger start, Variable member) {
    return new Place(member.type(), plus(start, member.slot()), member.offset());
  }

  private Place element(Place place, String key) {
    Type type = layout.type(place.type);
    return switch (type) {
      case StorageLayout.Mapping mapping ->
          new Place(mapping.value(), hashed(key(mapping.key(), key), place.slot), 0);
      case StorageLayout.DynamicArray array -> {
        BigInteger length = word(place.slot).toBigInteger();
        yield elementAt(array.base(), dataOf(place.slot), index(key, length, array.label()));
      }
      case StorageLayout.StaticArray array ->
          elementAt(
              array.base(),
              place.slot,
              index(key, BigInteger.valueOf(array.length()), array.label()));
      case StorageLayout.Word word -> throw bad(word.label() + " takes no [key]");
      case StorageLayout.ByteString bytes -> throw bad(bytes.label() + " takes no [key]");
      case StorageLayout.Struct struct ->
          throw bad(struct.label() + " takes no [key]; write .member");
    };
  }

  private static BigInteger index(String text, BigInteger length, String label) {
    BigInteger index;
    try {
      index = new BigInteger(text.strip());
    } catch (NumberFormatException e) {
      throw bad("%s takes a number in brackets, not '%s'".formatted(label, text));
    }
    if (index.signum() < 0 || index.compareTo(length) >= 0) {
      throw bad("%s has %s elements; there is none at %s".formatted(label, length, index));
    }
    return index;
  }

  /** A mapping's key as it is hashed. */
  private byte[] key(String typeId, String text) {
    Type type = layout.type(typeId);
    if (type instanceof StorageLayout.ByteString bytes) {
      return bytes.label().startsWith("string")
          ? text.getBytes(StandardCharsets.UTF_8)
          : Bytes.fromHex(text).toByteArray();
    }
    String label = type.label();
    String abi =
        label.startsWith("contract ") || label.startsWith("address")
            ? "address"
            : label.startsWith("enum ") ? "uint8" : label;
    try {
      return network.enigma.client.abi.ContractAbi.encodeValue(abi, text.strip()).toByteArray();
    } catch (EnigmaException e) {
      throw bad("a key of type %s is wanted, not '%s'".formatted(label, text));
    }
  }

  private static BigInteger hashed(byte[] key, BigInteger slot) {
    return Keccak.hash(key, Bytes32.of(slot).toByteArray()).toBigInteger();
  }

  private static BigInteger dataOf(BigInteger slot) {
    return Keccak.hash(Bytes32.of(slot).toByteArray()).toBigInteger();
  }

  private static BigInteger plus(BigInteger slot, BigInteger more) {
    return slot.add(more).mod(WORDS);
  }

  /** Elements of at most 16 bytes share a slot. */
  private Place elementAt(String base, BigInteger start, BigInteger index) {
    int bytes = layout.bytes(base);
    boolean shares = bytes <= 16 && layout.type(base) instanceof StorageLayout.Word;
    if (!shares) {
      return new Place(base, plus(start, index.multiply(layout.slots(base))), 0);
    }
    BigInteger[] place = index.divideAndRemainder(BigInteger.valueOf(32 / bytes));
    return new Place(base, plus(start, place[0]), place[1].intValue() * bytes);
  }

  // ---- values

  private Object value(Place place, int depth) {
    if (depth > MOST_DEPTH) {
      return new NotRead("nested too deep");
    }
    return switch (layout.type(place.type)) {
      case StorageLayout.Word word -> decode(word, place);
      case StorageLayout.ByteString bytes -> byteString(bytes, place.slot);
      case StorageLayout.Mapping mapping -> new NotRead("name a [key]");
      case StorageLayout.DynamicArray array ->
          elements(array.base(), dataOf(place.slot), word(place.slot).toBigInteger(), depth);
      case StorageLayout.StaticArray array ->
          elements(array.base(), place.slot, BigInteger.valueOf(array.length()), depth);
      case StorageLayout.Struct struct -> members(struct, place, depth);
    };
  }

  private Map<String, Object> members(StorageLayout.Struct struct, Place place, int depth) {
    fetch(struct.members().stream().map(each -> plus(place.slot, each.slot())).toList());
    Map<String, Object> members = new LinkedHashMap<>();
    for (Variable each : struct.members()) {
      members.put(each.name(), value(place(place.slot, each), depth + 1));
    }
    return members;
  }

  private List<Object> elements(String base, BigInteger start, BigInteger length, int depth) {
    int shown = length.min(BigInteger.valueOf(MOST_ELEMENTS)).intValue();
    List<Place> places = new ArrayList<>();
    for (int i = 0; i < shown; i++) {
      places.add(elementAt(base, start, BigInteger.valueOf(i)));
    }
    fetch(places.stream().map(Place::slot).distinct().toList());
    List<Object> values = new ArrayList<>();
    places.forEach(each -> values.add(value(each, depth + 1)));
    if (BigInteger.valueOf(shown).compareTo(length) < 0) {
      values.add(
          new NotRead(
              "%s more; name an [index]".formatted(length.subtract(BigInteger.valueOf(shown)))));
    }
    return values;
  }

  private Object byteString(StorageLayout.ByteString type, BigInteger slot) {
    byte[] word = word(slot).toByteArray();
    boolean isLong = (word[31] & 1) == 1;
    byte[] bytes;
    if (isLong) {
      BigInteger length = word(slot).toBigInteger().shiftRight(1);
      if (length.compareTo(BigInteger.valueOf(MOST_BYTES)) > 0) {
        return new NotRead(length + " bytes");
      }
      bytes = new byte[length.intValue()];
      BigInteger start = dataOf(slot);
      List<BigInteger> slots = new ArrayList<>();
      for (int at = 0; at < bytes.length; at += 32) {
        slots.add(plus(start, BigInteger.valueOf(at / 32)));
      }
      fetch(slots);
      for (int at = 0; at < bytes.length; at += 32) {
        System.arraycopy(
            word(slots.get(at / 32)).toByteArray(), 0, bytes, at, Math.min(32, bytes.length - at));
      }
    } else {
      bytes = Arrays.copyOf(word, Math.min((word[31] & 0xff) / 2, 31));
    }
    return type.label().startsWith("string")
        ? new String(bytes, StandardCharsets.UTF_8)
        : Bytes.of(bytes);
  }

  private Object decode(StorageLayout.Word type, Place place) {
    byte[] word = word(place.slot).toByteArray();
    int end = 32 - place.offset;
    byte[] bytes = Arrays.copyOfRange(word, Math.max(0, end - type.bytes()), end);
    String label = type.label();
    if (label.equals("bool")) {
      return bytes[bytes.length - 1] != 0;
    }
    if (bytes.length == 20 && (label.startsWith("address") || label.startsWith("contract "))) {
      return Address.of(bytes);
    }
    if (label.startsWith("uint") || label.startsWith("enum ")) {
      return new BigInteger(1, bytes);
    }
    return label.startsWith("int") ? new BigInteger(bytes) : Bytes.of(bytes);
  }

  // ---- slots

  private Bytes32 word(BigInteger slot) {
    Bytes32 value = known.get(slot);
    if (value == null) {
      fetch(List.of(slot));
      value = known.get(slot);
    }
    return Optional.ofNullable(value).orElseThrow();
  }

  private void fetch(List<BigInteger> wanted) {
    List<BigInteger> missing =
        wanted.stream().distinct().filter(slot -> !known.containsKey(slot)).toList();
    for (int from = 0; from < missing.size(); from += MOST_SLOTS) {
      List<BigInteger> part = missing.subList(from, Math.min(from + MOST_SLOTS, missing.size()));
      SlotValues read = source.read(part.stream().map(Bytes32::of).toList());
      if (sequence >= 0 && sequence != read.sequence()) {
        throw new StateChangedException();
      }
      sequence = read.sequence();
      for (int i = 0; i < part.size(); i++) {
        known.put(part.get(i), read.values().get(i));
      }
    }
  }
}
