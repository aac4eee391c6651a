package network.enigma.runtime.evm;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.function.BinaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** 256-bit arithmetic against the JDK's big integers. */
class WordsTest {
  private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(256);
  private static final BigInteger HALF = BigInteger.ONE.shiftLeft(255);

  private interface Operation {
    void run(long[] s, int a, int b);
  }

  private interface Ternary {
    void run(long[] s, int a, int b, int c);
  }

  @Provide
  Arbitrary<BigInteger> words() {
    Arbitrary<BigInteger> any =
        Arbitraries.bigIntegers().between(BigInteger.ZERO, MODULUS.subtract(BigInteger.ONE));
    Arbitrary<BigInteger> patterns =
        Arbitraries.integers()
            .between(0, 255)
            .flatMap(bits ->
                Arbitraries.of(
                    BigInteger.ONE.shiftLeft(bits),
                    BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE),
                    MODULUS.subtract(BigInteger.ONE.shiftLeft(bits)),
                    HALF.xor(BigInteger.ONE.shiftLeft(bits))));
    Arbitrary<BigInteger> small = Arbitraries.longs().between(0, 300).map(BigInteger::valueOf);
    Arbitrary<BigInteger> limbs =
        Arbitraries.of(0L, 1L, -1L, Long.MIN_VALUE, Long.MAX_VALUE, 0xffff_ffffL, 1L << 32)
            .list()
            .ofSize(4)
            .map(list -> {
              BigInteger number = BigInteger.ZERO;
              for (long limb : list) {
                number = number.shiftLeft(64).or(new BigInteger(Long.toUnsignedString(limb)));
              }
              return number;
            });
    return Arbitraries.oneOf(any, patterns, small, limbs);
  }

  private static void put(BigInteger number, long[] s, int at) {
    for (int i = 0; i < 4; i++) {
      s[at + i] = number.shiftRight(64 * i).longValue();
    }
  }

  private static BigInteger take(long[] s, int at) {
    BigInteger number = BigInteger.ZERO;
    for (int i = 3; i >= 0; i--) {
      number = number.shiftLeft(64).or(new BigInteger(Long.toUnsignedString(s[at + i])));
    }
    return number;
  }

  private static BigInteger signed(BigInteger number) {
    return number.testBit(255) ? number.subtract(MODULUS) : number;
  }

  private static void check(
      BigInteger a, BigInteger b, Operation operation, BinaryOperator<BigInteger> expected) {
    long[] s = new long[12 + Words.SCRATCH];
    s[0] = 0x1234;
    put(b, s, 4);
    put(a, s, 8);
    operation.run(s, 8, 4);
    assertThat(take(s, 4)).isEqualTo(expected.apply(a, b).mod(MODULUS));
    assertThat(s[0]).isEqualTo(0x1234);
  }

  private static BigInteger orZero(
      boolean zero, BinaryOperator<BigInteger> f, BigInteger a, BigInteger b) {
    return zero ? BigInteger.ZERO : f.apply(a, b);
  }

  @Property(tries = 5_000)
  void sumsDifferencesAndProducts(@ForAll("words") BigInteger a, @ForAll("words") BigInteger b) {
    check(a, b, Words::add, BigInteger::add);
    check(a, b, Words::sub, BigInteger::subtract);
    check(a, b, Words::multiply, BigInteger::multiply);
  }

  @Property(tries = 5_000)
  void quotientsAndRemainders(@ForAll("words") BigInteger a, @ForAll("words") BigInteger b) {
    boolean zero = b.signum() == 0;
    check(a, b, Words::divide, (x, y) -> orZero(zero, BigInteger::divide, x, y));
    check(a, b, Words::remainder, (x, y) -> orZero(zero, BigInteger::mod, x, y));
    check(
        a,
        b,
        Words::divideSigned,
        (x, y) -> orZero(zero, BigInteger::divide, signed(x), signed(y)));
    check(
        a,
        b,
        Words::remainderSigned,
        (x, y) -> orZero(zero, BigInteger::remainder, signed(x), signed(y)));
  }

  @Property(tries = 5_000)
  void sumsAndProductsModuloAnyNumber(
      @ForAll("words") BigInteger a,
      @ForAll("words") BigInteger b,
      @ForAll("words") BigInteger modulus) {
    checkModulo(a, b, modulus, Words::addModulo, a.add(b));
    checkModulo(a, b, modulus, Words::multiplyModulo, a.multiply(b));
  }

  private static void checkModulo(
      BigInteger a, BigInteger b, BigInteger modulus, Ternary operation, BigInteger whole) {
    long[] s = new long[12 + Words.SCRATCH];
    put(modulus, s, 0);
    put(b, s, 4);
    put(a, s, 8);
    operation.run(s, 8, 4, 0);
    assertThat(take(s, 0)).isEqualTo(modulus.signum() == 0 ? BigInteger.ZERO : whole.mod(modulus));
  }

  @Property(tries = 500)
  void powers(@ForAll("words") BigInteger a, @ForAll("words") BigInteger b) {
    check(a, b, Words::power, (x, y) -> x.modPow(y, MODULUS));
  }

  @Property(tries = 3_000)
  void shifts(@ForAll("words") BigInteger shift, @ForAll("words") BigInteger value) {
    boolean far = shift.compareTo(BigInteger.valueOf(255)) > 0;
    int n = far ? 256 : shift.intValue();
    check(shift, value, Words::shiftLeft, (x, y) -> y.shiftLeft(n));
    check(shift, value, Words::shiftRight, (x, y) -> y.shiftRight(n));
    check(shift, value, Words::shiftRightSigned, (x, y) -> signed(y).shiftRight(n));
  }

  @Property(tries = 3_000)
  void bytesAndSigns(@ForAll("words") BigInteger index, @ForAll("words") BigInteger value) {
    boolean beyond = index.compareTo(BigInteger.valueOf(31)) > 0;
    int n = beyond ? 0 : index.intValue();
    check(
        index,
        value,
        Words::byteAt,
        (x, y) ->
            beyond ? BigInteger.ZERO : y.shiftRight(8 * (31 - n)).and(BigInteger.valueOf(255)));
    BigInteger span = BigInteger.ONE.shiftLeft(8 * (n + 1));
    check(
        index,
        value,
        Words::extendSign,
        (x, y) -> {
          if (beyond) {
            return y;
          }
          BigInteger low = y.mod(span);
          return low.testBit(8 * n + 7) ? low.subtract(span) : low;
        });
  }

  @Property(tries = 3_000)
  void comparisons(@ForAll("words") BigInteger a, @ForAll("words") BigInteger b) {
    long[] s = new long[8];
    put(a, s, 0);
    put(b, s, 4);
    assertThat(Words.less(s, 0, 4)).isEqualTo(a.compareTo(b) < 0);
    assertThat(Words.lessSigned(s, 0, 4)).isEqualTo(signed(a).compareTo(signed(b)) < 0);
    assertThat(Words.equal(s, 0, s, 4)).isEqualTo(a.equals(b));
    assertThat(Words.bitLength(s, 0)).isEqualTo(a.bitLength());
  }
}
