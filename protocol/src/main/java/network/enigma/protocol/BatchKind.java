package network.enigma.protocol;

/** What a batch carries (rule C8). */
public enum BatchKind {
  /** Tasks and the delta of the state. */
  TASKS,
  /** The whole state, from which a new lease holder starts. */
  SNAPSHOT;

  /** The number on chain, a uint8. */
  public int number() {
    return ordinal();
  }

  /**
   * @throws EnigmaException {@link ErrorCode#MALFORMED_MESSAGE} if there is no such kind
   */
  public static BatchKind fromNumber(int number) {
    return switch (number) {
      case 0 -> TASKS;
      case 1 -> SNAPSHOT;
      default ->
          throw new EnigmaException(
              ErrorCode.MALFORMED_MESSAGE, "no batch kind has number " + number);
    };
  }
}
