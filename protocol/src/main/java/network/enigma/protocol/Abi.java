package network.enigma.protocol;

import com.esaulpaugh.headlong.abi.ABIType;
import com.esaulpaugh.headlong.abi.ArrayType;
import com.esaulpaugh.headlong.abi.Tuple;
import com.esaulpaugh.headlong.abi.TupleType;
import java.lang.reflect.Array;
import java.math.BigInteger;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import network.enigma.protocol.crypto.Signature;

/**
 * Solidity's abi.encode over the protocol's own values: {@link Address}, {@link Bytes32}, {@link
 * Bytes}, {@code byte[]}, {@code Boolean}, {@code String}, integers ({@code Long} read as unsigned
 * for unsigned types, {@code Integer}, {@link BigInteger}), collections for arrays and {@code
 * List<Object>} for tuples.
 */
public final class Abi {
  private static final Map<String, TupleType<Tuple>> TYPES = new ConcurrentHashMap<>();
  private static final BigInteger TWO_TO_64 = BigInteger.ONE.shiftLeft(64);

  private Abi() {}

  /**
   * Encodes the values.
   *
   * @param types a comma-separated list of ABI types, with or without parentheses around it
   */
  public static byte[] encode(String types, Object... values) {
    TupleType<Tuple> type = TYPES.computeIfAbsent(types, Abi::parse);
    if (type.size() != values.length) {
      throw new IllegalArgumentException(
          types + " needs " + type.size() + " values, not " + values.length);
    }
    return type.encode(tuple(type, List.of(values))).array();
  }

  private static TupleType<Tuple> parse(String types) {
    return TupleType.parse(types.startsWith("(") && closesAtEnd(types) ? types : "(" + types + ")");
  }

  private static boolean closesAtEnd(String types) {
    int depth = 0;
    for (int i = 0; i < types.length(); i++) {
      char c = types.charAt(i);
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (depth == 0) {
        return i == types.length() - 1;
      }
    }
    return false;
  }

  private static Tuple tuple(TupleType<?> type, List<?> values) {
    Object[] converted = new Object[values.size()];
    for (int i = 0; i < converted.length; i++) {
      converted[i] = convert(type.get(i), values.get(i));
    }
    return Tuple.from(converted);
  }

  private static Object convert(ABIType<?> type, Object value) {
    return switch (type.typeCode()) {
      case ABIType.TYPE_CODE_BOOLEAN -> value;
      case ABIType.TYPE_CODE_INT -> Math.toIntExact(((Number) value).longValue());
      case ABIType.TYPE_CODE_LONG -> ((Number) value).longValue();
      case ABIType.TYPE_CODE_BIG_INTEGER -> bigInteger(type, value);
      case ABIType.TYPE_CODE_ADDRESS ->
          com.esaulpaugh.headlong.abi.Address.wrap(((Address) value).checksummed());
      case ABIType.TYPE_CODE_ARRAY -> array((ArrayType<?, ?, ?>) type, value);
      case ABIType.TYPE_CODE_TUPLE -> tuple((TupleType<?>) type, (List<?>) value);
      default ->
          throw new IllegalArgumentException("type " + type + " is not used in the protocol");
    };
  }

  private static BigInteger bigInteger(ABIType<?> type, Object value) {
    return switch (value) {
      case BigInteger number -> number;
      case Bytes32 word -> word.toBigInteger();
      case Long number when number < 0 && type.getCanonicalType().startsWith("u") ->
          BigInteger.valueOf(number).add(TWO_TO_64);
      case Number number -> BigInteger.valueOf(number.longValue());
      default -> throw new IllegalArgumentException("a number was expected for " + type);
    };
  }

  private static Object array(ArrayType<?, ?, ?> type, Object value) {
    return switch (value) {
      case Bytes32 word -> word.toByteArray();
      case Bytes bytes -> bytes.toByteArray();
      case Signature signature -> signature.toByteArray();
      case Collection<?> items -> {
        ABIType<?> elementType = type.getElementType();
        Object array = Array.newInstance(componentClass(elementType), items.size());
        int i = 0;
        for (Object item : items) {
          Array.set(array, i++, convert(elementType, item));
        }
        yield array;
      }
      default -> value;
    };
  }

  private static Class<?> componentClass(ABIType<?> elementType) {
    return switch (elementType.typeCode()) {
      case ABIType.TYPE_CODE_BOOLEAN -> boolean.class;
      case ABIType.TYPE_CODE_INT -> int.class;
      case ABIType.TYPE_CODE_LONG -> long.class;
      case ABIType.TYPE_CODE_TUPLE -> Tuple.class;
      default -> elementType.clazz();
    };
  }
}
