package network.enigma.runtime.evm.curve;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** The points of a curve {@code y² = x³ + b}, in Jacobian coordinates. */
final class Curve<E> {
  final Field<E> field;
  final Point<E> infinity;
  private final E b;

  Curve(Field<E> field, E b) {
    this.field = field;
    this.b = b;
    this.infinity = new Point<>(field.one(), field.one(), field.zero());
  }

  Point<E> point(E x, E y) {
    return new Point<>(x, y, field.one());
  }

  /** Whether the coordinates are those of a point of the curve other than infinity. */
  boolean contains(E x, E y) {
    return field.equal(field.square(y), field.add(field.multiply(field.square(x), x), b));
  }

  boolean isInfinity(Point<E> point) {
    return field.isZero(point.z());
  }

  /** The same point with z = 1; infinity stays as it is. */
  Point<E> affine(Point<E> point) {
    if (isInfinity(point) || field.equal(point.z(), field.one())) {
      return point;
    }
    E inverse = field.invert(point.z());
    E square = field.square(inverse);
    return point(
        field.multiply(point.x(), square),
        field.multiply(point.y(), field.multiply(square, inverse)));
  }

  boolean equal(Point<E> p, Point<E> q) {
    if (isInfinity(p) || isInfinity(q)) {
      return isInfinity(p) && isInfinity(q);
    }
    E pz = field.square(p.z());
    E qz = field.square(q.z());
    return field.equal(field.multiply(p.x(), qz), field.multiply(q.x(), pz))
        && field.equal(
            field.multiply(p.y(), field.multiply(qz, q.z())),
            field.multiply(q.y(), field.multiply(pz, p.z())));
  }

  Point<E> negate(Point<E> p) {
    return new Point<>(p.x(), field.negate(p.y()), p.z());
  }

  Point<E> twice(Point<E> p) {
    if (isInfinity(p)) {
      return p;
    }
    Field<E> f = field;
    E a = f.square(p.x());
    E bb = f.square(p.y());
    E c = f.square(bb);
    E d = f.twice(f.subtract(f.subtract(f.square(f.add(p.x(), bb)), a), c));
    E e = f.add(f.twice(a), a);
    E x = f.subtract(f.square(e), f.twice(d));
    E y = f.subtract(f.multiply(e, f.subtract(d, x)), f.twice(f.twice(f.twice(c))));
    return new Point<>(x, y, f.twice(f.multiply(p.y(), p.z())));
  }

  Point<E> add(Point<E> p, Point<E> q) {
    if (isInfinity(p)) {
      return q;
    }
    if (isInfinity(q)) {
      return p;
    }
    Field<E> f = field;
    E pz = f.square(p.z());
    E qz = f.square(q.z());
    E u1 = f.multiply(p.x(), qz);
    E u2 = f.multiply(q.x(), pz);
    E s1 = f.multiply(f.multiply(p.y(), q.z()), qz);
    E s2 = f.multiply(f.multiply(q.y(), p.z()), pz);
    if (f.equal(u1, u2)) {
      return f.equal(s1, s2) ? twice(p) : infinity;
    }
    E h = f.subtract(u2, u1);
    E r = f.subtract(s2, s1);
    E hh = f.square(h);
    E hhh = f.multiply(h, hh);
    E v = f.multiply(u1, hh);
    E x = f.subtract(f.subtract(f.square(r), hhh), f.twice(v));
    E y = f.subtract(f.multiply(r, f.subtract(v, x)), f.multiply(s1, hhh));
    return new Point<>(x, y, f.multiply(f.multiply(p.z(), q.z()), h));
  }

  Point<E> multiply(Point<E> p, BigInteger scalar) {
    return sum(List.of(p), List.of(scalar));
  }

  /** The sum of points, each times a number that is not negative, four bits at a time. */
  Point<E> sum(List<Point<E>> points, List<BigInteger> scalars) {
    List<List<Point<E>>> multiples = new ArrayList<>(points.size());
    int bits = 0;
    for (int i = 0; i < points.size(); i++) {
      List<Point<E>> table = new ArrayList<>(16);
      table.add(infinity);
      for (int k = 1; k < 16; k++) {
        Point<E> last = table.get(k - 1);
        table.add(k % 2 == 0 ? twice(table.get(k / 2)) : add(last, points.get(i)));
      }
      multiples.add(table);
      bits = Math.max(bits, scalars.get(i).bitLength());
    }
    Point<E> result = infinity;
    for (int window = (bits + 3) / 4 - 1; window >= 0; window--) {
      for (int i = 0; i < 4; i++) {
        result = twice(result);
      }
      for (int i = 0; i < points.size(); i++) {
        BigInteger scalar = scalars.get(i);
        int digit = 0;
        for (int bit = 3; bit >= 0; bit--) {
          digit = 2 * digit + (scalar.testBit(4 * window + bit) ? 1 : 0);
        }
        result = add(result, multiples.get(i).get(digit));
      }
    }
    return result;
  }
}
