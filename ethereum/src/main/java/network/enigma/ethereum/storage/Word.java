package network.enigma.ethereum.storage;

import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;

/**
 * A storage word being read or built. Positions are bits from the lowest, as the compiler packs
 * members; all whole bytes.
 */
final class Word {
  private final byte[] bytes;

  private Word(byte[] bytes) {
    this.bytes = bytes;
  }

  static Word of(Bytes32 value) {
    return new Word(value.toByteArray());
  }

  static Word empty() {
    return new Word(new byte[Bytes32.LENGTH]);
  }

  /** The unsigned integer of at most 64 bits at a position. */
  long uint(int position, int bits) {
    long value = 0;
    int end = Bytes32.LENGTH - position / 8;
    for (int i = end - bits / 8; i < end; i++) {
      value = (value << 8) | (bytes[i] & 0xff);
    }
    return value;
  }

  /** The unsigned integer of fewer than 32 bits at a position. */
  int small(int position, int bits) {
    return (int) uint(position, bits);
  }

  Address address(int position) {
    byte[] address = new byte[Address.LENGTH];
    int end = Bytes32.LENGTH - position / 8;
    System.arraycopy(bytes, end - Address.LENGTH, address, 0, Address.LENGTH);
    return Address.of(address);
  }

  boolean bool(int position) {
    return bytes[Bytes32.LENGTH - 1 - position / 8] != 0;
  }

  Word with(int position, int bits, long value) {
    if (bits < 64 && value >>> bits != 0) {
      throw new IllegalArgumentException(
          Long.toUnsignedString(value) + " does not fit " + bits + " bits");
    }
    int end = Bytes32.LENGTH - position / 8;
    for (int i = 0; i < bits / 8; i++) {
      bytes[end - 1 - i] = (byte) (value >>> (8 * i));
    }
    return this;
  }

  Word with(int position, Address address) {
    address.copyTo(bytes, Bytes32.LENGTH - position / 8 - Address.LENGTH);
    return this;
  }

  Word with(int position, boolean flag) {
    bytes[Bytes32.LENGTH - 1 - position / 8] = (byte) (flag ? 1 : 0);
    return this;
  }

  Bytes32 toBytes32() {
    return Bytes32.of(bytes);
  }
}
