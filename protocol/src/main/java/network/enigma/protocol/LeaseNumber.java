package network.enigma.protocol;

/**
 * The number of a lease (rule S2): header number × 2¹⁶ + attempt, a uint48 on chain, so that a
 * later proposal is always the higher one.
 */
public final class LeaseNumber {
  private static final int ATTEMPT_BITS = 16;
  private static final int HEADER_BITS = 32;

  private LeaseNumber() {}

  /**
   * @param headerNumber of the proposer's newest header, below 2³²
   * @param attempt counts the proposals at one header, from 0 to 65,535
   * @throws EnigmaException {@link ErrorCode#MALFORMED_MESSAGE} if a part is out of range
   */
  public static long of(long headerNumber, int attempt) {
    Unsigned.check(headerNumber, HEADER_BITS, "header number");
    Unsigned.check(attempt, ATTEMPT_BITS, "attempt");
    return headerNumber << ATTEMPT_BITS | attempt;
  }

  public static long headerNumber(long lease) {
    return lease >>> ATTEMPT_BITS;
  }

  public static int attempt(long lease) {
    return (int) (lease & 0xffff);
  }
}
