package network.enigma.protocol;

/** What a task order asks for (rule C7); the number is the ordinal. */
public enum TaskKind {
  /** Deploys a contract; code and settings travel beside the order. */
  DEPLOY,
  /** Calls a contract. */
  CALL,
  /** Replaces a contract's code after its delay; only posted. */
  UPGRADE,
  /** Reads; never committed, unbilled. */
  QUERY,
  /** Runs an Ethereum contract's code on empty state. */
  CALLABLE;

  private static final TaskKind[] ALL = values();

  /** The number in orders, a uint8. */
  public int number() {
    return ordinal();
  }

  /**
   * @throws EnigmaException {@link ErrorCode#MALFORMED_MESSAGE} if there is no such kind
   */
  public static TaskKind fromNumber(int number) {
    if (number < 0 || number >= ALL.length) {
      throw new EnigmaException(ErrorCode.MALFORMED_MESSAGE, "no task kind has number " + number);
    }
    return ALL[number];
  }
}
