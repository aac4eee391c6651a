package network.enigma.protocol.wire;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/**
 * Reads what {@link WireWriter} wrote. Every length is compared with the bytes that are there
 * before anything is allocated, so a hostile message costs no more memory than its own size;
 * everything wrong is an {@link EnigmaException} with {@link ErrorCode#MALFORMED_MESSAGE}.
 */
public final class WireReader {
  private final byte[] message;
  private int position;

  public WireReader(byte[] message) {
    this.message = message.clone();
  }

  public WireReader(Bytes message) {
    this.message = message.toByteArray();
  }

  private EnigmaException malformed(String what) {
    return new EnigmaException(
        ErrorCode.MALFORMED_MESSAGE, what + " at byte " + position + " of " + message.length);
  }

  private int take(int size) {
    if (size < 0 || size > message.length - position) {
      throw malformed("message ends early: " + Integer.toUnsignedString(size) + " bytes expected");
    }
    int start = position;
    position += size;
    return start;
  }

  private long fixed(int size) {
    int start = take(size);
    long value = 0;
    for (int i = 0; i < size; i++) {
      value = value << 8 | (message[start + i] & 0xff);
    }
    return value;
  }

  public int uint8() {
    return (int) fixed(1);
  }

  public int uint16() {
    return (int) fixed(2);
  }

  public long uint32() {
    return fixed(4);
  }

  /** All 64 bits, to be read as unsigned. */
  public long uint64() {
    return fixed(8);
  }

  public BigInteger uint256() {
    return bytes32().toBigInteger();
  }

  public boolean bool() {
    int value = uint8();
    if (value > 1) {
      throw malformed("a flag is 0 or 1, not " + value + ",");
    }
    return value == 1;
  }

  public Bytes32 bytes32() {
    return Bytes32.of(raw(Bytes32.LENGTH));
  }

  public Address address() {
    return Address.of(raw(Address.LENGTH));
  }

  /** So many bytes as they are. */
  public byte[] raw(int size) {
    int start = take(size);
    return Arrays.copyOfRange(message, start, start + size);
  }

  /** A byte string behind its 4-byte length. */
  public byte[] byteArray() {
    return raw((int) uint32());
  }

  /** A byte string behind its 4-byte length. */
  public Bytes bytes() {
    return Bytes.of(byteArray());
  }

  /** A byte string behind its 4-byte length, refused when longer than the bound. */
  public Bytes bytes(int bound) {
    long size = uint32();
    if (size > bound) {
      throw malformed(
          "a byte string of " + size + " bytes where at most " + bound + " are allowed");
    }
    return Bytes.of(raw((int) size));
  }

  /** A text in UTF-8 behind its 4-byte length. */
  public String text() {
    byte[] bytes = byteArray();
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw malformed("a text that is not UTF-8");
    }
  }

  /** A list behind its 4-byte count, refused when longer than the bound. */
  public <T> List<T> list(int bound, Function<WireReader, T> item) {
    long count = uint32();
    if (count > bound) {
      throw malformed("a list of " + count + " items where at most " + bound + " are allowed");
    }
    List<T> items = new ArrayList<>((int) Math.min(count, remaining()));
    for (long i = 0; i < count; i++) {
      items.add(item.apply(this));
    }
    return Collections.unmodifiableList(items);
  }

  /** A value behind one byte that says whether it is there. */
  public <T> Optional<T> optional(Function<WireReader, T> item) {
    return bool() ? Optional.of(item.apply(this)) : Optional.empty();
  }

  public int remaining() {
    return message.length - position;
  }

  /** Refuses bytes that nobody has read. Every decoder ends with it. */
  public void end() {
    if (position != message.length) {
      throw malformed((message.length - position) + " unexpected bytes");
    }
  }
}
