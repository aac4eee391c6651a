package network.enigma.runtime.evm.curve;

import java.math.BigInteger;

/**
 * Arithmetic in the field of degree twelve where pairings take their values, built over a quadratic
 * extension by a cubic and a quadratic one.
 */
final class Tower {
  final QuadraticField f2;
  final Fp12 one;

  /** ξ^(k(p−1)/6), by which Frobenius multiplies the coefficient of w^k. */
  private final Fp2[] frobenius = new Fp2[6];

  Tower(QuadraticField f2) {
    this.f2 = f2;
    this.one = new Fp12(new Fp6(f2.one, f2.zero, f2.zero), new Fp6(f2.zero, f2.zero, f2.zero));
    Fp2 gamma =
        f2.power(
            f2.residue, f2.base.modulus.subtract(BigInteger.ONE).divide(BigInteger.valueOf(6)));
    frobenius[0] = f2.one;
    for (int k = 1; k < 6; k++) {
      frobenius[k] = f2.multiply(frobenius[k - 1], gamma);
    }
  }

  /** ξ^(k(p−1)/6). */
  Fp2 frobeniusFactor(int k) {
    return frobenius[k];
  }

  // ---- degree six

  private Fp6 add(Fp6 x, Fp6 y) {
    return new Fp6(f2.add(x.c0(), y.c0()), f2.add(x.c1(), y.c1()), f2.add(x.c2(), y.c2()));
  }

  private Fp6 subtract(Fp6 x, Fp6 y) {
    return new Fp6(
        f2.subtract(x.c0(), y.c0()), f2.subtract(x.c1(), y.c1()), f2.subtract(x.c2(), y.c2()));
  }

  private Fp6 negate(Fp6 x) {
    return new Fp6(f2.negate(x.c0()), f2.negate(x.c1()), f2.negate(x.c2()));
  }

  /** x times v. */
  private Fp6 shift(Fp6 x) {
    return new Fp6(f2.multiplyByResidue(x.c2()), x.c0(), x.c1());
  }

  private Fp6 multiply(Fp6 x, Fp6 y) {
    Fp2 a = f2.multiply(x.c0(), y.c0());
    Fp2 b = f2.multiply(x.c1(), y.c1());
    Fp2 c = f2.multiply(x.c2(), y.c2());
    Fp2 bc =
        f2.subtract(f2.subtract(f2.multiply(f2.add(x.c1(), x.c2()), f2.add(y.c1(), y.c2())), b), c);
    Fp2 ab =
        f2.subtract(f2.subtract(f2.multiply(f2.add(x.c0(), x.c1()), f2.add(y.c0(), y.c1())), a), b);
    Fp2 ac =
        f2.subtract(f2.subtract(f2.multiply(f2.add(x.c0(), x.c2()), f2.add(y.c0(), y.c2())), a), c);
    return new Fp6(
        f2.add(a, f2.multiplyByResidue(bc)), f2.add(ab, f2.multiplyByResidue(c)), f2.add(ac, b));
  }

  private Fp6 multiply(Fp6 x, Fp2 y) {
    return new Fp6(f2.multiply(x.c0(), y), f2.multiply(x.c1(), y), f2.multiply(x.c2(), y));
  }

  /** x times c0 + c1·v. */
  private Fp6 multiplyBy01(Fp6 x, Fp2 c0, Fp2 c1) {
    Fp2 a = f2.multiply(x.c0(), c0);
    Fp2 b = f2.multiply(x.c1(), c1);
    Fp2 t0 =
        f2.add(f2.multiplyByResidue(f2.subtract(f2.multiply(c1, f2.add(x.c1(), x.c2())), b)), a);
    Fp2 t1 = f2.subtract(f2.subtract(f2.multiply(f2.add(c0, c1), f2.add(x.c0(), x.c1())), a), b);
    Fp2 t2 = f2.add(f2.subtract(f2.multiply(c0, f2.add(x.c0(), x.c2())), a), b);
    return new Fp6(t0, t1, t2);
  }

  private Fp6 invert(Fp6 x) {
    Fp2 t0 = f2.subtract(f2.square(x.c0()), f2.multiplyByResidue(f2.multiply(x.c1(), x.c2())));
    Fp2 t1 = f2.subtract(f2.multiplyByResidue(f2.square(x.c2())), f2.multiply(x.c0(), x.c1()));
    Fp2 t2 = f2.subtract(f2.square(x.c1()), f2.multiply(x.c0(), x.c2()));
    Fp2 norm =
        f2.add(
            f2.multiply(x.c0(), t0),
            f2.multiplyByResidue(f2.add(f2.multiply(x.c2(), t1), f2.multiply(x.c1(), t2))));
    Fp2 inverse = f2.invert(norm);
    return new Fp6(f2.multiply(t0, inverse), f2.multiply(t1, inverse), f2.multiply(t2, inverse));
  }

  // ---- degree twelve

  boolean isOne(Fp12 x) {
    return f2.equal(x.c0().c0(), f2.one)
        && f2.isZero(x.c0().c1())
        && f2.isZero(x.c0().c2())
        && f2.isZero(x.c1().c0())
        && f2.isZero(x.c1().c1())
        && f2.isZero(x.c1().c2());
  }

  Fp12 multiply(Fp12 x, Fp12 y) {
    Fp6 a = multiply(x.c0(), y.c0());
    Fp6 b = multiply(x.c1(), y.c1());
    Fp6 cross = multiply(add(x.c0(), x.c1()), add(y.c0(), y.c1()));
    return new Fp12(add(a, shift(b)), subtract(subtract(cross, a), b));
  }

  Fp12 square(Fp12 x) {
    Fp6 ab = multiply(x.c0(), x.c1());
    Fp6 t = multiply(add(x.c0(), x.c1()), add(x.c0(), shift(x.c1())));
    return new Fp12(subtract(subtract(t, ab), shift(ab)), add(ab, ab));
  }

  /** x times c0 + (c3 + c4·v)·w, a line on a curve whose twist divides by ξ. */
  Fp12 multiplyBy034(Fp12 x, Fp2 c0, Fp2 c3, Fp2 c4) {
    Fp6 a = multiply(x.c0(), c0);
    Fp6 b = multiplyBy01(x.c1(), c3, c4);
    Fp6 e = multiplyBy01(add(x.c0(), x.c1()), f2.add(c0, c3), c4);
    return new Fp12(add(a, shift(b)), subtract(e, add(a, b)));
  }

  /** x times c0 + c1·v + c4·v·w, a line on a curve whose twist multiplies by ξ. */
  Fp12 multiplyBy014(Fp12 x, Fp2 c0, Fp2 c1, Fp2 c4) {
    Fp6 a = multiplyBy01(x.c0(), c0, c1);
    Fp6 b = shift(multiply(x.c1(), c4));
    Fp6 e = multiplyBy01(add(x.c0(), x.c1()), c0, f2.add(c1, c4));
    return new Fp12(add(a, shift(b)), subtract(e, add(a, b)));
  }

  Fp12 conjugate(Fp12 x) {
    return new Fp12(x.c0(), negate(x.c1()));
  }

  Fp12 invert(Fp12 x) {
    Fp6 inverse = invert(subtract(multiply(x.c0(), x.c0()), shift(multiply(x.c1(), x.c1()))));
    return new Fp12(multiply(x.c0(), inverse), negate(multiply(x.c1(), inverse)));
  }

  /** x to the power of the prime, {@code times} times. */
  Fp12 frobenius(Fp12 x, int times) {
    Fp12 result = x;
    for (int i = 0; i < times; i++) {
      Fp6 even = result.c0();
      Fp6 odd = result.c1();
      result =
          new Fp12(
              new Fp6(
                  f2.conjugate(even.c0()),
                  f2.multiply(f2.conjugate(even.c1()), frobenius[2]),
                  f2.multiply(f2.conjugate(even.c2()), frobenius[4])),
              new Fp6(
                  f2.multiply(f2.conjugate(odd.c0()), frobenius[1]),
                  f2.multiply(f2.conjugate(odd.c1()), frobenius[3]),
                  f2.multiply(f2.conjugate(odd.c2()), frobenius[5])));
    }
    return result;
  }

  Fp12 power(Fp12 x, BigInteger exponent) {
    Fp12 result = one;
    for (int i = exponent.bitLength() - 1; i >= 0; i--) {
      result = square(result);
      if (exponent.testBit(i)) {
        result = multiply(result, x);
      }
    }
    return result;
  }

  /**
   * x to the power of (p⁶ − 1)(p² + 1), the easy part of every final exponentiation, after which an
   * inverse is a conjugate.
   */
  Fp12 easyExponentiation(Fp12 x) {
    Fp12 t = multiply(conjugate(x), invert(x));
    return multiply(frobenius(t, 2), t);
  }
}
