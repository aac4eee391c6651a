package network.enigma.runtime.evm;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Contract code, padded so that reading beyond its end gives STOP and zeros, with its jump
 * destinations found once.
 */
final class Code {
  /** No code at all. */
  static final Code EMPTY = new Code(new byte[0]);

  /** keccak256 of no bytes, the code hash of an account without code. */
  static final byte[] EMPTY_HASH = EMPTY.hash();

  /** Longest stored code (EIP-170). */
  static final int MAXIMUM_LENGTH = 24_576;

  /** Longest creation code (EIP-3860). */
  static final int MAXIMUM_CREATION_LENGTH = 2 * MAXIMUM_LENGTH;

  private static final int PADDING = 40;
  private static final int JUMPDEST = 0x5b;
  private static final int PUSH1 = 0x60;
  private static final int PUSH32 = 0x7f;

  /** The code followed by zeros. */
  final byte[] bytes;

  final int length;

  /**
   * How much longer the code is interpreted before it is compiled, in jumps and calls; below zero
   * until the first run sets it. Threads may lose each other's changes.
   */
  int heat = -1;

  /** The code as a class of the JVM, if it is hot. */
  volatile @Nullable CompiledCode compiled;

  /** Whether it cannot be compiled. */
  volatile boolean refusesCompilation;

  private long @Nullable [] destinations;
  private byte @Nullable [] hash;

  Code(byte[] code) {
    this(code, 0, code.length);
  }

  Code(byte[] source, int from, int length) {
    this.bytes = new byte[length + PADDING];
    System.arraycopy(source, from, bytes, 0, length);
    this.length = length;
  }

  /** A bit for each byte of the code: whether it may be jumped to. */
  long[] destinations() {
    long[] known = destinations;
    if (known == null) {
      known = findDestinations();
      destinations = known;
    }
    return known;
  }

  private long[] findDestinations() {
    long[] found = new long[(length >>> 6) + 1];
    for (int at = 0; at < length; at++) {
      int instruction = bytes[at] & 0xff;
      if (instruction == JUMPDEST) {
        found[at >>> 6] |= 1L << at;
      } else if (instruction >= PUSH1 && instruction <= PUSH32) {
        at += instruction - PUSH1 + 1;
      }
    }
    return found;
  }

  /** keccak256 of the code, computed once. The caller must not change it. */
  byte[] hash() {
    byte[] known = hash;
    if (known == null) {
      known = new Keccak256().hash(toByteArray());
      hash = known;
    }
    return known;
  }

  byte[] toByteArray() {
    return Arrays.copyOf(bytes, length);
  }

  /** Whether this is a delegation to another account's code (EIP-7702). */
  boolean isDelegation() {
    return length == 23 && bytes[0] == (byte) 0xef && bytes[1] == 1 && bytes[2] == 0;
  }
}
