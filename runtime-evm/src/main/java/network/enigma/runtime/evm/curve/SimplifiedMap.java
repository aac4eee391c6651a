package network.enigma.runtime.evm.curve;

import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The simplified SWU map of a field element to a curve {@code y² = x³ + a·x + b}, followed by an
 * isogeny to the curve wanted (RFC 9380, sections 6.6.2 and 6.6.3).
 */
final class SimplifiedMap<E> {
  private final Field<E> field;
  private final E a;
  private final E b;
  private final E z;
  private final Function<E, @Nullable E> squareRoot;
  private final Predicate<E> isOdd;
  private final E[] xNumerator;
  private final E[] xDenominator;
  private final E[] yNumerator;
  private final E[] yDenominator;

  /**
   * @param squareRoot a root, or null if there is none
   * @param isOdd the sign of RFC 9380, section 4.1
   */
  SimplifiedMap(
      Field<E> field,
      E a,
      E b,
      E z,
      Function<E, @Nullable E> squareRoot,
      Predicate<E> isOdd,
      E[] xNumerator,
      E[] xDenominator,
      E[] yNumerator,
      E[] yDenominator) {
    this.field = field;
    this.a = a;
    this.b = b;
    this.z = z;
    this.squareRoot = squareRoot;
    this.isOdd = isOdd;
    this.xNumerator = xNumerator;
    this.xDenominator = xDenominator;
    this.yNumerator = yNumerator;
    this.yDenominator = yDenominator;
  }

  Point<E> map(E u, Curve<E> curve) {
    Field<E> f = field;
    E zuu = f.multiply(z, f.square(u));
    E sum = f.add(f.square(zuu), zuu);
    E x =
        f.isZero(sum)
            ? f.multiply(b, f.invert(f.multiply(z, a)))
            : f.multiply(f.multiply(f.negate(b), f.invert(a)), f.add(f.one(), f.invert(sum)));
    E y = squareRoot.apply(rightSide(x));
    if (y == null) {
      x = f.multiply(zuu, x);
      y = squareRoot.apply(rightSide(x));
    }
    if (y == null) {
      throw new IllegalStateException("one of the two candidates is a square");
    }
    if (isOdd.test(u) != isOdd.test(y)) {
      y = f.negate(y);
    }
    E xd = evaluate(xDenominator, x);
    E yd = evaluate(yDenominator, x);
    if (f.isZero(xd) || f.isZero(yd)) {
      return curve.infinity;
    }
    return curve.point(
        f.multiply(evaluate(xNumerator, x), f.invert(xd)),
        f.multiply(y, f.multiply(evaluate(yNumerator, x), f.invert(yd))));
  }

  private E rightSide(E x) {
    return field.add(field.multiply(field.add(field.square(x), a), x), b);
  }

  private E evaluate(E[] coefficients, E x) {
    E result = field.zero();
    for (int i = coefficients.length - 1; i >= 0; i--) {
      result = field.add(field.multiply(result, x), coefficients[i]);
    }
    return result;
  }
}
