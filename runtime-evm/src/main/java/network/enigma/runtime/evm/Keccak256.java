package network.enigma.runtime.evm;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * keccak256 over a part of an array, without garbage: the hash function of the KECCAK256
 * instruction (FIPS 202's permutation with Ethereum's padding).
 */
final class Keccak256 {
  private static final int RATE = 136;
  private static final VarHandle LITTLE_ENDIAN_LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long[] ROUNDS = {
    0x0000000000000001L, 0x0000000000008082L, 0x800000000000808aL, 0x8000000080008000L,
    0x000000000000808bL, 0x0000000080000001L, 0x8000000080008081L, 0x8000000000008009L,
    0x000000000000008aL, 0x0000000000000088L, 0x0000000080008009L, 0x000000008000000aL,
    0x000000008000808bL, 0x800000000000008bL, 0x8000000000008089L, 0x8000000000008003L,
    0x8000000000008002L, 0x8000000000000080L, 0x000000000000800aL, 0x800000008000000aL,
    0x8000000080008081L, 0x8000000000008080L, 0x0000000080000001L, 0x8000000080008008L
  };

  /** Bytes of what Solidity hashes to find an entry of a mapping. */
  private static final int PAIR = 64;

  /** Bytes of what Solidity hashes to find the elements of an array. */
  private static final int WORD = 32;

  private static final int REMEMBERED = 128;
  private static final int LONGS_OF_PAIR = 8;
  private static final int LONGS_REMEMBERED = 12;
  private static final int REMEMBERED_WORDS = 64;
  private static final int LONGS_OF_WORD = 4;
  private static final long MIXER = 0x9e37_79b9_7f4a_7c15L;

  private final long[] state = new long[25];

  /** Pairs of words hashed before and their hashes: a contract asks for the same ones again. */
  private long @Nullable [] memory;

  /** The same for single words. */
  private long @Nullable [] words;

  /** Hashes {@code length} bytes from {@code from} on into the word at {@code to}. */
  void hash(byte[] bytes, int from, int length, long[] s, int to) {
    if (length == PAIR) {
      hashPair(bytes, from, s, to);
      return;
    }
    if (length == WORD) {
      hashWord(bytes, from, s, to);
      return;
    }
    absorbAll(bytes, from, length);
    s[to + 3] = Long.reverseBytes(state[0]);
    s[to + 2] = Long.reverseBytes(state[1]);
    s[to + 1] = Long.reverseBytes(state[2]);
    s[to] = Long.reverseBytes(state[3]);
  }

  private void hashPair(byte[] bytes, int from, long[] s, int to) {
    long[] known = memory;
    if (known == null) {
      known = new long[REMEMBERED * LONGS_REMEMBERED];
      memory = known;
    }
    long k0 = (long) LITTLE_ENDIAN_LONG.get(bytes, from);
    long k1 = (long) LITTLE_ENDIAN_LONG.get(bytes, from + 8);
    long k2 = (long) LITTLE_ENDIAN_LONG.get(bytes, from + 16);
    long k3 = (long) LITTLE_ENDIAN_LONG.get(bytes, from + 24);
    long k4 = (long) LITTLE_ENDIAN_LONG.get(bytes, from + 32);
    long k5 = (long) LITTLE_ENDIAN_LONG.get(bytes, from + 40);
    long k6 = (long) LITTLE_ENDIAN_LONG.get(bytes, from + 48);
    long k7 = (long) LITTLE_ENDIAN_LONG.get(bytes, from + 56);
    long mixed = ((k0 ^ k1 ^ k2 ^ k3) + 31 * (k4 ^ k5 ^ k6 ^ k7)) * MIXER;
    int at = (int) (mixed >>> 57) * LONGS_REMEMBERED;
    // No pair hashes to zero in its first eight bytes as far as anybody knows; if one did, it would
    // only be hashed again.
    boolean isKnown =
        ((known[at] ^ k0)
                    | (known[at + 1] ^ k1)
                    | (known[at + 2] ^ k2)
                    | (known[at + 3] ^ k3)
                    | (known[at + 4] ^ k4)
                    | (known[at + 5] ^ k5)
                    | (known[at + 6] ^ k6)
                    | (known[at + 7] ^ k7))
                == 0
            && known[at + LONGS_OF_PAIR] != 0;
    if (!isKnown) {
      long[] a = fresh(k0, k1, k2, k3);
      a[4] = k4;
      a[5] = k5;
      a[6] = k6;
      a[7] = k7;
      a[PAIR / 8] = 1;
      permute(a);
      known[at] = k0;
      known[at + 1] = k1;
      known[at + 2] = k2;
      known[at + 3] = k3;
      known[at + 4] = k4;
      known[at + 5] = k5;
      known[at + 6] = k6;
      known[at + 7] = k7;
      for (int i = 0; i < 4; i++) {
        known[at + LONGS_OF_PAIR + i] = Long.reverseBytes(state[i]);
      }
    }
    s[to + 3] = known[at + LONGS_OF_PAIR];
    s[to + 2] = known[at + LONGS_OF_PAIR + 1];
    s[to + 1] = known[at + LONGS_OF_PAIR + 2];
    s[to] = known[at + LONGS_OF_PAIR + 3];
  }

  private void hashWord(byte[] bytes, int from, long[] s, int to) {
    long[] known = words;
    if (known == null) {
      known = new long[REMEMBERED_WORDS * 2 * LONGS_OF_WORD];
      words = known;
    }
    long k0 = (long) LITTLE_ENDIAN_LONG.get(bytes, from);
    long k1 = (long) LITTLE_ENDIAN_LONG.get(bytes, from + 8);
    long k2 = (long) LITTLE_ENDIAN_LONG.get(bytes, from + 16);
    long k3 = (long) LITTLE_ENDIAN_LONG.get(bytes, from + 24);
    int at = (int) (((k0 ^ k1 ^ k2 ^ k3) * MIXER) >>> 58) * 2 * LONGS_OF_WORD;
    int hash = at + LONGS_OF_WORD;
    boolean isKnown =
        ((known[at] ^ k0) | (known[at + 1] ^ k1) | (known[at + 2] ^ k2) | (known[at + 3] ^ k3)) == 0
            && known[hash] != 0;
    if (!isKnown) {
      long[] a = fresh(k0, k1, k2, k3);
      a[WORD / 8] = 1;
      permute(a);
      known[at] = k0;
      known[at + 1] = k1;
      known[at + 2] = k2;
      known[at + 3] = k3;
      for (int i = 0; i < LONGS_OF_WORD; i++) {
        known[hash + i] = Long.reverseBytes(state[i]);
      }
    }
    s[to + 3] = known[hash];
    s[to + 2] = known[hash + 1];
    s[to + 1] = known[hash + 2];
    s[to] = known[hash + 3];
  }

  /** The hash of the bytes. */
  byte[] hash(byte[] bytes) {
    absorbAll(bytes, 0, bytes.length);
    byte[] hash = new byte[32];
    for (int i = 0; i < 4; i++) {
      LITTLE_ENDIAN_LONG.set(hash, 8 * i, state[i]);
    }
    return hash;
  }

  /** Forgets what was hashed before. */
  void forget() {
    if (memory != null) {
      Arrays.fill(memory, 0);
    }
    if (words != null) {
      Arrays.fill(words, 0);
    }
  }

  /** The state with the first word of a short input and the end of the padding. */
  private long[] fresh(long k0, long k1, long k2, long k3) {
    long[] a = state;
    Arrays.fill(a, 0);
    a[0] = k0;
    a[1] = k1;
    a[2] = k2;
    a[3] = k3;
    a[RATE / 8 - 1] = 1L << 63;
    return a;
  }

  private void absorbAll(byte[] bytes, int from, int length) {
    long[] a = state;
    Arrays.fill(a, 0);
    int at = from;
    int rest = length;
    while (rest >= RATE) {
      absorb(a, bytes, at);
      at += RATE;
      rest -= RATE;
    }
    int words = rest >>> 3;
    for (int i = 0; i < words; i++) {
      a[i] ^= (long) LITTLE_ENDIAN_LONG.get(bytes, at + 8 * i);
    }
    long last = 1L << 8 * (rest & 7);
    for (int i = 0; i < (rest & 7); i++) {
      last |= (bytes[at + 8 * words + i] & 0xffL) << 8 * i;
    }
    a[words] ^= last;
    a[RATE / 8 - 1] ^= 1L << 63;
    permute(a);
  }

  private static void absorb(long[] a, byte[] bytes, int at) {
    for (int i = 0; i < RATE / 8; i++) {
      a[i] ^= (long) LITTLE_ENDIAN_LONG.get(bytes, at + 8 * i);
    }
    permute(a);
  }

  private static void permute(long[] a) {
    long a00 = a[0];
    long a01 = a[1];
    long a02 = a[2];
    long a03 = a[3];
    long a04 = a[4];
    long a05 = a[5];
    long a06 = a[6];
    long a07 = a[7];
    long a08 = a[8];
    long a09 = a[9];
    long a10 = a[10];
    long a11 = a[11];
    long a12 = a[12];
    long a13 = a[13];
    long a14 = a[14];
    long a15 = a[15];
    long a16 = a[16];
    long a17 = a[17];
    long a18 = a[18];
    long a19 = a[19];
    long a20 = a[20];
    long a21 = a[21];
    long a22 = a[22];
    long a23 = a[23];
    long a24 = a[24];
    // The parities of the columns go from one round to the next, and two rounds make one turn of
    // the loop: the JVM then keeps more of the state in registers.
    long c0 = a00 ^ a05 ^ a10 ^ a15 ^ a20;
    long c1 = a01 ^ a06 ^ a11 ^ a16 ^ a21;
    long c2 = a02 ^ a07 ^ a12 ^ a17 ^ a22;
    long c3 = a03 ^ a08 ^ a13 ^ a18 ^ a23;
    long c4 = a04 ^ a09 ^ a14 ^ a19 ^ a24;
    for (int i = 0; i < ROUNDS.length; i += 2) {
      long d0 = c4 ^ Long.rotateLeft(c1, 1);
      long d1 = c0 ^ Long.rotateLeft(c2, 1);
      long d2 = c1 ^ Long.rotateLeft(c3, 1);
      long d3 = c2 ^ Long.rotateLeft(c4, 1);
      long d4 = c3 ^ Long.rotateLeft(c0, 1);

      long b00 = a00 ^ d0;
      long b10 = Long.rotateLeft(a01 ^ d1, 1);
      long b20 = Long.rotateLeft(a02 ^ d2, 62);
      long b05 = Long.rotateLeft(a03 ^ d3, 28);
      long b15 = Long.rotateLeft(a04 ^ d4, 27);
      long b16 = Long.rotateLeft(a05 ^ d0, 36);
      long b01 = Long.rotateLeft(a06 ^ d1, 44);
      long b11 = Long.rotateLeft(a07 ^ d2, 6);
      long b21 = Long.rotateLeft(a08 ^ d3, 55);
      long b06 = Long.rotateLeft(a09 ^ d4, 20);
      long b07 = Long.rotateLeft(a10 ^ d0, 3);
      long b17 = Long.rotateLeft(a11 ^ d1, 10);
      long b02 = Long.rotateLeft(a12 ^ d2, 43);
      long b12 = Long.rotateLeft(a13 ^ d3, 25);
      long b22 = Long.rotateLeft(a14 ^ d4, 39);
      long b23 = Long.rotateLeft(a15 ^ d0, 41);
      long b08 = Long.rotateLeft(a16 ^ d1, 45);
      long b18 = Long.rotateLeft(a17 ^ d2, 15);
      long b03 = Long.rotateLeft(a18 ^ d3, 21);
      long b13 = Long.rotateLeft(a19 ^ d4, 8);
      long b14 = Long.rotateLeft(a20 ^ d0, 18);
      long b24 = Long.rotateLeft(a21 ^ d1, 2);
      long b09 = Long.rotateLeft(a22 ^ d2, 61);
      long b19 = Long.rotateLeft(a23 ^ d3, 56);
      long b04 = Long.rotateLeft(a24 ^ d4, 14);

      a00 = b00 ^ (~b01 & b02) ^ ROUNDS[i];
      a01 = b01 ^ (~b02 & b03);
      a02 = b02 ^ (~b03 & b04);
      a03 = b03 ^ (~b04 & b00);
      a04 = b04 ^ (~b00 & b01);
      a05 = b05 ^ (~b06 & b07);
      a06 = b06 ^ (~b07 & b08);
      a07 = b07 ^ (~b08 & b09);
      a08 = b08 ^ (~b09 & b05);
      a09 = b09 ^ (~b05 & b06);
      a10 = b10 ^ (~b11 & b12);
      a11 = b11 ^ (~b12 & b13);
      a12 = b12 ^ (~b13 & b14);
      a13 = b13 ^ (~b14 & b10);
      a14 = b14 ^ (~b10 & b11);
      a15 = b15 ^ (~b16 & b17);
      a16 = b16 ^ (~b17 & b18);
      a17 = b17 ^ (~b18 & b19);
      a18 = b18 ^ (~b19 & b15);
      a19 = b19 ^ (~b15 & b16);
      a20 = b20 ^ (~b21 & b22);
      a21 = b21 ^ (~b22 & b23);
      a22 = b22 ^ (~b23 & b24);
      a23 = b23 ^ (~b24 & b20);
      a24 = b24 ^ (~b20 & b21);
      c0 = a00 ^ a05 ^ a10 ^ a15 ^ a20;
      c1 = a01 ^ a06 ^ a11 ^ a16 ^ a21;
      c2 = a02 ^ a07 ^ a12 ^ a17 ^ a22;
      c3 = a03 ^ a08 ^ a13 ^ a18 ^ a23;
      c4 = a04 ^ a09 ^ a14 ^ a19 ^ a24;

      d0 = c4 ^ Long.rotateLeft(c1, 1);
      d1 = c0 ^ Long.rotateLeft(c2, 1);
      d2 = c1 ^ Long.rotateLeft(c3, 1);
      d3 = c2 ^ Long.rotateLeft(c4, 1);
      d4 = c3 ^ Long.rotateLeft(c0, 1);

      b00 = a00 ^ d0;
      b10 = Long.rotateLeft(a01 ^ d1, 1);
      b20 = Long.rotateLeft(a02 ^ d2, 62);
      b05 = Long.rotateLeft(a03 ^ d3, 28);
      b15 = Long.rotateLeft(a04 ^ d4, 27);
      b16 = Long.rotateLeft(a05 ^ d0, 36);
      b01 = Long.rotateLeft(a06 ^ d1, 44);
      b11 = Long.rotateLeft(a07 ^ d2, 6);
      b21 = Long.rotateLeft(a08 ^ d3, 55);
      b06 = Long.rotateLeft(a09 ^ d4, 20);
      b07 = Long.rotateLeft(a10 ^ d0, 3);
      b17 = Long.rotateLeft(a11 ^ d1, 10);
      b02 = Long.rotateLeft(a12 ^ d2, 43);
      b12 = Long.rotateLeft(a13 ^ d3, 25);
      b22 = Long.rotateLeft(a14 ^ d4, 39);
      b23 = Long.rotateLeft(a15 ^ d0, 41);
      b08 = Long.rotateLeft(a16 ^ d1, 45);
      b18 = Long.rotateLeft(a17 ^ d2, 15);
      b03 = Long.rotateLeft(a18 ^ d3, 21);
      b13 = Long.rotateLeft(a19 ^ d4, 8);
      b14 = Long.rotateLeft(a20 ^ d0, 18);
      b24 = Long.rotateLeft(a21 ^ d1, 2);
      b09 = Long.rotateLeft(a22 ^ d2, 61);
      b19 = Long.rotateLeft(a23 ^ d3, 56);
      b04 = Long.rotateLeft(a24 ^ d4, 14);

      a00 = b00 ^ (~b01 & b02) ^ ROUNDS[i + 1];
      a01 = b01 ^ (~b02 & b03);
      a02 = b02 ^ (~b03 & b04);
      a03 = b03 ^ (~b04 & b00);
      a04 = b04 ^ (~b00 & b01);
      a05 = b05 ^ (~b06 & b07);
      a06 = b06 ^ (~b07 & b08);
      a07 = b07 ^ (~b08 & b09);
      a08 = b08 ^ (~b09 & b05);
      a09 = b09 ^ (~b05 & b06);
      a10 = b10 ^ (~b11 & b12);
      a11 = b11 ^ (~b12 & b13);
      a12 = b12 ^ (~b13 & b14);
      a13 = b13 ^ (~b14 & b10);
      a14 = b14 ^ (~b10 & b11);
      a15 = b15 ^ (~b16 & b17);
      a16 = b16 ^ (~b17 & b18);
      a17 = b17 ^ (~b18 & b19);
      a18 = b18 ^ (~b19 & b15);
      a19 = b19 ^ (~b15 & b16);
      a20 = b20 ^ (~b21 & b22);
      a21 = b21 ^ (~b22 & b23);
      a22 = b22 ^ (~b23 & b24);
      a23 = b23 ^ (~b24 & b20);
      a24 = b24 ^ (~b20 & b21);
      c0 = a00 ^ a05 ^ a10 ^ a15 ^ a20;
      c1 = a01 ^ a06 ^ a11 ^ a16 ^ a21;
      c2 = a02 ^ a07 ^ a12 ^ a17 ^ a22;
      c3 = a03 ^ a08 ^ a13 ^ a18 ^ a23;
      c4 = a04 ^ a09 ^ a14 ^ a19 ^ a24;
    }
    a[0] = a00;
    a[1] = a01;
    a[2] = a02;
    a[3] = a03;
    a[4] = a04;
    a[5] = a05;
    a[6] = a06;
    a[7] = a07;
    a[8] = a08;
    a[9] = a09;
    a[10] = a10;
    a[11] = a11;
    a[12] = a12;
    a[13] = a13;
    a[14] = a14;
    a[15] = a15;
    a[16] = a16;
    a[17] = a17;
    a[18] = a18;
    a[19] = a19;
    a[20] = a20;
    a[21] = a21;
    a[22] = a22;
    a[23] = a23;
    a[24] = a24;
  }
}
