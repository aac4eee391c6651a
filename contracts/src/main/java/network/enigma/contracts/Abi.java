package network.enigma.contracts;

import com.esaulpaugh.headlong.abi.Tuple;
import com.esaulpaugh.headlong.abi.TupleType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;

/** What the generated bindings share: conversions between plain Java values and the ABI codec. */
final class Abi {
  private static final BigInteger TWO_TO_64 = BigInteger.ONE.shiftLeft(64);

  private Abi() {}

  /** One conversion of an element. */
  interface Each<A, B> {
    B of(A item);
  }

  static byte[] encode(TupleType<Tuple> type, Object... values) {
    return bytes(type.encode(Tuple.from(values)));
  }

  static Tuple decode(TupleType<Tuple> type, byte[] data) {
    return type.isEmpty() ? Tuple.EMPTY : type.decode(data);
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] all = new byte[buffer.limit()];
    buffer.duplicate().rewind().get(all);
    return all;
  }

  static byte[] concat(byte[] first, byte[] second) {
    byte[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  static BigInteger address(byte[] twenty) {
    return new BigInteger(1, fixed(twenty, 20));
  }

  static byte[] addressBytes(Object address) {
    return lastTwenty(word((BigInteger) address));
  }

  static byte[] lastTwenty(byte[] word) {
    return Arrays.copyOfRange(word, word.length - 20, word.length);
  }

  private static byte[] word(BigInteger value) {
    byte[] digits = value.toByteArray();
    byte[] word = new byte[32];
    int used = Math.min(digits.length, 32);
    System.arraycopy(digits, digits.length - used, word, 32 - used, used);
    return word;
  }

  static byte[] fixed(byte[] value, int length) {
    if (value.length != length) {
      throw new IllegalArgumentException(
          "expected " + length + " bytes, but there are " + value.length);
    }
    return value;
  }

  /** An unsigned 64-bit number held in a long. */
  static BigInteger unsigned(long value) {
    BigInteger number = BigInteger.valueOf(value);
    return value < 0 ? number.add(TWO_TO_64) : number;
  }

  static long bounded(long value, int bits) {
    if (value < 0 || value >>> bits != 0) {
      throw new IllegalArgumentException(value + " does not fit in " + bits + " bits");
    }
    return value;
  }

  static BigInteger big(Object number) {
    return number instanceof BigInteger big
        ? big
        : BigInteger.valueOf(((Number) number).longValue());
  }

  static <T> List<T> length(List<T> list, int length) {
    if (list.size() != length) {
      throw new IllegalArgumentException(
          "expected " + length + " elements, but there are " + list.size());
    }
    return list;
  }

  static <A> Tuple[] tuples(Collection<A> items, Each<A, Tuple> each) {
    return items.stream().map(each::of).toArray(Tuple[]::new);
  }

  static <A> byte[][] byteArrays(Collection<A> items, Each<A, byte[]> each) {
    return items.stream().map(each::of).toArray(byte[][]::new);
  }

  static <A> int[] ints(Collection<A> items, Each<A, Integer> each) {
    return items.stream().mapToInt(each::of).toArray();
  }

  static <A> long[] longs(Collection<A> items, Each<A, Long> each) {
    return items.stream().mapToLong(each::of).toArray();
  }

  static <A> BigInteger[] bigs(Collection<A> items, Each<A, BigInteger> each) {
    return items.stream().map(each::of).toArray(BigInteger[]::new);
  }

  static <A> boolean[] booleans(Collection<A> items, Each<A, Boolean> each) {
    boolean[] all = new boolean[items.size()];
    int i = 0;
    for (A item : items) {
      all[i++] = each.of(item);
    }
    return all;
  }

  static <A> String[] strings(Collection<A> items, Each<A, String> each) {
    return items.stream().map(each::of).toArray(String[]::new);
  }

  /** The elements of an array the codec decoded, whichever array type it chose. */
  static <B> List<B> list(Object array, Each<Object, B> each) {
    int length = java.lang.reflect.Array.getLength(array);
    List<B> all = new ArrayList<>(length);
    for (int i = 0; i < length; i++) {
      all.add(each.of(java.lang.reflect.Array.get(array, i)));
    }
    return List.copyOf(all);
  }

  static byte[] topic(List<byte[]> topics, int index) {
    if (index >= topics.size()) {
      throw new IllegalArgumentException("the log has only " + topics.size() + " topics");
    }
    return fixed(topics.get(index), 32);
  }

  static String hex(byte[] bytes) {
    return "0x" + HexFormat.of().formatHex(bytes);
  }

  static String text(Object value) {
    return switch (value) {
      case byte[] bytes -> hex(bytes);
      case List<?> list -> list.stream().map(Abi::text).toList().toString();
      default -> String.valueOf(value);
    };
  }

  static byte[] creationCode(String contract) {
    String resource = "artifacts/" + contract + ".bin";
    try (InputStream stream = Abi.class.getResourceAsStream(resource)) {
      if (stream == null) {
        throw new IllegalStateException("not on the class path: " + resource);
      }
      return HexFormat.of()
          .parseHex(new String(stream.readAllBytes(), StandardCharsets.US_ASCII).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
