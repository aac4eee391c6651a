package network.enigma.runtime.evm.curve;

import java.math.BigInteger;

/** Arithmetic in the quadratic extension of a prime field by a root of −1. */
final class QuadraticField implements Field<Fp2> {
  final PrimeField base;
  final Fp2 zero;
  final Fp2 one;

  /** The number ξ = a + i by whose roots the field is extended further; a is small. */
  final Fp2 residue;

  private final int residueReal;

  QuadraticField(PrimeField base, int residueReal) {
    this.base = base;
    this.zero = new Fp2(base.zero, base.zero);
    this.one = new Fp2(base.one, base.zero);
    this.residueReal = residueReal;
    this.residue = new Fp2(base.element(residueReal), base.one);
  }

  @Override
  public Fp2 zero() {
    return zero;
  }

  @Override
  public Fp2 one() {
    return one;
  }

  Fp2 element(BigInteger a, BigInteger b) {
    return new Fp2(base.element(a), base.element(b));
  }

  @Override
  public boolean isZero(Fp2 x) {
    return base.isZero(x.a()) && base.isZero(x.b());
  }

  @Override
  public boolean equal(Fp2 x, Fp2 y) {
    return base.equal(x.a(), y.a()) && base.equal(x.b(), y.b());
  }

  @Override
  public Fp2 add(Fp2 x, Fp2 y) {
    return new Fp2(base.add(x.a(), y.a()), base.add(x.b(), y.b()));
  }

  @Override
  public Fp2 twice(Fp2 x) {
    return add(x, x);
  }

  Fp2 thrice(Fp2 x) {
    return add(add(x, x), x);
  }

  @Override
  public Fp2 subtract(Fp2 x, Fp2 y) {
    return new Fp2(base.subtract(x.a(), y.a()), base.subtract(x.b(), y.b()));
  }

  @Override
  public Fp2 negate(Fp2 x) {
    return new Fp2(base.negate(x.a()), base.negate(x.b()));
  }

  Fp2 conjugate(Fp2 x) {
    return new Fp2(x.a(), base.negate(x.b()));
  }

  @Override
  public Fp2 multiply(Fp2 x, Fp2 y) {
    long[] aa = base.multiply(x.a(), y.a());
    long[] bb = base.multiply(x.b(), y.b());
    long[] cross = base.multiply(base.add(x.a(), x.b()), base.add(y.a(), y.b()));
    return new Fp2(base.subtract(aa, bb), base.subtract(base.subtract(cross, aa), bb));
  }

  Fp2 multiply(Fp2 x, long[] y) {
    return new Fp2(base.multiply(x.a(), y), base.multiply(x.b(), y));
  }

  @Override
  public Fp2 square(Fp2 x) {
    long[] real = base.multiply(base.add(x.a(), x.b()), base.subtract(x.a(), x.b()));
    return new Fp2(real, base.twice(base.multiply(x.a(), x.b())));
  }

  /** x times ξ. */
  Fp2 multiplyByResidue(Fp2 x) {
    long[] a = x.a();
    long[] b = x.b();
    long[] ra = times(a);
    long[] rb = times(b);
    return new Fp2(base.subtract(ra, b), base.add(a, rb));
  }

  private long[] times(long[] a) {
    long[] result = a;
    for (int bit = 30 - Integer.numberOfLeadingZeros(residueReal); bit >= 0; bit--) {
      result = base.twice(result);
      if ((residueReal >>> bit & 1) != 0) {
        result = base.add(result, a);
      }
    }
    return result;
  }

  @Override
  public Fp2 invert(Fp2 x) {
    long[] norm = base.add(base.square(x.a()), base.square(x.b()));
    long[] inverse = base.invert(norm);
    return new Fp2(base.multiply(x.a(), inverse), base.negate(base.multiply(x.b(), inverse)));
  }

  Fp2 power(Fp2 x, BigInteger exponent) {
    Fp2 result = one;
    for (int i = exponent.bitLength() - 1; i >= 0; i--) {
      result = square(result);
      if (exponent.testBit(i)) {
        result = multiply(result, x);
      }
    }
    return result;
  }
}
