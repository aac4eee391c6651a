package network.enigma.runtime.evm.curve;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The curve alt_bn128 of EIP-196 and EIP-197: addition, multiplication and the pairing check on
 * encoded points. A wrong encoding, a point off the curve or outside the group gives null.
 */
public final class Bn254 {
  private static final BigInteger X = new BigInteger("4965661367192848881");
  private static final BigInteger P =
      new BigInteger(
          "21888242871839275222246405745257275088696311157297823662689037894645226208583");
  static final BigInteger ORDER =
      new BigInteger(
          "21888242871839275222246405745257275088548364400416034343698204186575808495617");
  private static final BigInteger SIX_X_SQUARED = X.multiply(X).multiply(BigInteger.valueOf(6));
  private static final int[] LOOP =
      signedDigits(X.multiply(BigInteger.valueOf(6)).add(BigInteger.TWO));

  private static final PrimeField F = new PrimeField(P);
  private static final QuadraticField F2 = new QuadraticField(F, 9);
  private static final Tower TOWER = new Tower(F2);
  private static final Curve<long[]> G1 = new Curve<>(F, F.element(3));
  private static final Fp2 TWIST_B = F2.multiply(F2.invert(F2.residue), F.element(3));
  private static final Curve<Fp2> G2 = new Curve<>(F2, TWIST_B);
  private static final long[] HALF = F.invert(F.element(2));

  private Bn254() {}

  // ---- encoded operations

  /** The sum of two points of 64 bytes each; the input must have 128 bytes. */
  public static byte @Nullable [] add(byte[] input) {
    Point<long[]> p = point(input, 0);
    Point<long[]> q = point(input, 64);
    return p == null || q == null ? null : encode(G1.add(p, q));
  }

  /** A point of 64 bytes times a number of 32; the input must have 96 bytes. */
  public static byte @Nullable [] multiply(byte[] input) {
    Point<long[]> p = point(input, 0);
    return p == null ? null : encode(G1.multiply(p, new BigInteger(1, input, 64, 32)));
  }

  /** Whether the product of the pairings of all pairs is one; each pair has 192 bytes. */
  public static byte @Nullable [] pairing(byte[] input) {
    if (input.length % 192 != 0) {
      return null;
    }
    List<Point<long[]>> ps = new ArrayList<>();
    List<Point<Fp2>> qs = new ArrayList<>();
    for (int at = 0; at < input.length; at += 192) {
      Point<long[]> p = point(input, at);
      if (p == null) {
        return null;
      }
      Point<Fp2> q = twistPoint(input, at + 64);
      if (q == null) {
        return null;
      }
      if (!G1.isInfinity(p) && !G2.isInfinity(q)) {
        ps.add(p);
        qs.add(q);
      }
    }
    byte[] result = new byte[32];
    result[31] = (byte) (TOWER.isOne(pairing(ps, qs)) ? 1 : 0);
    return result;
  }

  private static @Nullable BigInteger coordinate(byte[] input, int at) {
    BigInteger number = new BigInteger(1, input, at, 32);
    return number.compareTo(P) < 0 ? number : null;
  }

  private static @Nullable Point<long[]> point(byte[] input, int at) {
    BigInteger x = coordinate(input, at);
    BigInteger y = coordinate(input, at + 32);
    if (x == null || y == null) {
      return null;
    }
    if (x.signum() == 0 && y.signum() == 0) {
      return G1.infinity;
    }
    long[] fx = F.element(x);
    long[] fy = F.element(y);
    return G1.contains(fx, fy) ? G1.point(fx, fy) : null;
  }

  private static @Nullable Point<Fp2> twistPoint(byte[] input, int at) {
    BigInteger xb = coordinate(input, at);
    BigInteger xa = coordinate(input, at + 32);
    BigInteger yb = coordinate(input, at + 64);
    BigInteger ya = coordinate(input, at + 96);
    if (xa == null || xb == null || ya == null || yb == null) {
      return null;
    }
    Fp2 x = F2.element(xa, xb);
    Fp2 y = F2.element(ya, yb);
    if (F2.isZero(x) && F2.isZero(y)) {
      return G2.infinity;
    }
    if (!G2.contains(x, y)) {
      return null;
    }
    Point<Fp2> q = G2.point(x, y);
    return isInGroup(q) ? q : null;
  }

  /**
   * Whether a point of the twist has the group's order. With t the trace and ψ the twisted
   * Frobenius, ψ² − tψ + p = 0; so ψ(Q) = (t − 1) Q, with t − 1 = 6x², says exactly that the order
   * kills Q.
   */
  static boolean isInGroup(Point<Fp2> q) {
    return G2.equal(G2.multiply(q, SIX_X_SQUARED), psi(q));
  }

  static Curve<Fp2> twist() {
    return G2;
  }

  static Fp2 twistCoefficient() {
    return TWIST_B;
  }

  static QuadraticField quadraticField() {
    return F2;
  }

  private static byte[] encode(Point<long[]> point) {
    byte[] encoded = new byte[64];
    if (!G1.isInfinity(point)) {
      Point<long[]> affine = G1.affine(point);
      write(F.number(affine.x()), encoded, 0);
      write(F.number(affine.y()), encoded, 32);
    }
    return encoded;
  }

  private static void write(BigInteger number, byte[] target, int at) {
    byte[] minimal = number.toByteArray();
    int length = Math.min(32, minimal.length);
    System.arraycopy(minimal, minimal.length - length, target, at + 32 - length, length);
  }

  // ---- the optimal ate pairing

  /** The digits −1, 0, 1 of a number, lowest first, no two neighbours both different from zero. */
  private static int[] signedDigits(BigInteger number) {
    int[] digits = new int[number.bitLength() + 1];
    int count = 0;
    BigInteger rest = number;
    while (rest.signum() != 0) {
      int digit = 0;
      if (rest.testBit(0)) {
        digit = rest.testBit(1) ? -1 : 1;
        rest = rest.subtract(BigInteger.valueOf(digit));
      }
      digits[count++] = digit;
      rest = rest.shiftRight(1);
    }
    return Arrays.copyOf(digits, count);
  }

  /** The twisted Frobenius of an affine point. */
  private static Point<Fp2> psi(Point<Fp2> q) {
    return G2.point(
        F2.multiply(F2.conjugate(q.x()), TOWER.frobeniusFactor(2)),
        F2.multiply(F2.conjugate(q.y()), TOWER.frobeniusFactor(3)));
  }

  static Fp12 pairing(List<Point<long[]>> ps, List<Point<Fp2>> qs) {
    return finalExponentiation(millerLoop(ps, qs));
  }

  static Fp12 millerLoop(List<Point<long[]>> ps, List<Point<Fp2>> qs) {
    int pairs = ps.size();
    List<Line> lines = new ArrayList<>();
    for (int i = 0; i < pairs; i++) {
      lines.add(new Line(ps.get(i), qs.get(i)));
    }
    Fp12 f = TOWER.one;
    for (int bit = LOOP.length - 2; bit >= 0; bit--) {
      if (bit != LOOP.length - 2) {
        f = TOWER.square(f);
      }
      for (Line line : lines) {
        f = line.twice(f);
        if (LOOP[bit] == 1) {
          f = line.add(f, line.q);
        } else if (LOOP[bit] == -1) {
          f = line.add(f, line.minusQ);
        }
      }
    }
    for (Line line : lines) {
      Point<Fp2> q1 = psi(line.q);
      Point<Fp2> q2 = G2.negate(psi(q1));
      f = line.add(f, q1);
      f = line.add(f, q2);
    }
    return f;
  }

  /** The point that runs through Miller's loop, in homogeneous coordinates, and its lines. */
  private static final class Line {
    final Point<Fp2> q;
    final Point<Fp2> minusQ;
    private final long[] px;
    private final long[] py;
    private Fp2 x;
    private Fp2 y;
    private Fp2 z;

    Line(Point<long[]> p, Point<Fp2> q) {
      this.px = p.x();
      this.py = p.y();
      this.q = q;
      this.minusQ = G2.negate(q);
      this.x = q.x();
      this.y = q.y();
      this.z = F2.one;
    }

    /** Doubles the point and multiplies the tangent, at P, into f. */
    Fp12 twice(Fp12 f) {
      Fp2 a = F2.multiply(F2.multiply(x, y), HALF);
      Fp2 b = F2.square(y);
      Fp2 c = F2.square(z);
      Fp2 e = F2.multiply(TWIST_B, F2.thrice(c));
      Fp2 e3 = F2.thrice(e);
      Fp2 g = F2.multiply(F2.add(b, e3), HALF);
      Fp2 h = F2.subtract(F2.square(F2.add(y, z)), F2.add(b, c));
      Fp2 i = F2.subtract(e, b);
      Fp2 j = F2.square(x);
      x = F2.multiply(a, F2.subtract(b, e3));
      y = F2.subtract(F2.square(g), F2.thrice(F2.square(e)));
      z = F2.multiply(b, h);
      return TOWER.multiplyBy034(
          f, F2.multiply(F2.negate(h), py), F2.multiply(F2.thrice(j), px), i);
    }

    /** Adds an affine point and multiplies the line through both, at P, into f. */
    Fp12 add(Fp12 f, Point<Fp2> r) {
      Fp2 theta = F2.subtract(y, F2.multiply(r.y(), z));
      Fp2 lambda = F2.subtract(x, F2.multiply(r.x(), z));
      Fp2 c = F2.square(theta);
      Fp2 d = F2.square(lambda);
      Fp2 e = F2.multiply(lambda, d);
      Fp2 t = F2.multiply(z, c);
      Fp2 g = F2.multiply(x, d);
      Fp2 h = F2.subtract(F2.add(e, t), F2.twice(g));
      x = F2.multiply(lambda, h);
      y = F2.subtract(F2.multiply(theta, F2.subtract(g, h)), F2.multiply(e, y));
      z = F2.multiply(z, e);
      Fp2 j = F2.subtract(F2.multiply(theta, r.x()), F2.multiply(lambda, r.y()));
      return TOWER.multiplyBy034(f, F2.multiply(lambda, py), F2.multiply(F2.negate(theta), px), j);
    }
  }

  /** To the power of (p¹² − 1) / order, up to a factor prime to the order. */
  static Fp12 finalExponentiation(Fp12 f) {
    Tower t = TOWER;
    Fp12 r = t.easyExponentiation(f);
    Fp12 y0 = powerOfMinusX(r);
    Fp12 y1 = t.square(y0);
    Fp12 y2 = t.square(y1);
    Fp12 y3 = t.multiply(y2, y1);
    Fp12 y4 = powerOfMinusX(y3);
    Fp12 y5 = t.square(y4);
    Fp12 y6 = t.conjugate(powerOfMinusX(y5));
    y3 = t.conjugate(y3);
    Fp12 y7 = t.multiply(y6, y4);
    Fp12 y8 = t.multiply(y7, y3);
    Fp12 y9 = t.multiply(y8, y1);
    Fp12 y10 = t.multiply(y8, y4);
    Fp12 y11 = t.multiply(y10, r);
    Fp12 y13 = t.multiply(t.frobenius(y9, 1), y11);
    Fp12 y14 = t.multiply(t.frobenius(y8, 2), y13);
    Fp12 y15 = t.multiply(t.conjugate(r), y9);
    return t.multiply(t.frobenius(y15, 3), y14);
  }

  private static Fp12 powerOfMinusX(Fp12 x) {
    return TOWER.conjugate(TOWER.power(x, X));
  }
}
