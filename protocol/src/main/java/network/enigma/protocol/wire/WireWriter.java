package network.enigma.protocol.wire;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.function.BiConsumer;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;

/**
 * Writes a message: big-endian integers of fixed size, byte strings and texts behind a 4-byte
 * length, lists behind a 4-byte count. {@link WireReader} reads exactly this.
 */
public final class WireWriter {
  private byte[] buffer = new byte[256];
  private int length;

  private void reserve(int more) {
    int needed = Math.addExact(length, more);
    if (needed > buffer.length) {
      buffer =
          Arrays.copyOf(
              buffer, Math.max(needed, buffer.length > (1 << 29) ? needed : buffer.length * 2));
    }
  }

  private WireWriter fixed(long value, int size) {
    reserve(size);
    for (int i = size - 1; i >= 0; i--) {
      buffer[length++] = (byte) (value >>> (8 * i));
    }
    return this;
  }

  private static void check(boolean fits, String type, long value) {
    if (!fits) {
      throw new IllegalArgumentException(value + " does not fit " + type);
    }
  }

  public WireWriter uint8(int value) {
    check(value >>> 8 == 0, "uint8", value);
    return fixed(value, 1);
  }

  public WireWriter uint16(int value) {
    check(value >>> 16 == 0, "uint16", value);
    return fixed(value, 2);
  }

  public WireWriter uint32(long value) {
    check(value >>> 32 == 0, "uint32", value);
    return fixed(value, 4);
  }

  /** All 64 bits, read as unsigned. */
  public WireWriter uint64(long value) {
    return fixed(value, 8);
  }

  public WireWriter uint256(BigInteger value) {
    return bytes32(Bytes32.of(value));
  }

  public WireWriter bool(boolean value) {
    return fixed(value ? 1 : 0, 1);
  }

  public WireWriter bytes32(Bytes32 value) {
    reserve(Bytes32.LENGTH);
    value.copyTo(buffer, length);
    length += Bytes32.LENGTH;
    return this;
  }

  public WireWriter address(Address value) {
    reserve(Address.LENGTH);
    value.copyTo(buffer, length);
    length += Address.LENGTH;
    return this;
  }

  /** The bytes as they are, without a length. */
  public WireWriter raw(byte[] value) {
    reserve(value.length);
    System.arraycopy(value, 0, buffer, length, value.length);
    length += value.length;
    return this;
  }

  /** A 4-byte length and the bytes. */
  public WireWriter bytes(byte[] value) {
    return uint32(value.length).raw(value);
  }

  public WireWriter bytes(Bytes value) {
    uint32(value.length());
    reserve(value.length());
    value.copyTo(buffer, length);
    length += value.length();
    return this;
  }

  /** A 4-byte length and the text in UTF-8. */
  public WireWriter text(String value) {
    return bytes(value.getBytes(StandardCharsets.UTF_8));
  }

  /** A 4-byte count and each item as the given function writes it. */
  public <T> WireWriter list(Collection<T> items, BiConsumer<WireWriter, T> item) {
    uint32(items.size());
    for (T each : items) {
      item.accept(this, each);
    }
    return this;
  }

  /** One byte 0 or 1, and the value if there is one. */
  public <T> WireWriter optional(Optional<T> value, BiConsumer<WireWriter, T> item) {
    bool(value.isPresent());
    value.ifPresent(present -> item.accept(this, present));
    return this;
  }

  public int size() {
    return length;
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(buffer, length);
  }

  public Bytes toBytes() {
    return Bytes.of(toByteArray());
  }
}
