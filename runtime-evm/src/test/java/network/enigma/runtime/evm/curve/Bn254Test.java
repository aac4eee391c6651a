package network.enigma.runtime.evm.curve;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class Bn254Test {
  private static final BigInteger P =
      new BigInteger(
          "21888242871839275222246405745257275088696311157297823662689037894645226208583");

  @Test
  void fieldArithmeticEqualsBigIntegers() {
    PrimeField field = new PrimeField(P);
    Random random = new Random(1);
    for (int i = 0; i < 1_000; i++) {
      BigInteger a = new BigInteger(256, random).mod(P);
      BigInteger b = i % 7 == 0 ? P.subtract(BigInteger.ONE) : new BigInteger(256, random).mod(P);
      long[] x = field.element(a);
      long[] y = field.element(b);
      assertThat(field.number(x)).isEqualTo(a);
      assertThat(field.number(field.multiply(x, y))).isEqualTo(a.multiply(b).mod(P));
      assertThat(field.number(field.add(x, y))).isEqualTo(a.add(b).mod(P));
      assertThat(field.number(field.subtract(x, y))).isEqualTo(a.subtract(b).mod(P));
      assertThat(field.number(field.invert(y))).isEqualTo(b.modInverse(P));
    }
  }

  @Test
  void theFastTestForTheGroupAgreesWithTheOrder() {
    QuadraticField field = Bn254.quadraticField();
    Curve<Fp2> curve = Bn254.twist();
    Random random = new Random(2);
    int tested = 0;
    while (tested < 5) {
      Fp2 x = field.element(new BigInteger(253, random), new BigInteger(253, random));
      Fp2 square = field.add(field.multiply(field.square(x), x), Bn254.twistCoefficient());
      Fp2 y = squareRoot(field, square);
      if (y == null) {
        continue;
      }
      Point<Fp2> point = curve.point(x, y);
      assertThat(Bn254.isInGroup(point)).isFalse();
      assertThat(curve.isInfinity(curve.multiply(point, Bn254.ORDER))).isFalse();
      BigInteger cofactor = P.shiftLeft(1).subtract(Bn254.ORDER);
      Point<Fp2> inGroup = curve.affine(curve.multiply(point, cofactor));
      assertThat(curve.isInfinity(curve.multiply(inGroup, Bn254.ORDER))).isTrue();
      assertThat(Bn254.isInGroup(inGroup)).isTrue();
      tested++;
    }
  }

  /** The root of a square for a prime that is 3 modulo 4, or null. */
  private static @Nullable Fp2 squareRoot(QuadraticField field, Fp2 a) {
    BigInteger quarter = P.subtract(BigInteger.valueOf(3)).shiftRight(2);
    Fp2 a1 = field.power(a, quarter);
    Fp2 alpha = field.multiply(field.square(a1), a);
    Fp2 x0 = field.multiply(a1, a);
    Fp2 root;
    if (field.equal(alpha, field.negate(field.one))) {
      root = field.multiply(x0, new Fp2(field.base.zero, field.base.one));
    } else {
      Fp2 b = field.power(field.add(field.one, alpha), P.subtract(BigInteger.ONE).shiftRight(1));
      root = field.multiply(b, x0);
    }
    return field.equal(field.square(root), a) ? root : null;
  }
}
