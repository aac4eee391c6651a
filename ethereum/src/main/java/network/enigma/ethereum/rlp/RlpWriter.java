package network.enigma.ethereum.rlp;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * Writes canonical RLP: byte strings, integers and nested lists, in order. Not for use by several
 * threads.
 */
public final class RlpWriter {
  private static final int MAXIMUM_OPEN_LISTS = 128;

  private byte[] buffer = new byte[256];
  private int size;
  private final int[] openLists = new int[MAXIMUM_OPEN_LISTS];
  private int depth;

  /** Appends a byte string. */
  public RlpWriter bytes(byte[] value) {
    if (value.length == 1 && value[0] >= 0) {
      reserve(1);
      buffer[size++] = value[0];
      return this;
    }
    reserve(value.length + 9);
    size += header(buffer, size, 0x80, value.length);
    System.arraycopy(value, 0, buffer, size, value.length);
    size += value.length;
    return this;
  }

  /** Appends an unsigned 64-bit integer. */
  public RlpWriter uint64(long value) {
    int length = (64 - Long.numberOfLeadingZeros(value) + 7) / 8;
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (value >>> (8 * (length - 1 - i)));
    }
    return bytes(bytes);
  }

  /** Appends an integer that is not negative. */
  public RlpWriter integer(BigInteger value) {
    if (value.signum() < 0) {
      throw new IllegalArgumentException("RLP has no negative integers");
    }
    byte[] bytes = value.toByteArray();
    return bytes(bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes);
  }

  /** Appends an item that is already encoded. */
  public RlpWriter encoded(byte[] item) {
    reserve(item.length);
    System.arraycopy(item, 0, buffer, size, item.length);
    size += item.length;
    return this;
  }

  /** Opens a list: what follows is in it until {@link #endList()}. */
  public RlpWriter beginList() {
    if (depth == MAXIMUM_OPEN_LISTS) {
      throw new IllegalStateException("lists nest too deep");
    }
    openLists[depth++] = size;
    return this;
  }

  /** Closes the list opened last. */
  public RlpWriter endList() {
    if (depth == 0) {
      throw new IllegalStateException("no list is open");
    }
    int start = openLists[--depth];
    int length = size - start;
    byte[] prefix = new byte[9];
    int prefixLength = header(prefix, 0, 0xc0, length);
    reserve(prefixLength);
    System.arraycopy(buffer, start, buffer, start + prefixLength, length);
    System.arraycopy(prefix, 0, buffer, start, prefixLength);
    size += prefixLength;
    return this;
  }

  /** What was written. */
  public byte[] toByteArray() {
    if (depth != 0) {
      throw new IllegalStateException("a list is open");
    }
    return Arrays.copyOf(buffer, size);
  }

  private static int header(byte[] target, int at, int base, int length) {
    if (length <= 55) {
      target[at] = (byte) (base + length);
      return 1;
    }
    int lengthOfLength = (32 - Integer.numberOfLeadingZeros(length) + 7) / 8;
    target[at] = (byte) (base + 55 + lengthOfLength);
    for (int i = 1; i <= lengthOfLength; i++) {
      target[at + i] = (byte) (length >>> (8 * (lengthOfLength - i)));
    }
    return 1 + lengthOfLength;
  }

  private void reserve(int more) {
    if (buffer.length - size < more) {
      buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, size + more));
    }
  }
}
