package network.enigma.runtime.evm.curve;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * Arithmetic modulo a prime of up to 64 n − 2 bits. An element is an array of n longs, the lowest
 * first, in Montgomery form and below the prime; elements are never changed once made.
 */
final class PrimeField implements Field<long[]> {
  final BigInteger modulus;

  /** Bytes of an element in big-endian form. */
  final int bytes;

  final long[] zero;
  final long[] one;

  private final int n;
  private final long[] p;
  private final long inverse;
  private final long[] square;

  PrimeField(BigInteger modulus) {
    this.modulus = modulus;
    this.n = (modulus.bitLength() + 2 + 63) / 64;
    this.bytes = (modulus.bitLength() + 7) / 8;
    this.p = limbs(modulus);
    long inverseOfLowest = 1;
    for (int i = 0; i < 6; i++) {
      inverseOfLowest *= 2 - p[0] * inverseOfLowest;
    }
    this.inverse = -inverseOfLowest;
    this.zero = new long[n];
    this.one = limbs(BigInteger.ONE.shiftLeft(64 * n).mod(modulus));
    this.square = limbs(BigInteger.ONE.shiftLeft(128 * n).mod(modulus));
  }

  @Override
  public long[] zero() {
    return zero;
  }

  @Override
  public long[] one() {
    return one;
  }

  private long[] limbs(BigInteger number) {
    long[] limbs = new long[n];
    for (int i = 0; i < n; i++) {
      limbs[i] = number.shiftRight(64 * i).longValue();
    }
    return limbs;
  }

  /** The element of a number below the modulus. */
  long[] element(BigInteger number) {
    return multiply(limbs(number), square);
  }

  long[] element(long number) {
    return element(BigInteger.valueOf(number));
  }

  BigInteger number(long[] a) {
    long[] unit = new long[n];
    unit[0] = 1;
    long[] plain = multiply(a, unit);
    byte[] big = new byte[8 * n + 1];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < 8; j++) {
        big[big.length - 1 - 8 * i - j] = (byte) (plain[i] >>> 8 * j);
      }
    }
    return new BigInteger(big);
  }

  @Override
  public boolean isZero(long[] a) {
    long all = 0;
    for (long limb : a) {
      all |= limb;
    }
    return all == 0;
  }

  @Override
  public boolean equal(long[] a, long[] b) {
    return Arrays.equals(a, b);
  }

  @Override
  public long[] add(long[] a, long[] b) {
    long[] sum = new long[n];
    long carry = 0;
    for (int i = 0; i < n; i++) {
      long x = a[i];
      long y = b[i];
      long r = x + y + carry;
      carry = ((x & y) | ((x | y) & ~r)) >>> 63;
      sum[i] = r;
    }
    return reduce(sum);
  }

  @Override
  public long[] twice(long[] a) {
    return add(a, a);
  }

  @Override
  public long[] subtract(long[] a, long[] b) {
    long[] difference = new long[n];
    long borrow = 0;
    for (int i = 0; i < n; i++) {
      long x = a[i];
      long y = b[i];
      long r = x - y - borrow;
      borrow = ((~x & y) | ((~x | y) & r)) >>> 63;
      difference[i] = r;
    }
    if (borrow != 0) {
      long carry = 0;
      for (int i = 0; i < n; i++) {
        long x = difference[i];
        long y = p[i];
        long r = x + y + carry;
        carry = ((x & y) | ((x | y) & ~r)) >>> 63;
        difference[i] = r;
      }
    }
    return difference;
  }

  @Override
  public long[] negate(long[] a) {
    return isZero(a) ? a : subtract(zero, a);
  }

  /** Takes the modulus off once if the number is not below it; changes the array. */
  private long[] reduce(long[] a) {
    for (int i = n - 1; i >= 0; i--) {
      if (a[i] != p[i]) {
        if (Long.compareUnsigned(a[i], p[i]) < 0) {
          return a;
        }
        break;
      }
    }
    long borrow = 0;
    for (int i = 0; i < n; i++) {
      long x = a[i];
      long y = p[i];
      long r = x - y - borrow;
      borrow = ((~x & y) | ((~x | y) & r)) >>> 63;
      a[i] = r;
    }
    return a;
  }

  /** Montgomery's product, rows of the product and of its reduction alternating. */
  @Override
  public long[] multiply(long[] a, long[] b) {
    return n == 4 ? multiply4(a, b) : multiplyAny(a, b);
  }

  private long[] multiplyAny(long[] a, long[] b) {
    long[] t = new long[n];
    long top = 0;
    for (int i = 0; i < n; i++) {
      long x = b[i];
      long carry = 0;
      for (int j = 0; j < n; j++) {
        long lo = a[j] * x;
        long hi = Math.unsignedMultiplyHigh(a[j], x);
        lo += carry;
        hi += Long.compareUnsigned(lo, carry) < 0 ? 1 : 0;
        long sum = t[j] + lo;
        hi += Long.compareUnsigned(sum, lo) < 0 ? 1 : 0;
        t[j] = sum;
        carry = hi;
      }
      top += carry;
      long factor = t[0] * inverse;
      long lowest = factor * p[0];
      carry = Math.unsignedMultiplyHigh(factor, p[0]) + (lowest != 0 ? 1 : 0);
      for (int j = 1; j < n; j++) {
        long lo = factor * p[j];
        long hi = Math.unsignedMultiplyHigh(factor, p[j]);
        lo += carry;
        hi += Long.compareUnsigned(lo, carry) < 0 ? 1 : 0;
        long sum = t[j] + lo;
        hi += Long.compareUnsigned(sum, lo) < 0 ? 1 : 0;
        t[j - 1] = sum;
        carry = hi;
      }
      t[n - 1] = top + carry;
      top = 0;
    }
    return reduce(t);
  }

  /** The same for four longs with everything in local variables. */
  private long[] multiply4(long[] a, long[] b) {
    long a0 = a[0];
    long a1 = a[1];
    long a2 = a[2];
    long a3 = a[3];
    long p0 = p[0];
    long p1 = p[1];
    long p2 = p[2];
    long p3 = p[3];
    long t0 = 0;
    long t1 = 0;
    long t2 = 0;
    long t3 = 0;
    for (int i = 0; i < 4; i++) {
      long x = b[i];

      long lo = a0 * x;
      long hi = Math.unsignedMultiplyHigh(a0, x);
      t0 += lo;
      long carry = hi + (Long.compareUnsigned(t0, lo) < 0 ? 1 : 0);

      lo = a1 * x;
      hi = Math.unsignedMultiplyHigh(a1, x);
      lo += carry;
      hi += Long.compareUnsigned(lo, carry) < 0 ? 1 : 0;
      t1 += lo;
      carry = hi + (Long.compareUnsigned(t1, lo) < 0 ? 1 : 0);

      lo = a2 * x;
      hi = Math.unsignedMultiplyHigh(a2, x);
      lo += carry;
      hi += Long.compareUnsigned(lo, carry) < 0 ? 1 : 0;
      t2 += lo;
      carry = hi + (Long.compareUnsigned(t2, lo) < 0 ? 1 : 0);

      lo = a3 * x;
      hi = Math.unsignedMultiplyHigh(a3, x);
      lo += carry;
      hi += Long.compareUnsigned(lo, carry) < 0 ? 1 : 0;
      t3 += lo;
      long top = hi + (Long.compareUnsigned(t3, lo) < 0 ? 1 : 0);

      long factor = t0 * inverse;
      carry = Math.unsignedMultiplyHigh(factor, p0) + (t0 != 0 ? 1 : 0);

      lo = factor * p1;
      hi = Math.unsignedMultiplyHigh(factor, p1);
      lo += carry;
      hi += Long.compareUnsigned(lo, carry) < 0 ? 1 : 0;
      t0 = t1 + lo;
      carry = hi + (Long.compareUnsigned(t0, lo) < 0 ? 1 : 0);

      lo = factor * p2;
      hi = Math.unsignedMultiplyHigh(factor, p2);
      lo += carry;
      hi += Long.compareUnsigned(lo, carry) < 0 ? 1 : 0;
      t1 = t2 + lo;
      carry = hi + (Long.compareUnsigned(t1, lo) < 0 ? 1 : 0);

      lo = factor * p3;
      hi = Math.unsignedMultiplyHigh(factor, p3);
      lo += carry;
      hi += Long.compareUnsigned(lo, carry) < 0 ? 1 : 0;
      t2 = t3 + lo;
      carry = hi + (Long.compareUnsigned(t2, lo) < 0 ? 1 : 0);

      t3 = top + carry;
    }
    return reduce(new long[] {t0, t1, t2, t3});
  }

  @Override
  public long[] square(long[] a) {
    return multiply(a, a);
  }

  /** The inverse of an element that is not zero. */
  @Override
  public long[] invert(long[] a) {
    return element(number(a).modInverse(modulus));
  }

  long[] power(long[] a, BigInteger exponent) {
    long[] result = one;
    for (int i = exponent.bitLength() - 1; i >= 0; i--) {
      result = square(result);
      if (exponent.testBit(i)) {
        result = multiply(result, a);
      }
    }
    return result;
  }
}
