package network.enigma.runtime.evm.curve;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The curve BLS12-381 for the contracts of EIP-2537 and the point evaluation of EIP-4844. A wrong
 * length or encoding, a point off the curve or, where the EIP asks for it, outside the group gives
 * null.
 */
public final class Bls12381 {
  private static final BigInteger P =
      new BigInteger(
          "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab",
          16);
  static final BigInteger ORDER =
      new BigInteger("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001", 16);

  /** The curve's parameter is minus this number. */
  private static final BigInteger X = new BigInteger("d201000000010000", 16);

  private static final BigInteger HALF_P = P.shiftRight(1);
  private static final BigInteger QUARTER = P.subtract(BigInteger.valueOf(3)).shiftRight(2);
  private static final int FIELD_BYTES = 64;
  private static final int G1_BYTES = 2 * FIELD_BYTES;
  private static final int G2_BYTES = 4 * FIELD_BYTES;
  private static final int SCALAR_BYTES = 32;

  private static final PrimeField F = new PrimeField(P);
  private static final QuadraticField F2 = new QuadraticField(F, 1);
  private static final Tower TOWER = new Tower(F2);
  private static final Curve<long[]> G1 = new Curve<>(F, F.element(4));
  private static final Fp2 TWIST_B = new Fp2(F.element(4), F.element(4));
  private static final Curve<Fp2> G2 = new Curve<>(F2, TWIST_B);
  private static final long[] HALF = F.invert(F.element(2));
  private static final Fp2 PSI_X = F2.invert(TOWER.frobeniusFactor(2));
  private static final Fp2 PSI_Y = F2.invert(TOWER.frobeniusFactor(3));

  private static final Point<long[]> G1_GENERATOR =
      G1.point(
          number(
              "17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb"),
          number(
              "08b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1"));
  private static final Point<Fp2> G2_GENERATOR =
      G2.point(
          new Fp2(
              number(
                  "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"),
              number(
                  "13e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e")),
          new Fp2(
              number(
                  "0ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a76d429a695160d12c923ac9cc3baca289e193548608b82801"),
              number(
                  "0606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af267492ab572e99ab3f370d275cec1da1aaa9075ff05f79be")));

  /** The secret of Ethereum's KZG ceremony times the second group's generator, compressed. */
  private static final String CEREMONY =
      "b5bfd7dd8cdeb128843bc287230af38926187075cbfbefa81009a2ce615ac53d2914e5870cb452d2afaaab24f3499f72"
          + "185cbfee53492714734429b7b38608e23926c911cceceac9a36851477ba4c60b087041de621000edc98edada20c1def2";

  private static final Point<Fp2> CEREMONY_POINT = ceremonyPoint();

  private static final SimplifiedMap<long[]> MAP_TO_G1 =
      new SimplifiedMap<>(
          F,
          number(
              "144698a3b8e9433d693a02c96d4982b0ea985383ee66a8d8e8981aefd881ac98936f8da0e0f97f5cf428082d584c1d"),
          number(
              "12e2908d11688030018b12e8753eee3b2016c1f0f24f4070a0b9c14fcef35ef55a23215a316ceaa5d1cc48e98e172be0"),
          F.element(11),
          Bls12381::squareRoot,
          Bls12381::isOdd,
          numbers(Bls12381Isogenies.G1_X_NUMERATOR),
          numbers(Bls12381Isogenies.G1_X_DENOMINATOR),
          numbers(Bls12381Isogenies.G1_Y_NUMERATOR),
          numbers(Bls12381Isogenies.G1_Y_DENOMINATOR));

  private static final SimplifiedMap<Fp2> MAP_TO_G2 =
      new SimplifiedMap<>(
          F2,
          new Fp2(F.zero, F.element(240)),
          new Fp2(F.element(1012), F.element(1012)),
          F2.negate(new Fp2(F.element(2), F.one)),
          Bls12381::squareRoot,
          Bls12381::isOdd,
          pairs(Bls12381Isogenies.G2_X_NUMERATOR),
          pairs(Bls12381Isogenies.G2_X_DENOMINATOR),
          pairs(Bls12381Isogenies.G2_Y_NUMERATOR),
          pairs(Bls12381Isogenies.G2_Y_DENOMINATOR));

  private Bls12381() {}

  private static long[] number(String hex) {
    return F.element(new BigInteger(hex, 16));
  }

  private static long[][] numbers(String[] hex) {
    return Arrays.stream(hex).map(Bls12381::number).toArray(long[][]::new);
  }

  private static Fp2[] pairs(String[] hex) {
    Fp2[] pairs = new Fp2[hex.length / 2];
    for (int i = 0; i < pairs.length; i++) {
      pairs[i] = new Fp2(number(hex[2 * i]), number(hex[2 * i + 1]));
    }
    return pairs;
  }

  // ---- the contracts of EIP-2537

  /** The sum of two points of the first curve. */
  public static byte @Nullable [] addG1(byte[] input) {
    if (input.length != 2 * G1_BYTES) {
      return null;
    }
    Point<long[]> p = point(input, 0);
    Point<long[]> q = point(input, G1_BYTES);
    return p == null || q == null ? null : encode(G1.add(p, q));
  }

  /** The sum of two points of the second curve. */
  public static byte @Nullable [] addG2(byte[] input) {
    if (input.length != 2 * G2_BYTES) {
      return null;
    }
    Point<Fp2> p = twistPoint(input, 0);
    Point<Fp2> q = twistPoint(input, G2_BYTES);
    return p == null || q == null ? null : encodeTwist(G2.add(p, q));
  }

  /** The sum of points of the first group, each times a number. */
  public static byte @Nullable [] multiplyG1(byte[] input) {
    int length = G1_BYTES + SCALAR_BYTES;
    if (input.length == 0 || input.length % length != 0) {
      return null;
    }
    List<Point<long[]>> points = new ArrayList<>();
    List<BigInteger> scalars = new ArrayList<>();
    for (int at = 0; at < input.length; at += length) {
      Point<long[]> p = point(input, at);
      if (p == null || !isInGroup(p)) {
        return null;
      }
      points.add(p);
      scalars.add(new BigInteger(1, input, at + G1_BYTES, SCALAR_BYTES));
    }
    return encode(G1.sum(points, scalars));
  }

  /** The sum of points of the second group, each times a number. */
  public static byte @Nullable [] multiplyG2(byte[] input) {
    int length = G2_BYTES + SCALAR_BYTES;
    if (input.length == 0 || input.length % length != 0) {
      return null;
    }
    List<Point<Fp2>> points = new ArrayList<>();
    List<BigInteger> scalars = new ArrayList<>();
    for (int at = 0; at < input.length; at += length) {
      Point<Fp2> p = twistPoint(input, at);
      if (p == null || !isInTwistGroup(p)) {
        return null;
      }
      points.add(p);
      scalars.add(new BigInteger(1, input, at + G2_BYTES, SCALAR_BYTES));
    }
    return encodeTwist(G2.sum(points, scalars));
  }

  /** Whether the product of the pairings of all pairs is one. */
  public static byte @Nullable [] pairing(byte[] input) {
    int length = G1_BYTES + G2_BYTES;
    if (input.length == 0 || input.length % length != 0) {
      return null;
    }
    List<Point<long[]>> ps = new ArrayList<>();
    List<Point<Fp2>> qs = new ArrayList<>();
    for (int at = 0; at < input.length; at += length) {
      Point<long[]> p = point(input, at);
      Point<Fp2> q = twistPoint(input, at + G1_BYTES);
      if (p == null || q == null || !isInGroup(p) || !isInTwistGroup(q)) {
        return null;
      }
      ps.add(p);
      qs.add(q);
    }
    byte[] result = new byte[32];
    result[31] = (byte) (isOne(ps, qs) ? 1 : 0);
    return result;
  }

  /** A field element mapped to the first group. */
  public static byte @Nullable [] mapToG1(byte[] input) {
    long[] u = input.length == FIELD_BYTES ? coordinate(input, 0) : null;
    if (u == null) {
      return null;
    }
    return encode(G1.multiply(MAP_TO_G1.map(u, G1), X.add(BigInteger.ONE)));
  }

  /** An element of the quadratic extension mapped to the second group. */
  public static byte @Nullable [] mapToG2(byte[] input) {
    Fp2 u = input.length == 2 * FIELD_BYTES ? pair(input, 0) : null;
    return u == null ? null : encodeTwist(clearCofactor(MAP_TO_G2.map(u, G2)));
  }

  // ---- point evaluation (EIP-4844)

  /**
   * Whether a committed polynomial has the value y at z: hash of the commitment (32 bytes) ‖ z (32)
   * ‖ y (32) ‖ commitment (48) ‖ proof (48). Gives 4,096 and the group's order as words.
   */
  public static byte @Nullable [] evaluate(byte[] input) {
    if (input.length != 192) {
      return null;
    }
    byte[] commitment = Arrays.copyOfRange(input, 96, 144);
    byte[] hash = sha256(commitment);
    hash[0] = 1;
    BigInteger z = new BigInteger(1, input, 32, 32);
    BigInteger y = new BigInteger(1, input, 64, 32);
    if (!Arrays.equals(hash, Arrays.copyOf(input, 32))
        || z.compareTo(ORDER) >= 0
        || y.compareTo(ORDER) >= 0) {
      return null;
    }
    Point<long[]> committed = decompress(commitment);
    Point<long[]> proof = decompress(Arrays.copyOfRange(input, 144, 192));
    if (committed == null || proof == null) {
      return null;
    }
    // committed − y + z·proof against one, proof against the ceremony's point
    Point<long[]> left =
        G1.add(committed, G1.sum(List.of(G1.negate(G1_GENERATOR), proof), List.of(y, z)));
    if (!isOne(List.of(G1.affine(left), G1.negate(proof)), List.of(G2_GENERATOR, CEREMONY_POINT))) {
      return null;
    }
    byte[] output = new byte[64];
    output[30] = 0x10;
    write(ORDER, output, 32, 32);
    return output;
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** A point of the first group in 48 bytes, three flags in the highest bits. */
  private static @Nullable Point<long[]> decompress(byte[] bytes) {
    int flags = bytes[0] & 0xe0;
    byte[] rest = bytes.clone();
    rest[0] &= 0x1f;
    BigInteger x = new BigInteger(1, rest);
    if ((flags & 0x80) == 0) {
      return null;
    }
    if ((flags & 0x40) != 0) {
      return (flags & 0x20) == 0 && x.signum() == 0 ? G1.infinity : null;
    }
    if (x.compareTo(P) >= 0) {
      return null;
    }
    long[] fx = F.element(x);
    long[] fy = squareRoot(F.add(F.multiply(F.square(fx), fx), F.element(4)));
    if (fy == null) {
      return null;
    }
    boolean larger = F.number(fy).compareTo(HALF_P) > 0;
    Point<long[]> point = G1.point(fx, larger == ((flags & 0x20) != 0) ? fy : F.negate(fy));
    return isInGroup(point) ? point : null;
  }

  private static Point<Fp2> ceremonyPoint() {
    BigInteger imaginary = new BigInteger(CEREMONY.substring(0, 96), 16);
    boolean larger = imaginary.testBit(381);
    for (int flag = 381; flag < 384; flag++) {
      imaginary = imaginary.clearBit(flag);
    }
    Fp2 x = F2.element(new BigInteger(CEREMONY.substring(96), 16), imaginary);
    Fp2 y = squareRoot(F2.add(F2.multiply(F2.square(x), x), TWIST_B));
    if (y == null) {
      throw new IllegalStateException("the ceremony's point is not on the curve");
    }
    boolean isLarger = F.number(y.b()).compareTo(HALF_P) > 0;
    return G2.point(x, larger == isLarger ? y : F2.negate(y));
  }

  // ---- fields

  private static long @Nullable [] squareRoot(long[] a) {
    long[] root = F.multiply(F.power(a, QUARTER), a);
    return F.equal(F.square(root), a) ? root : null;
  }

  /** For a prime that is 3 modulo 4 (Adj and Rodríguez-Henríquez, algorithm 9). */
  private static @Nullable Fp2 squareRoot(Fp2 a) {
    Fp2 t = F2.power(a, QUARTER);
    Fp2 alpha = F2.multiply(F2.square(t), a);
    Fp2 candidate = F2.multiply(t, a);
    Fp2 root =
        F2.equal(alpha, F2.negate(F2.one))
            ? new Fp2(F.negate(candidate.b()), candidate.a())
            : F2.multiply(F2.power(F2.add(F2.one, alpha), HALF_P), candidate);
    return F2.equal(F2.square(root), a) ? root : null;
  }

  private static boolean isOdd(long[] a) {
    return F.number(a).testBit(0);
  }

  private static boolean isOdd(Fp2 a) {
    return F.isZero(a.a()) ? isOdd(a.b()) : isOdd(a.a());
  }

  // ---- encodings

  private static long @Nullable [] coordinate(byte[] input, int at) {
    BigInteger number = new BigInteger(1, input, at, FIELD_BYTES);
    return number.compareTo(P) < 0 ? F.element(number) : null;
  }

  private static @Nullable Fp2 pair(byte[] input, int at) {
    long[] a = coordinate(input, at);
    long[] b = coordinate(input, at + FIELD_BYTES);
    return a == null || b == null ? null : new Fp2(a, b);
  }

  private static @Nullable Point<long[]> point(byte[] input, int at) {
    long[] x = coordinate(input, at);
    long[] y = coordinate(input, at + FIELD_BYTES);
    if (x == null || y == null) {
      return null;
    }
    if (F.isZero(x) && F.isZero(y)) {
      return G1.infinity;
    }
    return G1.contains(x, y) ? G1.point(x, y) : null;
  }

  private static @Nullable Point<Fp2> twistPoint(byte[] input, int at) {
    Fp2 x = pair(input, at);
    Fp2 y = pair(input, at + 2 * FIELD_BYTES);
    if (x == null || y == null) {
      return null;
    }
    if (F2.isZero(x) && F2.isZero(y)) {
      return G2.infinity;
    }
    return G2.contains(x, y) ? G2.point(x, y) : null;
  }

  private static byte[] encode(Point<long[]> point) {
    byte[] encoded = new byte[G1_BYTES];
    if (!G1.isInfinity(point)) {
      Point<long[]> affine = G1.affine(point);
      write(F.number(affine.x()), encoded, 0, FIELD_BYTES);
      write(F.number(affine.y()), encoded, FIELD_BYTES, FIELD_BYTES);
    }
    return encoded;
  }

  private static byte[] encodeTwist(Point<Fp2> point) {
    byte[] encoded = new byte[G2_BYTES];
    if (!G2.isInfinity(point)) {
      Point<Fp2> affine = G2.affine(point);
      write(F.number(affine.x().a()), encoded, 0, FIELD_BYTES);
      write(F.number(affine.x().b()), encoded, FIELD_BYTES, FIELD_BYTES);
      write(F.number(affine.y().a()), encoded, 2 * FIELD_BYTES, FIELD_BYTES);
      write(F.number(affine.y().b()), encoded, 3 * FIELD_BYTES, FIELD_BYTES);
    }
    return encoded;
  }

  private static void write(BigInteger number, byte[] target, int at, int length) {
    byte[] minimal = number.toByteArray();
    int used = Math.min(length, minimal.length);
    System.arraycopy(minimal, minimal.length - used, target, at + length - used, used);
  }

  // ---- groups

  /** Whether the order kills a point of the first curve. */
  private static boolean isInGroup(Point<long[]> p) {
    return G1.isInfinity(G1.multiply(p, ORDER));
  }

  /** Whether ψ acts on a point as the curve's parameter (Scott, 2021/1130). */
  static boolean isInTwistGroup(Point<Fp2> q) {
    return G2.isInfinity(q) || G2.equal(psi(q), G2.negate(G2.multiply(q, X)));
  }

  static Curve<Fp2> twist() {
    return G2;
  }

  static Point<Fp2> mapToTwist(BigInteger a, BigInteger b) {
    return MAP_TO_G2.map(F2.element(a, b), G2);
  }

  /** The twisted Frobenius. */
  private static Point<Fp2> psi(Point<Fp2> q) {
    return new Point<>(
        F2.multiply(F2.conjugate(q.x()), PSI_X),
        F2.multiply(F2.conjugate(q.y()), PSI_Y),
        F2.conjugate(q.z()));
  }

  /** Into the second group, by RFC 9380, appendix G.3. */
  private static Point<Fp2> clearCofactor(Point<Fp2> p) {
    Point<Fp2> t1 = G2.negate(G2.multiply(p, X));
    Point<Fp2> t2 = psi(p);
    Point<Fp2> t3 = G2.add(psi(psi(G2.twice(p))), G2.negate(t2));
    t2 = G2.negate(G2.multiply(G2.add(t1, t2), X));
    t3 = G2.add(G2.add(t3, t2), G2.negate(t1));
    return G2.add(t3, G2.negate(p));
  }

  // ---- the ate pairing

  private static boolean isOne(List<Point<long[]>> ps, List<Point<Fp2>> qs) {
    List<Line> lines = new ArrayList<>();
    for (int i = 0; i < ps.size(); i++) {
      if (!G1.isInfinity(ps.get(i)) && !G2.isInfinity(qs.get(i))) {
        lines.add(new Line(ps.get(i), qs.get(i)));
      }
    }
    Fp12 f = TOWER.one;
    for (int bit = X.bitLength() - 2; bit >= 0; bit--) {
      f = TOWER.square(f);
      for (Line line : lines) {
        f = line.twice(f);
        if (X.testBit(bit)) {
          f = line.add(f);
        }
      }
    }
    return TOWER.isOne(finalExponentiation(TOWER.conjugate(f)));
  }

  /** The point that runs through Miller's loop, in homogeneous coordinates, and its lines. */
  private static final class Line {
    private final Point<Fp2> q;
    private final long[] px;
    private final long[] py;
    private Fp2 x;
    private Fp2 y;
    private Fp2 z;

    Line(Point<long[]> p, Point<Fp2> q) {
      this.px = p.x();
      this.py = p.y();
      this.q = q;
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
      return TOWER.multiplyBy014(
          f, i, F2.multiply(F2.thrice(j), px), F2.multiply(F2.negate(h), py));
    }

    /** Adds Q and multiplies the line through both points, at P, into f. */
    Fp12 add(Fp12 f) {
      Fp2 theta = F2.subtract(y, F2.multiply(q.y(), z));
      Fp2 lambda = F2.subtract(x, F2.multiply(q.x(), z));
      Fp2 c = F2.square(theta);
      Fp2 d = F2.square(lambda);
      Fp2 e = F2.multiply(lambda, d);
      Fp2 t = F2.multiply(z, c);
      Fp2 g = F2.multiply(x, d);
      Fp2 h = F2.subtract(F2.add(e, t), F2.twice(g));
      x = F2.multiply(lambda, h);
      y = F2.subtract(F2.multiply(theta, F2.subtract(g, h)), F2.multiply(e, y));
      z = F2.multiply(z, e);
      Fp2 j = F2.subtract(F2.multiply(theta, q.x()), F2.multiply(lambda, q.y()));
      return TOWER.multiplyBy014(f, j, F2.multiply(F2.negate(theta), px), F2.multiply(lambda, py));
    }
  }

  /** To three times the power of (p¹² − 1) / order (Hayashida, Hayasaka, Teruya, 2020/875). */
  private static Fp12 finalExponentiation(Fp12 f) {
    Tower t = TOWER;
    Fp12 r = t.easyExponentiation(f);
    Fp12 y0 = t.square(r);
    Fp12 y1 = t.multiply(powerOfX(r), t.conjugate(r));
    y1 = t.multiply(t.conjugate(y1), powerOfX(y1));
    y1 = t.multiply(t.frobenius(y1, 1), powerOfX(y1));
    r = t.multiply(r, y0);
    y0 = powerOfX(y1);
    Fp12 y2 = powerOfX(y0);
    y0 = t.frobenius(y1, 2);
    y1 = t.multiply(t.multiply(t.conjugate(y1), y2), y0);
    return t.multiply(r, y1);
  }

  private static Fp12 powerOfX(Fp12 x) {
    return TOWER.conjugate(TOWER.power(x, X));
  }
}
