package network.enigma.protocol;

/** Which trusted program an enclave runs (rule C1). */
public enum Role {
  WORKER(1),
  KEY_MANAGER(2);

  private final int number;

  Role(int number) {
    this.number = number;
  }

  /** The number in admissions and report data, a uint8. */
  public int number() {
    return number;
  }

  /**
   * @throws EnigmaException {@link ErrorCode#MALFORMED_MESSAGE} if there is no such role
   */
  public static Role fromNumber(int number) {
    return switch (number) {
      case 1 -> WORKER;
      case 2 -> KEY_MANAGER;
      default ->
          throw new EnigmaException(ErrorCode.MALFORMED_MESSAGE, "no role has number " + number);
    };
  }
}
