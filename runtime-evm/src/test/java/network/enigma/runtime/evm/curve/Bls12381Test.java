package network.enigma.runtime.evm.curve;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Bls12381Test {
  private static final BigInteger SECOND_COFACTOR =
      new BigInteger(
          "5d543a95414e7f1091d50792876a202cd91de4547085abaa68a205b2e5a7ddfa628f1cb4d9e82ef21537e293a6691ae1616ec6e786f0c70cf1c38e31c7238e5",
          16);

  @Test
  void theFastTestForTheSecondGroupAgreesWithTheOrder() {
    Curve<Fp2> curve = Bls12381.twist();
    Random random = new Random(3);
    for (int i = 0; i < 5; i++) {
      Point<Fp2> point =
          Bls12381.mapToTwist(new BigInteger(380, random), new BigInteger(380, random));
      assertThat(curve.isInfinity(curve.multiply(point, Bls12381.ORDER))).isFalse();
      assertThat(Bls12381.isInTwistGroup(point)).isFalse();
      Point<Fp2> inGroup = curve.multiply(point, SECOND_COFACTOR);
      assertThat(curve.isInfinity(curve.multiply(inGroup, Bls12381.ORDER))).isTrue();
      assertThat(Bls12381.isInTwistGroup(inGroup)).isTrue();
    }
  }

  @Test
  void wrongLengthsAreRefused() {
    for (int length : new int[] {0, 1, 127, 129, 255, 257, 511, 513}) {
      byte[] input = new byte[length];
      assertThat(Bls12381.addG1(input)).isNull();
      assertThat(Bls12381.addG2(input)).isNull();
      assertThat(Bls12381.multiplyG1(input)).isNull();
      assertThat(Bls12381.multiplyG2(input)).isNull();
      assertThat(Bls12381.pairing(input)).isNull();
      assertThat(Bls12381.mapToG1(input)).isNull();
      assertThat(Bls12381.mapToG2(input)).isNull();
      assertThat(Bls12381.evaluate(input)).isNull();
    }
  }

  @Test
  void pointsAtInfinityPairToOne() {
    byte[] result = Bls12381.pairing(new byte[384]);
    assertThat(result).isNotNull().hasSize(32).endsWith(1);
  }
}
