package network.enigma.runtime.evm;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Arithmetic on 256-bit words kept in an array of longs, four to a word, the lowest first. An
 * operation takes the indexes of its operands and leaves its result at the index of the lower
 * operand, as a stack machine does. Nothing is allocated; division and powers use the {@link
 * #SCRATCH} longs above their top operand.
 */
final class Words {
  /** Longs in a word. */
  static final int SIZE = 4;

  private static final VarHandle BIG_ENDIAN_LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle BIG_ENDIAN_INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final long LOW = 0xffff_ffffL;

  private Words() {}

  /** Eight bytes as a big-endian number. */
  static long readLong(byte[] bytes, int at) {
    return (long) BIG_ENDIAN_LONG.get(bytes, at);
  }

  /** Four bytes as an unsigned big-endian number. */
  static long readInt(byte[] bytes, int at) {
    return ((int) BIG_ENDIAN_INT.get(bytes, at)) & LOW;
  }

  static void writeLong(byte[] bytes, int at, long value) {
    BIG_ENDIAN_LONG.set(bytes, at, value);
  }

  static void writeInt(byte[] bytes, int at, int value) {
    BIG_ENDIAN_INT.set(bytes, at, value);
  }

  /** Reads 32 big-endian bytes into a word. */
  static void read(byte[] bytes, int at, long[] s, int to) {
    s[to + 3] = readLong(bytes, at);
    s[to + 2] = readLong(bytes, at + 8);
    s[to + 1] = readLong(bytes, at + 16);
    s[to] = readLong(bytes, at + 24);
  }

  /** Reads up to 32 bytes as a number; what lies beyond {@code end} counts as zero. */
  static void readPadded(byte[] bytes, int at, int end, long[] s, int to) {
    byte[] padded = new byte[32];
    int length = Math.min(32, end - at);
    if (length > 0) {
      System.arraycopy(bytes, at, padded, 0, length);
    }
    read(padded, 0, s, to);
  }

  /** Reads {@code length} bytes, at most 32, as a number. */
  static void readNumber(byte[] bytes, int at, int length, long[] s, int to) {
    byte[] padded = new byte[32];
    System.arraycopy(bytes, at, padded, 32 - length, length);
    read(padded, 0, s, to);
  }

  /** Writes a word as 32 big-endian bytes. */
  static void write(long[] s, int from, byte[] bytes, int at) {
    writeLong(bytes, at, s[from + 3]);
    writeLong(bytes, at + 8, s[from + 2]);
    writeLong(bytes, at + 16, s[from + 1]);
    writeLong(bytes, at + 24, s[from]);
  }

  /** Writes the low 20 bytes of a word. */
  static void writeAddress(long[] s, int from, byte[] bytes, int at) {
    writeInt(bytes, at, (int) s[from + 2]);
    writeLong(bytes, at + 4, s[from + 1]);
    writeLong(bytes, at + 12, s[from]);
  }

  static void set(long[] s, int at, long value) {
    s[at] = value;
    s[at + 1] = 0;
    s[at + 2] = 0;
    s[at + 3] = 0;
  }

  static void copy(long[] from, int fromAt, long[] to, int toAt) {
    to[toAt] = from[fromAt];
    to[toAt + 1] = from[fromAt + 1];
    to[toAt + 2] = from[fromAt + 2];
    to[toAt + 3] = from[fromAt + 3];
  }

  static boolean isZero(long[] s, int at) {
    return (s[at] | s[at + 1] | s[at + 2] | s[at + 3]) == 0;
  }

  static boolean equal(long[] a, int at, long[] b, int bt) {
    return ((a[at] ^ b[bt])
            | (a[at + 1] ^ b[bt + 1])
            | (a[at + 2] ^ b[bt + 2])
            | (a[at + 3] ^ b[bt + 3]))
        == 0;
  }

  /** Whether the word is below 2^63. */
  static boolean isLong(long[] s, int at) {
    return (s[at + 1] | s[at + 2] | s[at + 3]) == 0 && s[at] >= 0;
  }

  /** The word, or 2^63 − 1 if it is larger. */
  static long clamp(long[] s, int at) {
    return isLong(s, at) ? s[at] : Long.MAX_VALUE;
  }

  /** How many bytes the number needs, 0 for zero. */
  static int byteLength(long[] s, int at) {
    return (bitLength(s, at) + 7) >>> 3;
  }

  static int bitLength(long[] s, int at) {
    for (int i = 3; i >= 0; i--) {
      if (s[at + i] != 0) {
        return 64 * i + 64 - Long.numberOfLeadingZeros(s[at + i]);
      }
    }
    return 0;
  }

  // ---- addition and comparison

  /** b = a + b. */
  static void add(long[] s, int a, int b) {
    long x0 = s[a];
    long r0 = x0 + s[b];
    long c = Long.compareUnsigned(r0, x0) < 0 ? 1 : 0;
    long x1 = s[a + 1];
    long y1 = s[b + 1];
    long t1 = x1 + y1;
    long r1 = t1 + c;
    c = ((x1 & y1) | ((x1 | y1) & ~r1)) >>> 63;
    long x2 = s[a + 2];
    long y2 = s[b + 2];
    long r2 = x2 + y2 + c;
    c = ((x2 & y2) | ((x2 | y2) & ~r2)) >>> 63;
    s[b + 3] = s[a + 3] + s[b + 3] + c;
    s[b] = r0;
    s[b + 1] = r1;
    s[b + 2] = r2;
  }

  /** b = a − b. */
  static void sub(long[] s, int a, int b) {
    long x0 = s[a];
    long y0 = s[b];
    long r0 = x0 - y0;
    long c = Long.compareUnsigned(x0, y0) < 0 ? 1 : 0;
    long x1 = s[a + 1];
    long y1 = s[b + 1];
    long r1 = x1 - y1 - c;
    c = ((~x1 & y1) | ((~x1 | y1) & r1)) >>> 63;
    long x2 = s[a + 2];
    long y2 = s[b + 2];
    long r2 = x2 - y2 - c;
    c = ((~x2 & y2) | ((~x2 | y2) & r2)) >>> 63;
    s[b + 3] = s[a + 3] - s[b + 3] - c;
    s[b] = r0;
    s[b + 1] = r1;
    s[b + 2] = r2;
  }

  /** Whether a is below b, both unsigned. */
  static boolean less(long[] s, int a, int b) {
    return less(s, a, s, b);
  }

  static boolean less(long[] s, int a, long[] t, int b) {
    if (s[a + 3] != t[b + 3]) {
      return Long.compareUnsigned(s[a + 3], t[b + 3]) < 0;
    }
    if (s[a + 2] != t[b + 2]) {
      return Long.compareUnsigned(s[a + 2], t[b + 2]) < 0;
    }
    if (s[a + 1] != t[b + 1]) {
      return Long.compareUnsigned(s[a + 1], t[b + 1]) < 0;
    }
    return Long.compareUnsigned(s[a], t[b]) < 0;
  }

  /** Whether a is below b, both signed. */
  static boolean lessSigned(long[] s, int a, int b) {
    if (s[a + 3] != s[b + 3]) {
      return s[a + 3] < s[b + 3];
    }
    return less(s, a, b);
  }

  private static void negate(long[] s, int at) {
    long r0 = -s[at];
    long c = r0 == 0 ? 1 : 0;
    long r1 = ~s[at + 1] + c;
    c &= r1 == 0 ? 1 : 0;
    long r2 = ~s[at + 2] + c;
    c &= r2 == 0 ? 1 : 0;
    s[at + 3] = ~s[at + 3] + c;
    s[at] = r0;
    s[at + 1] = r1;
    s[at + 2] = r2;
  }

  // ---- multiplication

  /** b = a × b. */
  static void multiply(long[] s, int a, int b) {
    long x0 = s[a];
    long x1 = s[a + 1];
    long x2 = s[a + 2];
    long x3 = s[a + 3];
    long y0 = s[b];
    long y1 = s[b + 1];
    long y2 = s[b + 2];
    long y3 = s[b + 3];
    if ((x1 | x2 | x3 | y1 | y2 | y3) == 0) {
      s[b] = x0 * y0;
      s[b + 1] = Math.unsignedMultiplyHigh(x0, y0);
      return;
    }
    // Row by row; the last row needs only low halves.
    long r0 = x0 * y0;
    long carry = Math.unsignedMultiplyHigh(x0, y0);
    long lo = x0 * y1;
    long r1 = lo + carry;
    carry = Math.unsignedMultiplyHigh(x0, y1) + (Long.compareUnsigned(r1, lo) < 0 ? 1 : 0);
    lo = x0 * y2;
    long r2 = lo + carry;
    carry = Math.unsignedMultiplyHigh(x0, y2) + (Long.compareUnsigned(r2, lo) < 0 ? 1 : 0);
    long r3 = x0 * y3 + carry;

    lo = x1 * y0;
    r1 += lo;
    carry = Math.unsignedMultiplyHigh(x1, y0) + (Long.compareUnsigned(r1, lo) < 0 ? 1 : 0);
    lo = x1 * y1;
    long hi = Math.unsignedMultiplyHigh(x1, y1);
    lo += carry;
    hi += Long.compareUnsigned(lo, carry) < 0 ? 1 : 0;
    r2 += lo;
    hi += Long.compareUnsigned(r2, lo) < 0 ? 1 : 0;
    r3 += x1 * y2 + hi;

    lo = x2 * y0;
    r2 += lo;
    carry = Math.unsignedMultiplyHigh(x2, y0) + (Long.compareUnsigned(r2, lo) < 0 ? 1 : 0);
    r3 += x2 * y1 + carry + x3 * y0;

    s[b] = r0;
    s[b + 1] = r1;
    s[b + 2] = r2;
    s[b + 3] = r3;
  }

  /** The full product of two numbers of four longs, into eight longs. */
  static void multiplyFull(long[] s, int a, int b, long[] product, int at) {
    long y0 = s[b];
    long y1 = s[b + 1];
    long y2 = s[b + 2];
    long y3 = s[b + 3];
    long r0 = 0;
    long r1 = 0;
    long r2 = 0;
    long r3 = 0;
    for (int i = 0; i < 4; i++) {
      long x = s[a + i];
      long low = x * y0;
      long high = Math.unsignedMultiplyHigh(x, y0);
      low += r0;
      high += Long.compareUnsigned(low, r0) < 0 ? 1 : 0;
      product[at + i] = low;
      long p = x * y1;
      low = p + high;
      high = Math.unsignedMultiplyHigh(x, y1) + (Long.compareUnsigned(low, p) < 0 ? 1 : 0);
      r0 = low + r1;
      high += Long.compareUnsigned(r0, low) < 0 ? 1 : 0;
      p = x * y2;
      low = p + high;
      high = Math.unsignedMultiplyHigh(x, y2) + (Long.compareUnsigned(low, p) < 0 ? 1 : 0);
      r1 = low + r2;
      high += Long.compareUnsigned(r1, low) < 0 ? 1 : 0;
      p = x * y3;
      low = p + high;
      high = Math.unsignedMultiplyHigh(x, y3) + (Long.compareUnsigned(low, p) < 0 ? 1 : 0);
      r2 = low + r3;
      r3 = high + (Long.compareUnsigned(r2, low) < 0 ? 1 : 0);
    }
    product[at + 4] = r0;
    product[at + 5] = r1;
    product[at + 6] = r2;
    product[at + 7] = r3;
  }

  /** exponent = base ^ exponent; the base is the top operand. */
  static void power(long[] s, int base, int exponent) {
    if ((s[exponent + 1] | s[exponent + 2] | s[exponent + 3]) == 0 && s[exponent] == 2) {
      copy(s, base, s, exponent);
      multiply(s, base, exponent);
      return;
    }
    int bits = bitLength(s, exponent);
    if (bits == 0) {
      set(s, exponent, 1);
      return;
    }
    long b0 = s[base];
    long b1 = s[base + 1];
    long b2 = s[base + 2];
    long b3 = s[base + 3];
    boolean isShort = (b1 | b2 | b3) == 0;
    long r0 = b0;
    long r1 = b1;
    long r2 = b2;
    long r3 = b3;
    for (int bit = bits - 2; bit >= 0; bit--) {
      // The square: products of different longs count twice.
      long h = Math.unsignedMultiplyHigh(r0, r0);
      long l = r0 * r0;
      long m1 = r0 * r1;
      long m2 = Math.unsignedMultiplyHigh(r0, r1);
      long t2 = r0 * r2;
      m2 += t2;
      long m3 =
          Math.unsignedMultiplyHigh(r0, r2)
              + r0 * r3
              + r1 * r2
              + (Long.compareUnsigned(m2, t2) < 0 ? 1 : 0);
      m3 = m3 << 1 | m2 >>> 63;
      m2 = m2 << 1 | m1 >>> 63;
      m1 <<= 1;
      long q = r1 * r1;
      long qHigh = Math.unsignedMultiplyHigh(r1, r1);
      r0 = l;
      r1 = m1 + h;
      long c = Long.compareUnsigned(r1, h) < 0 ? 1 : 0;
      r2 = m2 + c;
      c = Long.compareUnsigned(r2, c) < 0 ? 1 : 0;
      r2 += q;
      r3 = m3 + qHigh + c + (Long.compareUnsigned(r2, q) < 0 ? 1 : 0);
      if ((s[exponent + (bit >>> 6)] >>> (bit & 63) & 1) == 0) {
        continue;
      }
      // Times the base: by its lowest long, then by the others.
      long p3 =
          isShort
              ? 0
              : r0 * b3
                  + r1 * b2
                  + r2 * b1
                  + Math.unsignedMultiplyHigh(r0, b2)
                  + Math.unsignedMultiplyHigh(r1, b1);
      long x1 = r0 * b1;
      long x2 = Math.unsignedMultiplyHigh(r0, b1);
      long y2 = r0 * b2;
      long z2 = r1 * b1;
      l = r0 * b0;
      h = Math.unsignedMultiplyHigh(r0, b0);
      m1 = r1 * b0;
      m2 = Math.unsignedMultiplyHigh(r1, b0);
      t2 = r2 * b0;
      m3 = Math.unsignedMultiplyHigh(r2, b0) + r3 * b0;
      r0 = l;
      r1 = m1 + h;
      c = Long.compareUnsigned(r1, h) < 0 ? 1 : 0;
      r2 = m2 + c;
      r2 += t2;
      r3 = m3 + (Long.compareUnsigned(r2, t2) < 0 ? 1 : 0);
      if (!isShort) {
        r1 += x1;
        x2 += Long.compareUnsigned(r1, x1) < 0 ? 1 : 0;
        r2 += x2;
        r3 += p3 + (Long.compareUnsigned(r2, x2) < 0 ? 1 : 0);
        r2 += y2;
        r3 += Long.compareUnsigned(r2, y2) < 0 ? 1 : 0;
        r2 += z2;
        r3 += Long.compareUnsigned(r2, z2) < 0 ? 1 : 0;
      }
    }
    s[exponent] = r0;
    s[exponent + 1] = r1;
    s[exponent + 2] = r2;
    s[exponent + 3] = r3;
  }

  // ---- division

  /**
   * Longs above the top operand that division uses: the operands of an instruction lie at the top
   * of the stack, so that what is above them is free.
   */
  static final int SCRATCH = 24;

  /** First approximations of reciprocals, by the top nine bits of the divisor. */
  private static final short[] RECIPROCALS = new short[256];

  static {
    for (int i = 0; i < RECIPROCALS.length; i++) {
      RECIPROCALS[i] = (short) (((1 << 19) - 3 * (1 << 8)) / (i + 256));
    }
  }

  /** b = a ÷ b, zero if b is zero; a is the top operand. */
  static void divide(long[] s, int a, int b) {
    if ((s[a + 1] | s[a + 2] | s[a + 3] | s[b + 1] | s[b + 2] | s[b + 3]) == 0) {
      if (s[b] != 0) {
        s[b] = Long.divideUnsigned(s[a], s[b]);
      }
      return;
    }
    if (less(s, a, b)) {
      set(s, b, 0);
      return;
    }
    int m = length(s, b, 4);
    if (m == 0) {
      return;
    }
    int n = length(s, a, 4);
    if (m == 1) {
      divideShort(s, a, n, s[b], b);
    } else if (m == 2) {
      divideByTwo(s, a, n, b, b, -1);
    } else {
      divideLong(s, a, n, b, m, a + 4, a);
      for (int i = 0; i <= n - m; i++) {
        s[b + i] = s[a + i];
      }
    }
    for (int i = n - m + 1; i < 4; i++) {
      s[b + i] = 0;
    }
  }

  /** b = a mod b, zero if b is zero; a is the top operand. */
  static void remainder(long[] s, int a, int b) {
    if ((s[a + 1] | s[a + 2] | s[a + 3] | s[b + 1] | s[b + 2] | s[b + 3]) == 0) {
      if (s[b] != 0) {
        s[b] = Long.remainderUnsigned(s[a], s[b]);
      }
      return;
    }
    if (isZero(s, b)) {
      return;
    }
    if (less(s, a, b)) {
      copy(s, a, s, b);
      return;
    }
    reduce(s, a, length(s, a, 4), b, a + 4);
  }

  /** b = a ÷ b, both signed, rounded towards zero; a is the top operand. */
  static void divideSigned(long[] s, int a, int b) {
    boolean negative = (s[a + 3] ^ s[b + 3]) < 0;
    makePositive(s, a);
    makePositive(s, b);
    divide(s, a, b);
    if (negative) {
      negate(s, b);
    }
  }

  /** b = a mod b, both signed, with the sign of a, the top operand. */
  static void remainderSigned(long[] s, int a, int b) {
    boolean negative = s[a + 3] < 0;
    makePositive(s, a);
    makePositive(s, b);
    remainder(s, a, b);
    if (negative) {
      negate(s, b);
    }
  }

  private static void makePositive(long[] s, int at) {
    if (s[at + 3] < 0) {
      negate(s, at);
    }
  }

  /** modulus = (a + b) mod modulus, zero if the modulus is zero; a is the top operand. */
  static void addModulo(long[] s, int a, int b, int modulus) {
    if (isZero(s, modulus)) {
      return;
    }
    long carry = 0;
    int sum = a + 4;
    for (int i = 0; i < 4; i++) {
      long x = s[a + i];
      long y = s[b + i];
      long r = x + y + carry;
      carry = ((x & y) | ((x | y) & ~r)) >>> 63;
      s[sum + i] = r;
    }
    if (carry == 0 && less(s, sum, modulus)) {
      copy(s, sum, s, modulus);
      return;
    }
    s[sum + 4] = carry;
    if (subtractsOnce(s, sum, carry, modulus)) {
      return;
    }
    reduce(s, sum, carry == 0 ? length(s, sum, 4) : 5, modulus, sum + 5);
  }

  /**
   * Subtracts the modulus from a sum that is not below it; leaves the difference in place of the
   * modulus if it is below that.
   */
  private static boolean subtractsOnce(long[] s, int sum, long carry, int modulus) {
    long y0 = s[modulus];
    long y1 = s[modulus + 1];
    long y2 = s[modulus + 2];
    long y3 = s[modulus + 3];
    long r0 = s[sum] - y0;
    long c = Long.compareUnsigned(s[sum], y0) < 0 ? 1 : 0;
    long x1 = s[sum + 1];
    long r1 = x1 - y1 - c;
    c = ((~x1 & y1) | ((~x1 | y1) & r1)) >>> 63;
    long x2 = s[sum + 2];
    long r2 = x2 - y2 - c;
    c = ((~x2 & y2) | ((~x2 | y2) & r2)) >>> 63;
    long x3 = s[sum + 3];
    long r3 = x3 - y3 - c;
    c = ((~x3 & y3) | ((~x3 | y3) & r3)) >>> 63;
    // Compared by the top longs only: what that leaves open is rare.
    if (c != carry || Long.compareUnsigned(r3, y3) >= 0) {
      return false;
    }
    s[modulus] = r0;
    s[modulus + 1] = r1;
    s[modulus + 2] = r2;
    s[modulus + 3] = r3;
    return true;
  }

  /** modulus = (a × b) mod modulus, zero if the modulus is zero; a is the top operand. */
  static void multiplyModulo(long[] s, int a, int b, int modulus) {
    if (isZero(s, modulus)) {
      return;
    }
    int product = a + 4;
    multiplyFull(s, a, b, s, product);
    int n = length(s, product, 8);
    if (n <= 4 && less(s, product, modulus)) {
      copy(s, product, s, modulus);
      return;
    }
    reduce(s, product, n, modulus, product + 8);
  }

  /** How many of so many longs a number takes. */
  private static int length(long[] s, int at, int most) {
    int n = most;
    while (n > 0 && s[at + n - 1] == 0) {
      n--;
    }
    return n;
  }

  /** modulus = the number of {@code n} longs mod modulus, which is at most that number. */
  private static void reduce(long[] s, int a, int n, int modulus, int scratch) {
    int m = length(s, modulus, 4);
    if (m == 1) {
      long rest = divideShort(s, a, n, s[modulus], -1);
      set(s, modulus, rest);
      return;
    }
    if (m == 2) {
      divideByTwo(s, a, n, modulus, -1, modulus);
      return;
    }
    if (m == 4 && reduceByFour(s, a, n, modulus)) {
      return;
    }
    divideLong(s, a, n, modulus, m, scratch, -1);
    int shift = Long.numberOfLeadingZeros(s[modulus + m - 1]);
    for (int i = 0; i < m; i++) {
      long low = s[scratch + i];
      s[modulus + i] =
          shift == 0 ? low : low >>> shift | (i + 1 < m ? s[scratch + i + 1] << -shift : 0);
    }
  }

  /**
   * The remainder by a modulus of four longs, without an intermediate result in memory; the same
   * paper's algorithm 5 gives each digit of the quotient with the rest of its two leading longs.
   *
   * @param n longs of the number, at least four
   * @return whether it is done: a digit that algorithm 5 does not know, one in 2^64, is left to
   *     {@link #divideLong}, and the modulus then stays as it is
   */
  private static boolean reduceByFour(long[] s, int a, int n, int modulus) {
    long d3 = s[modulus + 3];
    int shift = Long.numberOfLeadingZeros(d3);
    long d2 = s[modulus + 2];
    long d1 = s[modulus + 1];
    long d0 = s[modulus];
    int i = n - 1;
    long r3 = s[a + i];
    long r2 = s[a + i - 1];
    long r1 = s[a + i - 2];
    long r0 = s[a + i - 3];
    if (shift != 0) {
      d3 = d3 << shift | d2 >>> -shift;
      d2 = d2 << shift | d1 >>> -shift;
      d1 = d1 << shift | d0 >>> -shift;
      d0 <<= shift;
      long top = r3 >>> -shift;
      if (top != 0) {
        r0 = r1 << shift | r0 >>> -shift;
        r1 = r2 << shift | r1 >>> -shift;
        r2 = r3 << shift | r2 >>> -shift;
        r3 = top;
        i++;
      } else {
        r3 = r3 << shift | r2 >>> -shift;
        r2 = r2 << shift | r1 >>> -shift;
        r1 = r1 << shift | r0 >>> -shift;
        r0 = r0 << shift | (i == 3 ? 0 : s[a + i - 4] >>> -shift);
      }
    }
    // As the divisor's top bit is set now, it goes into the first four longs once at most.
    long x0 = r0 - d0;
    long c = Long.compareUnsigned(r0, d0) < 0 ? 1 : 0;
    long x1 = r1 - d1 - c;
    c = ((~r1 & d1) | ((~r1 | d1) & x1)) >>> 63;
    long x2 = r2 - d2 - c;
    c = ((~r2 & d2) | ((~r2 | d2) & x2)) >>> 63;
    long x3 = r3 - d3 - c;
    c = ((~r3 & d3) | ((~r3 | d3) & x3)) >>> 63;
    if (c == 0) {
      r0 = x0;
      r1 = x1;
      r2 = x2;
      r3 = x3;
    }
    long v = i == 3 ? 0 : reciprocal(d3, d2);
    for (i -= 4; i >= 0; i--) {
      if (r3 == d3 && r2 == d2) {
        return false;
      }
      long next =
          shift == 0 ? s[a + i] : s[a + i] << shift | (i == 0 ? 0 : s[a + i - 1] >>> -shift);
      // A digit of the quotient, and the rest (e1, e0) of the three leading longs.
      long low = v * r3;
      long digit = Math.unsignedMultiplyHigh(v, r3) + r3;
      low += r2;
      digit += Long.compareUnsigned(low, r2) < 0 ? 1 : 0;
      long t0 = d2 * digit;
      long e0 = r1 - t0;
      long e1 =
          r2
              - digit * d3
              - Math.unsignedMultiplyHigh(d2, digit)
              - (Long.compareUnsigned(r1, t0) < 0 ? 1 : 0);
      e1 -= d3 + (Long.compareUnsigned(e0, d2) < 0 ? 1 : 0);
      e0 -= d2;
      digit++;
      if (Long.compareUnsigned(e1, low) >= 0) {
        digit--;
        e0 += d2;
        e1 += d3 + (Long.compareUnsigned(e0, d2) < 0 ? 1 : 0);
      }
      if (Long.compareUnsigned(e1, d3) > 0 || (e1 == d3 && Long.compareUnsigned(e0, d2) >= 0)) {
        digit++;
        e1 -= d3 + (Long.compareUnsigned(e0, d2) < 0 ? 1 : 0);
        e0 -= d2;
      }
      // Less the digit times the two lower longs.
      long p0 = digit * d0;
      long p1 = digit * d1;
      long high = Math.unsignedMultiplyHigh(digit, d0);
      p1 += high;
      long p2 = Math.unsignedMultiplyHigh(digit, d1) + (Long.compareUnsigned(p1, high) < 0 ? 1 : 0);
      long borrow = Long.compareUnsigned(next, p0) < 0 ? 1 : 0;
      long f0 = next - p0;
      long f1 = r0 - p1 - borrow;
      borrow = ((~r0 & p1) | ((~r0 | p1) & f1)) >>> 63;
      long f2 = e0 - p2 - borrow;
      borrow = ((~e0 & p2) | ((~e0 | p2) & f2)) >>> 63;
      long f3 = e1 - borrow;
      if (Long.compareUnsigned(e1, borrow) < 0) {
        // The digit was one too large.
        r0 = f0 + d0;
        c = Long.compareUnsigned(r0, d0) < 0 ? 1 : 0;
        r1 = f1 + d1 + c;
        c = ((f1 & d1) | ((f1 | d1) & ~r1)) >>> 63;
        r2 = f2 + d2 + c;
        c = ((f2 & d2) | ((f2 | d2) & ~r2)) >>> 63;
        r3 = f3 + d3 + c;
      } else {
        r0 = f0;
        r1 = f1;
        r2 = f2;
        r3 = f3;
      }
    }
    if (shift != 0) {
      r0 = r0 >>> shift | r1 << -shift;
      r1 = r1 >>> shift | r2 << -shift;
      r2 = r2 >>> shift | r3 << -shift;
      r3 >>>= shift;
    }
    s[modulus] = r0;
    s[modulus + 1] = r1;
    s[modulus + 2] = r2;
    s[modulus + 3] = r3;
    return true;
  }

  /**
   * An approximation of 2^128 ÷ d from below, less 2^64, for a d with its top bit set (Möller and
   * Granlund, Improved division by invariant integers, algorithm 3).
   */
  private static long reciprocal(long d) {
    long d0 = d & 1;
    long d40 = (d >>> 24) + 1;
    long d63 = (d >>> 1) + d0;
    long v0 = RECIPROCALS[(int) (d >>> 55) - 256];
    long v1 = (v0 << 11) - (v0 * v0 * d40 >>> 40) - 1;
    long v2 = (v1 << 13) + (v1 * ((1L << 60) - v1 * d40) >>> 47);
    long e = ((v2 >>> 1) & -d0) - v2 * d63;
    long v3 = (v2 << 31) + (Math.unsignedMultiplyHigh(v2, e) >>> 1);
    long low = v3 * d;
    long high = Math.unsignedMultiplyHigh(v3, d) + d;
    if (Long.compareUnsigned(low + d, low) < 0) {
      high++;
    }
    return v3 - high;
  }

  /**
   * Divides a number of {@code n} longs by one long, with the quotient at {@code q} unless that is
   * below zero; gives the remainder. The same paper, algorithm 4.
   */
  private static long divideShort(long[] s, int a, int n, long divisor, int q) {
    int shift = Long.numberOfLeadingZeros(divisor);
    long d = divisor << shift;
    long v = reciprocal(d);
    long rest = shift == 0 ? 0 : s[a + n - 1] >>> -shift;
    for (int i = n - 1; i >= 0; i--) {
      long low = s[a + i] << shift | (shift == 0 || i == 0 ? 0 : s[a + i - 1] >>> -shift);
      long q0 = v * rest;
      long q1 = Math.unsignedMultiplyHigh(v, rest) + rest + 1;
      q0 += low;
      if (Long.compareUnsigned(q0, low) < 0) {
        q1++;
      }
      long r = low - q1 * d;
      if (Long.compareUnsigned(r, q0) > 0) {
        q1--;
        r += d;
      }
      if (Long.compareUnsigned(r, d) >= 0) {
        q1++;
        r -= d;
      }
      rest = r;
      if (q >= 0) {
        s[q + i] = q1;
      }
    }
    return rest >>> shift;
  }

  /**
   * Divides a number of {@code n} longs, two at least, by one of two, digit by digit with the same
   * paper's algorithm 5.
   *
   * @param q where the {@code n − 1} longs of the quotient go, or below zero; may be the divisor
   * @param rest where the two longs of the remainder go, or below zero; may be the divisor
   */
  private static void divideByTwo(long[] s, int a, int n, int b, int q, int rest) {
    long d1 = s[b + 1];
    long d0 = s[b];
    int shift = Long.numberOfLeadingZeros(d1);
    long r1 = 0;
    long r0 = s[a + n - 1];
    if (shift != 0) {
      d1 = d1 << shift | d0 >>> -shift;
      d0 <<= shift;
      r1 = r0 >>> -shift;
      r0 = r0 << shift | s[a + n - 2] >>> -shift;
    }
    long v = reciprocal(d1, d0);
    for (int i = n - 2; i >= 0; i--) {
      long next = s[a + i] << shift | (shift == 0 || i == 0 ? 0 : s[a + i - 1] >>> -shift);
      long low = v * r1;
      long digit = Math.unsignedMultiplyHigh(v, r1) + r1;
      low += r0;
      digit += Long.compareUnsigned(low, r0) < 0 ? 1 : 0;
      long t0 = d0 * digit;
      long e0 = next - t0;
      long e1 =
          r0
              - digit * d1
              - Math.unsignedMultiplyHigh(d0, digit)
              - (Long.compareUnsigned(next, t0) < 0 ? 1 : 0);
      e1 -= d1 + (Long.compareUnsigned(e0, d0) < 0 ? 1 : 0);
      e0 -= d0;
      digit++;
      if (Long.compareUnsigned(e1, low) >= 0) {
        digit--;
        e0 += d0;
        e1 += d1 + (Long.compareUnsigned(e0, d0) < 0 ? 1 : 0);
      }
      if (Long.compareUnsigned(e1, d1) > 0 || (e1 == d1 && Long.compareUnsigned(e0, d0) >= 0)) {
        digit++;
        e1 -= d1 + (Long.compareUnsigned(e0, d0) < 0 ? 1 : 0);
        e0 -= d0;
      }
      if (q >= 0) {
        s[q + i] = digit;
      }
      r1 = e1;
      r0 = e0;
    }
    if (rest >= 0) {
      s[rest] = shift == 0 ? r0 : r0 >>> shift | r1 << -shift;
      s[rest + 1] = r1 >>> shift;
    }
  }

  /**
   * Divides a number of {@code n} longs by one of {@code m}, three or four, with algorithm D of
   * Knuth (The Art of Computer Programming, 4.3.1); each digit of the quotient by the same paper's
   * algorithm 5. The quotient goes to {@code q} unless that is below zero, and may replace the
   * number; the remainder, still shifted, to the first {@code m} longs of the scratch, which has
   * {@code n + 1 + m}.
   */
  private static void divideLong(long[] s, int a, int n, int b, int m, int scratch, int q) {
    int shift = Long.numberOfLeadingZeros(s[b + m - 1]);
    int d = scratch + n + 1;
    if (shift == 0) {
      for (int i = 0; i < n; i++) {
        s[scratch + i] = s[a + i];
      }
      s[scratch + n] = 0;
      for (int i = 0; i < m; i++) {
        s[d + i] = s[b + i];
      }
    } else {
      s[scratch + n] = s[a + n - 1] >>> -shift;
      for (int i = n - 1; i > 0; i--) {
        s[scratch + i] = s[a + i] << shift | s[a + i - 1] >>> -shift;
      }
      s[scratch] = s[a] << shift;
      for (int i = m - 1; i > 0; i--) {
        s[d + i] = s[b + i] << shift | s[b + i - 1] >>> -shift;
      }
      s[d] = s[b] << shift;
    }
    long d1 = s[d + m - 1];
    long d0 = s[d + m - 2];
    long v = reciprocal(d1, d0);
    for (int j = n - m; j >= 0; j--) {
      int top = scratch + j + m;
      long u2 = s[top];
      long u1 = s[top - 1];
      long digit;
      if (u2 == d1 && u1 == d0) {
        digit = -1;
      } else {
        digit = quotient(u2, u1, s[top - 2], d1, d0, v);
      }
      long borrow = 0;
      for (int i = 0; i < m; i++) {
        long p = digit * s[d + i];
        long high = Math.unsignedMultiplyHigh(digit, s[d + i]);
        long t = p + borrow;
        if (Long.compareUnsigned(t, p) < 0) {
          high++;
        }
        long x = s[scratch + j + i];
        s[scratch + j + i] = x - t;
        borrow = high + (Long.compareUnsigned(x, t) < 0 ? 1 : 0);
      }
      s[top] = u2 - borrow;
      if (Long.compareUnsigned(u2, borrow) < 0) {
        digit--;
        long carry = 0;
        for (int i = 0; i < m; i++) {
          long x = s[scratch + j + i];
          long y = s[d + i];
          long r = x + y + carry;
          carry = ((x & y) | ((x | y) & ~r)) >>> 63;
          s[scratch + j + i] = r;
        }
        s[top] += carry;
      }
      if (q >= 0) {
        s[q + j] = digit;
      }
    }
  }

  /** The reciprocal of a divisor of two longs (algorithm 6). */
  private static long reciprocal(long d1, long d0) {
    long v = reciprocal(d1);
    long p = d1 * v + d0;
    if (Long.compareUnsigned(p, d0) < 0) {
      v--;
      if (Long.compareUnsigned(p, d1) >= 0) {
        v--;
        p -= d1;
      }
      p -= d1;
    }
    long t1 = Math.unsignedMultiplyHigh(v, d0);
    long t0 = v * d0;
    p += t1;
    if (Long.compareUnsigned(p, t1) < 0) {
      v--;
      if (Long.compareUnsigned(p, d1) > 0 || (p == d1 && Long.compareUnsigned(t0, d0) >= 0)) {
        v--;
      }
    }
    return v;
  }

  /** Three longs by two, of which the first two of the dividend are below the divisor. */
  private static long quotient(long u2, long u1, long u0, long d1, long d0, long v) {
    long q0 = v * u2;
    long q1 = Math.unsignedMultiplyHigh(v, u2);
    q0 += u1;
    q1 += u2 + (Long.compareUnsigned(q0, u1) < 0 ? 1 : 0);
    long r1 = u1 - q1 * d1;
    long t1 = Math.unsignedMultiplyHigh(d0, q1);
    long t0 = d0 * q1;
    long r0 = u0 - t0;
    r1 = r1 - t1 - (Long.compareUnsigned(u0, t0) < 0 ? 1 : 0);
    long x = r0;
    r0 -= d0;
    r1 = r1 - d1 - (Long.compareUnsigned(x, d0) < 0 ? 1 : 0);
    q1++;
    if (Long.compareUnsigned(r1, q0) >= 0) {
      q1--;
      long y = r0 + d0;
      r1 += d1 + (Long.compareUnsigned(y, r0) < 0 ? 1 : 0);
      r0 = y;
    }
    if (Long.compareUnsigned(r1, d1) > 0 || (r1 == d1 && Long.compareUnsigned(r0, d0) >= 0)) {
      q1++;
    }
    return q1;
  }

  // ---- bits

  /** value = value shifted left by the number at {@code shift}. */
  static void shiftLeft(long[] s, int shift, int value) {
    if ((s[shift + 1] | s[shift + 2] | s[shift + 3]) != 0
        || Long.compareUnsigned(s[shift], 255) > 0) {
      set(s, value, 0);
      return;
    }
    int n = (int) s[shift];
    int bits = n & 63;
    for (int skip = n >>> 6; skip > 0; skip--) {
      s[value + 3] = s[value + 2];
      s[value + 2] = s[value + 1];
      s[value + 1] = s[value];
      s[value] = 0;
    }
    if (bits != 0) {
      s[value + 3] = s[value + 3] << bits | s[value + 2] >>> -bits;
      s[value + 2] = s[value + 2] << bits | s[value + 1] >>> -bits;
      s[value + 1] = s[value + 1] << bits | s[value] >>> -bits;
      s[value] <<= bits;
    }
  }

  /** value = value shifted right by the number at {@code shift}, filled with zeros. */
  static void shiftRight(long[] s, int shift, int value) {
    if ((s[shift + 1] | s[shift + 2] | s[shift + 3]) != 0
        || Long.compareUnsigned(s[shift], 255) > 0) {
      set(s, value, 0);
      return;
    }
    shiftRight(s, (int) s[shift], value, 0);
  }

  /** value = value shifted right by the number at {@code shift}, filled with its sign. */
  static void shiftRightSigned(long[] s, int shift, int value) {
    long sign = s[value + 3] >> 63;
    if ((s[shift + 1] | s[shift + 2] | s[shift + 3]) != 0
        || Long.compareUnsigned(s[shift], 255) > 0) {
      s[value] = sign;
      s[value + 1] = sign;
      s[value + 2] = sign;
      s[value + 3] = sign;
      return;
    }
    shiftRight(s, (int) s[shift], value, sign);
  }

  private static void shiftRight(long[] s, int n, int value, long fill) {
    int bits = n & 63;
    for (int skip = n >>> 6; skip > 0; skip--) {
      s[value] = s[value + 1];
      s[value + 1] = s[value + 2];
      s[value + 2] = s[value + 3];
      s[value + 3] = fill;
    }
    if (bits != 0) {
      s[value] = s[value] >>> bits | s[value + 1] << -bits;
      s[value + 1] = s[value + 1] >>> bits | s[value + 2] << -bits;
      s[value + 2] = s[value + 2] >>> bits | s[value + 3] << -bits;
      s[value + 3] = s[value + 3] >>> bits | fill << -bits;
    }
  }

  /** value = the byte at {@code index}, counted from the highest. */
  static void byteAt(long[] s, int index, int value) {
    long result = 0;
    if ((s[index + 1] | s[index + 2] | s[index + 3]) == 0
        && Long.compareUnsigned(s[index], 31) <= 0) {
      int fromLow = 31 - (int) s[index];
      result = s[value + (fromLow >>> 3)] >>> (8 * (fromLow & 7)) & 0xff;
    }
    set(s, value, result);
  }

  /** value = value with the sign of its byte {@code index}, counted from the lowest, extended. */
  static void extendSign(long[] s, int index, int value) {
    if ((s[index + 1] | s[index + 2] | s[index + 3]) != 0
        || Long.compareUnsigned(s[index], 30) > 0) {
      return;
    }
    int n = (int) s[index];
    int limb = n >>> 3;
    int unused = 56 - 8 * (n & 7);
    long extended = s[value + limb] << unused >> unused;
    s[value + limb] = extended;
    for (int i = limb + 1; i < 4; i++) {
      s[value + i] = extended >> 63;
    }
  }
}
