package network.enigma.runtime.evm;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Arithmetic on 256-bit words kept in an array of longs, four to a word, the lowest first. An
 * operation takes the indexes of its operands and leaves its result at the index of the lower
 * operand, as a stack machine does; nothing is allocated except by division of numbers longer than
 * 64 bits.
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
  static void multiplyFull(long[] s, int a, int b, long[] product) {
    for (int i = 0; i < 8; i++) {
      product[i] = 0;
    }
    for (int i = 0; i < 4; i++) {
      long x = s[a + i];
      if (x == 0) {
        continue;
      }
      long carry = 0;
      for (int j = 0; j < 4; j++) {
        long y = s[b + j];
        long lo = x * y;
        long hi = Math.unsignedMultiplyHigh(x, y);
        lo += carry;
        hi += Long.compareUnsigned(lo, carry) < 0 ? 1 : 0;
        long sum = product[i + j] + lo;
        hi += Long.compareUnsigned(sum, lo) < 0 ? 1 : 0;
        product[i + j] = sum;
        carry = hi;
      }
      product[i + 4] = carry;
    }
  }

  /** exponent = base ^ exponent. */
  static void power(long[] s, int base, int exponent) {
    long[] t = new long[12];
    copy(s, base, t, 4);
    set(t, 8, 1);
    int bits = bitLength(s, exponent);
    for (int bit = 0; bit < bits; bit++) {
      if ((s[exponent + (bit >>> 6)] >>> (bit & 63) & 1) != 0) {
        multiply(t, 4, 8);
      }
      copy(t, 4, t, 0);
      multiply(t, 0, 4);
    }
    copy(t, 8, s, exponent);
  }

  // ---- division

  /** b = a ÷ b, zero if b is zero. */
  static void divide(long[] s, int a, int b) {
    if (isZero(s, b)) {
      return;
    }
    if ((s[a + 1] | s[a + 2] | s[a + 3] | s[b + 1] | s[b + 2] | s[b + 3]) == 0) {
      s[b] = Long.divideUnsigned(s[a], s[b]);
      return;
    }
    if (less(s, a, b)) {
      set(s, b, 0);
      return;
    }
    long[] quotient = new long[4];
    divide(s, a, 4, s, b, quotient, null);
    copy(quotient, 0, s, b);
  }

  /** b = a mod b, zero if b is zero. */
  static void remainder(long[] s, int a, int b) {
    if (isZero(s, b)) {
      return;
    }
    if ((s[a + 1] | s[a + 2] | s[a + 3] | s[b + 1] | s[b + 2] | s[b + 3]) == 0) {
      s[b] = Long.remainderUnsigned(s[a], s[b]);
      return;
    }
    if (less(s, a, b)) {
      copy(s, a, s, b);
      return;
    }
    long[] remainder = new long[4];
    divide(s, a, 4, s, b, null, remainder);
    copy(remainder, 0, s, b);
  }

  /** b = a ÷ b, both signed, rounded towards zero. */
  static void divideSigned(long[] s, int a, int b) {
    boolean negative = (s[a + 3] ^ s[b + 3]) < 0;
    makePositive(s, a);
    makePositive(s, b);
    divide(s, a, b);
    if (negative) {
      negate(s, b);
    }
  }

  /** b = a mod b, both signed, with the sign of a. */
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

  /** modulus = (a + b) mod modulus, zero if the modulus is zero. */
  static void addModulo(long[] s, int a, int b, int modulus) {
    if (isZero(s, modulus)) {
      return;
    }
    long[] sum = new long[5];
    long carry = 0;
    for (int i = 0; i < 4; i++) {
      long x = s[a + i];
      long y = s[b + i];
      long r = x + y + carry;
      carry = ((x & y) | ((x | y) & ~r)) >>> 63;
      sum[i] = r;
    }
    sum[4] = carry;
    long[] remainder = new long[4];
    divide(sum, 0, 5, s, modulus, null, remainder);
    copy(remainder, 0, s, modulus);
  }

  /** modulus = (a × b) mod modulus, zero if the modulus is zero. */
  static void multiplyModulo(long[] s, int a, int b, int modulus) {
    if (isZero(s, modulus)) {
      return;
    }
    long[] product = new long[8];
    multiplyFull(s, a, b, product);
    long[] remainder = new long[4];
    divide(product, 0, 8, s, modulus, null, remainder);
    copy(remainder, 0, s, modulus);
  }

  /**
   * Division of a number of up to eight longs by one of four, not zero: algorithm D of Knuth (The
   * Art of Computer Programming, 4.3.1) with digits of 32 bits. Quotient and remainder are written
   * where wanted; a wanted quotient must fit.
   */
  private static void divide(
      long[] s,
      int a,
      int length,
      long[] d,
      int b,
      long @Nullable [] quotient,
      long @Nullable [] remainder) {
    int n = 8;
    while (digit(d, b, n - 1) == 0) {
      n--;
    }
    int m = 2 * length;
    while (m > 0 && digit(s, a, m - 1) == 0) {
      m--;
    }
    if (m < n) {
      if (remainder != null) {
        for (int i = 0; i < m; i++) {
          remainder[i >> 1] |= digit(s, a, i) << (32 * (i & 1));
        }
      }
      return;
    }
    if (n == 1) {
      long divisor = digit(d, b, 0);
      long rest = 0;
      for (int i = m - 1; i >= 0; i--) {
        long part = rest << 32 | digit(s, a, i);
        long q = Long.divideUnsigned(part, divisor);
        rest = part - q * divisor;
        if (quotient != null) {
          quotient[i >> 1] |= q << (32 * (i & 1));
        }
      }
      if (remainder != null) {
        remainder[0] = rest;
      }
      return;
    }
    int shift = Integer.numberOfLeadingZeros((int) digit(d, b, n - 1));
    int[] v = new int[n];
    for (int i = n - 1; i > 0; i--) {
      v[i] = (int) ((digit(d, b, i) << 32 | digit(d, b, i - 1)) << shift >>> 32);
    }
    v[0] = (int) (digit(d, b, 0) << shift);
    int[] u = new int[m + 1];
    u[m] = shift == 0 ? 0 : (int) (digit(s, a, m - 1) >>> (32 - shift));
    for (int i = m - 1; i > 0; i--) {
      u[i] = (int) ((digit(s, a, i) << 32 | digit(s, a, i - 1)) << shift >>> 32);
    }
    u[0] = (int) (digit(s, a, 0) << shift);

    long top = v[n - 1] & LOW;
    long second = v[n - 2] & LOW;
    for (int j = m - n; j >= 0; j--) {
      long part = (u[j + n] & LOW) << 32 | (u[j + n - 1] & LOW);
      long q = Long.divideUnsigned(part, top);
      long rest = part - q * top;
      while (q > LOW || Long.compareUnsigned(q * second, rest << 32 | (u[j + n - 2] & LOW)) > 0) {
        q--;
        rest += top;
        if (rest > LOW) {
          break;
        }
      }
      long borrow = 0;
      long carry = 0;
      for (int i = 0; i < n; i++) {
        long p = q * (v[i] & LOW) + carry;
        carry = p >>> 32;
        long t = (u[i + j] & LOW) - borrow - (p & LOW);
        u[i + j] = (int) t;
        borrow = t >>> 63;
      }
      long t = (u[j + n] & LOW) - borrow - carry;
      u[j + n] = (int) t;
      if (t < 0) {
        q--;
        long c = 0;
        for (int i = 0; i < n; i++) {
          long sum = (u[i + j] & LOW) + (v[i] & LOW) + c;
          u[i + j] = (int) sum;
          c = sum >>> 32;
        }
        u[j + n] += (int) c;
      }
      if (quotient != null) {
        quotient[j >> 1] |= (q & LOW) << (32 * (j & 1));
      }
    }
    if (remainder != null) {
      for (int i = 0; i < n; i++) {
        long low = u[i] & LOW;
        long high = u[i + 1] & LOW;
        long r = (high << 32 | low) >>> shift & LOW;
        remainder[i >> 1] |= r << (32 * (i & 1));
      }
    }
  }

  private static long digit(long[] s, int at, int index) {
    return s[at + (index >> 1)] >>> (32 * (index & 1)) & LOW;
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
