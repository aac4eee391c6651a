package network.enigma.protocol;

import java.math.BigInteger;

/**
 * Fees and the rounding of charged gas (rules C7 and C10). Gas and prices are uint64, fees are up
 * to 128 bits.
 */
public final class Gas {
  private static final BigInteger THOUSAND = BigInteger.valueOf(1_000);
  private static final BigInteger ALMOST_THOUSAND = BigInteger.valueOf(999);

  private Gas() {}

  /**
   * ceil(gas × price / 1,000), computed without overflow.
   *
   * @param gas unsigned
   * @param price in 10⁻⁸ ENG per 1,000 gas, unsigned
   * @return the fee in units of 10⁻⁸ ENG
   */
  public static BigInteger fee(long gas, long price) {
    if (gas >= 0 && price >= 0 && Math.multiplyHigh(gas, price) == 0) {
      long product = gas * price;
      if (product >= 0) {
        return BigInteger.valueOf(product / 1_000 + (product % 1_000 == 0 ? 0 : 1));
      }
    }
    return unsigned(gas).multiply(unsigned(price)).add(ALMOST_THOUSAND).divide(THOUSAND);
  }

  /**
   * Gas rounded up to a multiple of 1/16 of its highest power of two; up to 16 it is exact. At most
   * 6.25 % are added, and what is charged says no more than about four bits of what was used.
   *
   * @param used unsigned; a result beyond uint64 is given as its maximum
   */
  public static long roundedUp(long used) {
    int magnitude = 63 - Long.numberOfLeadingZeros(used);
    if (magnitude <= 4) {
      return used;
    }
    long step = 1L << (magnitude - 4);
    long rounded = (used + step - 1) & -step;
    return rounded == 0 ? -1L : rounded;
  }

  /**
   * The gas to charge for an executed or refused task.
   *
   * @param used by the execution, unsigned
   * @param fullLimit whether the contract asked to be charged the whole limit
   * @param baseGas the least a task costs; bounded by the limit
   */
  public static long charged(long used, long gasLimit, boolean fullLimit, long baseGas) {
    if (fullLimit) {
      return gasLimit;
    }
    long atLeastBase = Long.compareUnsigned(used, baseGas) < 0 ? baseGas : used;
    long rounded = roundedUp(atLeastBase);
    return Long.compareUnsigned(rounded, gasLimit) > 0 ? gasLimit : rounded;
  }

  private static BigInteger unsigned(long value) {
    return Bytes32.ofUnsigned(value).toBigInteger();
  }
}
