package network.enigma.client.abi;

import com.esaulpaugh.headlong.abi.ABIType;
import com.esaulpaugh.headlong.abi.ArrayType;
import com.esaulpaugh.headlong.abi.Tuple;
import com.esaulpaugh.headlong.abi.TupleType;
import com.esaulpaugh.headlong.abi.UnitType;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.lang.reflect.Array;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * Fits given arguments to ABI types. Accepted for each type:
 *
 * <ul>
 *   <li>integers: any Java integer, a decimal or 0x string, a JSON number up to 2^53 (above that
 *       only strings are exact);
 *   <li>{@code bool}: a Boolean, {@code "true"} or {@code "false"};
 *   <li>{@code address}, {@code bytes}, {@code bytesN}: this project's values, {@code byte[]}, a 0x
 *       string;
 *   <li>arrays and tuples: a List, a Java array, a JSON array or a string holding one; tuples with
 *       names also a Map or JSON object.
 * </ul>
 */
final class ArgumentReader {
  /** Deeper nesting than any ABI type needs is refused before it is parsed. */
  static final int MAX_DEPTH = 128;

  private static final BigInteger MAX_EXACT_JSON = BigInteger.ONE.shiftLeft(53);

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxNumberLength(100)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final String signature;

  ArgumentReader(String signature) {
    this.signature = signature;
  }

  /** The arguments as headlong wants them, in order. */
  Tuple read(TupleType<? extends Tuple> types, List<?> arguments) {
    if (arguments.size() != types.size()) {
      throw new EnigmaException(
          ErrorCode.ABI_MISMATCH,
          "%s takes %s, got %s: %s"
              .formatted(signature, count(types.size()), arguments.size(), describeAll(arguments)));
    }
    Object[] values = new Object[types.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = fit(types.get(i), arguments.get(i), "argument " + (i + 1), 0);
    }
    return Tuple.from(values);
  }

  private static String count(int n) {
    return n == 1 ? "1 argument" : n + " arguments";
  }

  private Object fit(ABIType<?> type, @Nullable Object value, String place, int depth) {
    if (depth > MAX_DEPTH) {
      throw tooDeep();
    }
    return switch (type.typeCode()) {
      case ABIType.TYPE_CODE_BOOLEAN -> fitBoolean(type, value, place);
      case ABIType.TYPE_CODE_BYTE,
          ABIType.TYPE_CODE_INT,
          ABIType.TYPE_CODE_LONG,
          ABIType.TYPE_CODE_BIG_INTEGER ->
          fitInteger((UnitType<?>) type, value, place);
      case ABIType.TYPE_CODE_ADDRESS -> fitAddress(type, value, place);
      case ABIType.TYPE_CODE_ARRAY -> fitArray((ArrayType<?, ?, ?>) type, value, place, depth);
      case ABIType.TYPE_CODE_TUPLE -> fitTuple(type.asTupleType(), value, place, depth);
      default -> throw mismatch(type, value, place);
    };
  }

  private Object fitBoolean(ABIType<?> type, @Nullable Object value, String place) {
    if (value instanceof Boolean bool) {
      return bool;
    }
    if (value instanceof JsonNode node && node.isBoolean()) {
      return node.booleanValue();
    }
    return switch (text(value)) {
      case "true" -> true;
      case "false" -> false;
      case null, default -> throw mismatch(type, value, place);
    };
  }

  private Object fitInteger(UnitType<?> type, @Nullable Object value, String place) {
    BigInteger number = integer(value);
    if (number == null
        || number.compareTo(type.minValue()) < 0
        || number.compareTo(type.maxValue()) > 0) {
      throw mismatch(type, value, place);
    }
    if (type.clazz() == Integer.class) {
      return number.intValueExact();
    }
    return type.clazz() == Long.class ? (Object) number.longValueExact() : number;
  }

  private static @Nullable BigInteger integer(@Nullable Object value) {
    switch (value) {
      case BigInteger big -> {
        return big;
      }
      case Byte b -> {
        return BigInteger.valueOf(b);
      }
      case Short s -> {
        return BigInteger.valueOf(s);
      }
      case Integer i -> {
        return BigInteger.valueOf(i);
      }
      case Long l -> {
        return BigInteger.valueOf(l);
      }
      case JsonNode node when node.isIntegralNumber() -> {
        BigInteger number = node.bigIntegerValue();
        return number.abs().compareTo(MAX_EXACT_JSON) > 0 ? null : number;
      }
      case null, default -> {
        String text = text(value);
        if (text == null) {
          return null;
        }
        if (text.matches("-?[0-9]{1,78}")) {
          return new BigInteger(text);
        }
        return text.matches("0[xX][0-9a-fA-F]{1,64}")
            ? new BigInteger(text.substring(2), 16)
            : null;
      }
    }
  }

  private Object fitAddress(ABIType<?> type, @Nullable Object value, String place) {
    byte[] bytes = value instanceof Address address ? address.toByteArray() : binary(value);
    if (bytes == null || bytes.length != 20) {
      throw mismatch(type, value, place);
    }
    return com.esaulpaugh.headlong.abi.Address.wrap(
        com.esaulpaugh.headlong.abi.Address.toChecksumAddress(new BigInteger(1, bytes)));
  }

  private Object fitArray(
      ArrayType<?, ?, ?> type, @Nullable Object value, String place, int depth) {
    if (type.isString()) {
      String text = text(value);
      if (text == null) {
        throw mismatch(type, value, place);
      }
      return text;
    }
    ABIType<?> element = type.getElementType();
    if (element.typeCode() == ABIType.TYPE_CODE_BYTE) {
      byte[] bytes = binary(value);
      if (bytes == null
          || (type.getLength() != ArrayType.DYNAMIC_LENGTH && bytes.length != type.getLength())) {
        throw mismatch(type, value, place);
      }
      return bytes;
    }
    List<?> elements = elements(value);
    if (elements == null
        || (type.getLength() != ArrayType.DYNAMIC_LENGTH && elements.size() != type.getLength())) {
      throw mismatch(type, value, place);
    }
    Object array = Array.newInstance(type.clazz().getComponentType(), elements.size());
    for (int i = 0; i < elements.size(); i++) {
      Array.set(array, i, fit(element, elements.get(i), place + "[" + i + "]", depth + 1));
    }
    return array;
  }

  private Object fitTuple(
      TupleType<? extends Tuple> type, @Nullable Object value, String place, int depth) {
    List<?> elements = fields(type, value);
    if (elements == null || elements.size() != type.size()) {
      throw mismatch(type, value, place);
    }
    Object[] values = new Object[type.size()];
    for (int i = 0; i < values.length; i++) {
      String name = type.getElementName(i);
      values[i] =
          fit(
              type.get(i),
              elements.get(i),
              place + "." + (name == null || name.isEmpty() ? String.valueOf(i) : name),
              depth + 1);
    }
    return Tuple.from(values);
  }

  private @Nullable List<?> fields(TupleType<? extends Tuple> type, @Nullable Object value) {
    Object source =
        value instanceof String text && text.strip().startsWith("{") ? json(text) : value;
    if (!(source instanceof Map<?, ?>) && !(source instanceof JsonNode node && node.isObject())) {
      return elements(source);
    }
    int size = source instanceof Map<?, ?> map ? map.size() : ((JsonNode) source).size();
    List<Object> fields = new ArrayList<>();
    for (int i = 0; i < type.size(); i++) {
      String name = type.getElementName(i);
      Object field =
          source instanceof Map<?, ?> map ? map.get(name) : ((JsonNode) source).get(name);
      if (field == null) {
        return null;
      }
      fields.add(field);
    }
    return size == type.size() ? fields : null;
  }

  private @Nullable List<?> elements(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case List<?> list -> list;
      case JsonNode node when node.isArray() -> {
        List<JsonNode> nodes = new ArrayList<>();
        node.forEach(nodes::add);
        yield nodes;
      }
      case String text when text.strip().startsWith("[") -> elements(json(text));
      case Tuple tuple -> List.of(tuple.toArray());
      case Object array when array.getClass().isArray() -> {
        List<Object> list = new ArrayList<>();
        for (int i = 0; i < Array.getLength(array); i++) {
          list.add(Array.get(array, i));
        }
        yield list;
      }
      default -> null;
    };
  }

  private JsonNode json(String text) {
    return parseJson(signature, text);
  }

  /** Strict JSON: bounded depth, no duplicate keys, nothing after the value. */
  static JsonNode parseJson(String where, String text) {
    try {
      return JSON.readTree(text);
    } catch (StreamConstraintsException e) {
      throw tooDeep();
    } catch (JsonProcessingException e) {
      throw new EnigmaException(
          ErrorCode.ABI_MISMATCH, where + ": not valid JSON: " + e.getOriginalMessage());
    }
  }

  private static EnigmaException tooDeep() {
    return new EnigmaException(
        ErrorCode.INPUT_TOO_DEEP, "arguments nest deeper than " + MAX_DEPTH + " levels");
  }

  private static byte @Nullable [] binary(@Nullable Object value) {
    switch (value) {
      case byte[] bytes -> {
        return bytes;
      }
      case Bytes bytes -> {
        return bytes.toByteArray();
      }
      case Bytes32 bytes -> {
        return bytes.toByteArray();
      }
      case Address address -> {
        return address.toByteArray();
      }
      case null, default -> {
        String text = text(value);
        return text != null && text.matches("0[xX]([0-9a-fA-F]{2})*")
            ? HexFormat.of().parseHex(text.substring(2).toLowerCase(Locale.ROOT))
            : null;
      }
    }
  }

  private static @Nullable String text(@Nullable Object value) {
    if (value instanceof String text) {
      return text;
    }
    return value instanceof JsonNode node && node.isTextual() ? node.textValue() : null;
  }

  private EnigmaException mismatch(ABIType<?> type, @Nullable Object value, String place) {
    return new EnigmaException(
        ErrorCode.ABI_MISMATCH,
        "%s: %s must be %s, got %s%s"
            .formatted(
                signature, place, type.getCanonicalType(), describe(value), hint(type, value)));
  }

  private static String hint(ABIType<?> type, @Nullable Object value) {
    if (value instanceof JsonNode node && node.isNumber() && type instanceof UnitType<?>) {
      return node.isIntegralNumber() && node.bigIntegerValue().abs().compareTo(MAX_EXACT_JSON) <= 0
          ? " (out of range)"
          : " (write numbers above 2^53 as a string)";
    }
    return type instanceof UnitType<?>
            && type.typeCode() != ABIType.TYPE_CODE_BOOLEAN
            && type.typeCode() != ABIType.TYPE_CODE_ADDRESS
            && integer(value) != null
        ? " (out of range)"
        : "";
  }

  private static String describeAll(List<?> values) {
    List<String> types = new ArrayList<>();
    values.forEach(value -> types.add(describe(value)));
    return "(" + String.join(", ", types) + ")";
  }

  /**
   * The kind of a value and its size, never the value: arguments are secret and error texts get
   * logged.
   */
  private static String describe(@Nullable Object value) {
    return switch (value) {
      case null -> "nothing";
      case JsonNode node when node.isArray() -> "a list of " + node.size();
      case JsonNode node when node.isObject() -> "an object of " + node.size() + " fields";
      case JsonNode node when node.isTextual() -> describe(node.textValue());
      case JsonNode node when node.isIntegralNumber() ->
          "an integer of " + node.asText().length() + " digits";
      case JsonNode node when node.isNumber() -> "a fractional number";
      case JsonNode node when node.isBoolean() -> "a bool";
      case JsonNode node -> "null";
      case List<?> list -> "a list of " + list.size();
      case Map<?, ?> map -> "an object of " + map.size() + " fields";
      case Boolean ignored -> "a bool";
      case BigInteger number ->
          number.signum() < 0
              ? "a negative integer"
              : "an integer of " + number.bitLength() + " bits";
      case Long number -> number < 0 ? "a negative integer" : "an integer";
      case Integer number -> number < 0 ? "a negative integer" : "an integer";
      case Short ignored -> "an integer";
      case Byte ignored -> "an integer";
      case Number ignored -> "a fractional number";
      case byte[] bytes -> bytes.length + " bytes";
      case Bytes bytes -> bytes.toByteArray().length + " bytes";
      case Bytes32 ignored -> "32 bytes";
      case Address ignored -> "an address";
      case String text when text.matches("0[xX]([0-9a-fA-F]{2})*") ->
          (text.length() - 2) / 2 + " bytes in hex";
      case String text when text.matches("-[0-9]+") -> "a negative integer";
      case String text when text.matches("[0-9]+") -> "an integer of " + text.length() + " digits";
      case String text -> "a string of " + text.length() + " characters";
      default -> "a " + value.getClass().getSimpleName();
    };
  }
}
