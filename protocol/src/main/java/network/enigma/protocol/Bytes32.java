package network.enigma.protocol;

import java.math.BigInteger;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** An immutable 32-byte value: a hash, an identifier, a salt or an unsigned 256-bit number. */
public final class Bytes32 implements Comparable<Bytes32> {
  public static final int LENGTH = 32;

  private static final Bytes32 ZERO = new Bytes32(new byte[LENGTH]);

  private final byte[] bytes;

  private Bytes32(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * @throws EnigmaException {@link ErrorCode#MALFORMED_MESSAGE} unless there are exactly 32 bytes
   */
  public static Bytes32 of(byte[] bytes) {
    return new Bytes32(checked(bytes).clone());
  }

  /**
   * @throws EnigmaException {@link ErrorCode#MALFORMED_MESSAGE} unless the text is 32 bytes in
   *     hexadecimal
   */
  public static Bytes32 fromHex(String text) {
    return new Bytes32(checked(Hex.decode(text)));
  }

  public static Bytes32 zero() {
    return ZERO;
  }

  private static byte[] checked(byte[] bytes) {
    if (bytes.length != LENGTH) {
      throw new EnigmaException(
          ErrorCode.MALFORMED_MESSAGE, "a 32-byte value has 32 bytes, not " + bytes.length);
    }
    return bytes;
  }

  /** The number as 32 big-endian bytes, unsigned. */
  public static Bytes32 of(BigInteger number) {
    if (number.signum() < 0 || number.bitLength() > 256) {
      throw new EnigmaException(ErrorCode.MALFORMED_MESSAGE, "a number outside 0 to 2^256-1");
    }
    byte[] minimal = number.toByteArray();
    byte[] word = new byte[LENGTH];
    int length = Math.min(minimal.length, LENGTH);
    System.arraycopy(minimal, minimal.length - length, word, LENGTH - length, length);
    return new Bytes32(word);
  }

  /** The number, read as unsigned, as 32 big-endian bytes. */
  public static Bytes32 ofUnsigned(long number) {
    byte[] word = new byte[LENGTH];
    for (int i = 0; i < Long.BYTES; i++) {
      word[LENGTH - 1 - i] = (byte) (number >>> (8 * i));
    }
    return new Bytes32(word);
  }

  public byte[] toByteArray() {
    return bytes.clone();
  }

  /** Copies the bytes into the target, for encoders that want no garbage. */
  public void copyTo(byte[] target, int offset) {
    System.arraycopy(bytes, 0, target, offset, LENGTH);
  }

  public Bytes bytes() {
    return Bytes.of(bytes);
  }

  public boolean isZero() {
    return equals(ZERO);
  }

  /** The bytes as an unsigned big-endian number. */
  public BigInteger toBigInteger() {
    return new BigInteger(1, bytes);
  }

  public String hex() {
    return Hex.encode(bytes);
  }

  @Override
  public int compareTo(Bytes32 other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(@Nullable Object object) {
    return object instanceof Bytes32 other && Arrays.equals(bytes, other.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return hex();
  }
}
