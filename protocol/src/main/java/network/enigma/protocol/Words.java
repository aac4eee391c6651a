package network.enigma.protocol;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * Builds abi.encode of static fields: one 32-byte word each. The fast path of every hash in the
 * protocol.
 */
final class Words {
  private byte[] words;
  private int length;

  Words(int count) {
    words = new byte[count * 32];
  }

  private int next() {
    if (length == words.length) {
      words = Arrays.copyOf(words, Math.max(32, words.length * 2));
    }
    int start = length;
    length += 32;
    return start;
  }

  Words bytes32(Bytes32 value) {
    value.copyTo(words, next());
    return this;
  }

  Words address(Address value) {
    value.copyTo(words, next() + 12);
    return this;
  }

  /** Any unsigned integer of at most 64 bits. */
  Words uint(long value) {
    int end = next() + 32;
    for (int i = 1; i <= Long.BYTES; i++) {
      words[end - i] = (byte) (value >>> (8 * (i - 1)));
    }
    return this;
  }

  Words uint256(BigInteger value) {
    return bytes32(Bytes32.of(value));
  }

  Words bool(boolean value) {
    return uint(value ? 1 : 0);
  }

  byte[] toByteArray() {
    return length == words.length ? words : Arrays.copyOf(words, length);
  }

  Bytes32 hash() {
    return Keccak.hash(toByteArray());
  }
}
