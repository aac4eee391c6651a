package network.enigma.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** An immutable byte string of any length, ordered by unsigned bytes. */
public final class Bytes implements Comparable<Bytes> {
  private static final Bytes EMPTY = new Bytes(new byte[0]);

  private final byte[] bytes;
  private int hash;

  private Bytes(byte[] bytes) {
    this.bytes = bytes;
  }

  public static Bytes of(byte[] bytes) {
    return bytes.length == 0 ? EMPTY : new Bytes(bytes.clone());
  }

  /** The bytes of the text in UTF-8. */
  public static Bytes ofText(String text) {
    return new Bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  public static Bytes empty() {
    return EMPTY;
  }

  /**
   * @throws EnigmaException {@link ErrorCode#MALFORMED_MESSAGE} if the text is not hexadecimal
   */
  public static Bytes fromHex(String text) {
    byte[] bytes = Hex.decode(text);
    return bytes.length == 0 ? EMPTY : new Bytes(bytes);
  }

  /** The parts one after the other. */
  public static Bytes concat(Bytes... parts) {
    int length = 0;
    for (Bytes part : parts) {
      length = Math.addExact(length, part.bytes.length);
    }
    ByteBuffer joined = ByteBuffer.allocate(length);
    for (Bytes part : parts) {
      joined.put(part.bytes);
    }
    return new Bytes(joined.array());
  }

  public int length() {
    return bytes.length;
  }

  public boolean isEmpty() {
    return bytes.length == 0;
  }

  /** The byte at the index, signed as Java has it. */
  public byte get(int index) {
    return bytes[index];
  }

  /** Bytes {@code from} (inclusive) to {@code to} (exclusive). */
  public Bytes slice(int from, int to) {
    if (from < 0 || to < from || to > bytes.length) {
      throw new IndexOutOfBoundsException(
          "slice " + from + ".." + to + " of " + bytes.length + " bytes");
    }
    return from == to ? EMPTY : new Bytes(Arrays.copyOfRange(bytes, from, to));
  }

  public byte[] toByteArray() {
    return bytes.clone();
  }

  /** Copies the bytes into the target, for encoders that want no garbage. */
  public void copyTo(byte[] target, int offset) {
    System.arraycopy(bytes, 0, target, offset, bytes.length);
  }

  /** The array itself, for readers in this package that never change it. */
  byte[] array() {
    return bytes;
  }

  /** A read-only view without a copy. */
  public ByteBuffer asByteBuffer() {
    return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
  }

  public String hex() {
    return Hex.encode(bytes);
  }

  @Override
  public int compareTo(Bytes other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(@Nullable Object object) {
    return object instanceof Bytes other && Arrays.equals(bytes, other.bytes);
  }

  @Override
  public int hashCode() {
    int known = hash;
    if (known == 0) {
      known = Arrays.hashCode(bytes);
      hash = known;
    }
    return known;
  }

  /** The bytes in hexadecimal, cut after 64 so that a log line stays a line. */
  @Override
  public String toString() {
    return bytes.length <= 64
        ? hex()
        : Hex.encode(Arrays.copyOf(bytes, 64)) + "… (" + bytes.length + " bytes)";
  }
}
