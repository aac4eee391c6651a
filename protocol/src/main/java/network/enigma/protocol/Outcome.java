package network.enigma.protocol;

/**
 * How a task ended, in public (rule C10). Whether an executed call succeeded is inside its sealed
 * result.
 */
public enum Outcome {
  /** The call was executed. */
  EXECUTED,
  /**
   * The call was refused for a public reason, an {@link ErrorCode} with {@link
   * ErrorCode#isRefusal()}.
   */
  REFUSED,
  /** The order had run before; costs nothing. */
  DUPLICATE;

  private static final Outcome[] ALL = values();

  /** The number on chain, a uint8. */
  public int number() {
    return ordinal();
  }

  /**
   * @throws EnigmaException {@link ErrorCode#MALFORMED_MESSAGE} if there is no such outcome
   */
  public static Outcome fromNumber(int number) {
    if (number < 0 || number >= ALL.length) {
      throw new EnigmaException(ErrorCode.MALFORMED_MESSAGE, "no outcome has number " + number);
    }
    return ALL[number];
  }
}
