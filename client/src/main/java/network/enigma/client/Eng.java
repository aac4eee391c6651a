package network.enigma.client;

import java.math.BigDecimal;
import java.math.BigInteger;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/** Amounts of ENG as people write them. The token has 8 decimals. */
public final class Eng {
  private static final int DECIMALS = 8;

  private Eng() {}

  /** For example {@code 12.5} for 1,250,000,000 units. */
  public static String text(BigInteger units) {
    BigDecimal amount = new BigDecimal(units, DECIMALS).stripTrailingZeros();
    return (amount.scale() < 0 ? amount.setScale(0) : amount).toPlainString();
  }

  /** For example {@code 12.5} for 1,250,000,000 units. */
  public static String text(long units) {
    return text(BigInteger.valueOf(units));
  }

  /**
   * Units of 10⁻⁸ ENG for an amount such as {@code 12.5}.
   *
   * @throws EnigmaException INVALID_ARGUMENT when it is not a positive amount with at most 8
   *     decimals that fits 63 bits
   */
  public static long units(String amount) {
    try {
      BigInteger units = new BigDecimal(amount).movePointRight(DECIMALS).toBigIntegerExact();
      if (units.signum() > 0 && units.bitLength() < 64) {
        return units.longValueExact();
      }
    } catch (ArithmeticException | NumberFormatException e) {
      throw notAnAmount(amount);
    }
    throw notAnAmount(amount);
  }

  private static EnigmaException notAnAmount(String amount) {
    return new EnigmaException(
        ErrorCode.INVALID_ARGUMENT,
        "'%s' is not an amount of ENG such as 10 or 0.5".formatted(amount));
  }
}
