package network.enigma.protocol;

/**
 * How a posted task ended, as the contract settles it.
 *
 * @param code 0 unless refused, else the number of the {@link ErrorCode}
 * @param fee in units of 10⁻⁸ ENG, unsigned; the rest of the reserve goes back to the payer
 */
public record TaskOutcome(Bytes32 taskId, Outcome outcome, int code, long fee) {
  /** Bytes of an outcome in calldata: task id, uint8, uint16 and uint64, packed. */
  public static final int PACKED_LENGTH = 43;

  public TaskOutcome {
    Unsigned.check(code, 16, "code");
    if ((outcome == Outcome.REFUSED) != (code != 0)) {
      throw new EnigmaException(
          ErrorCode.MALFORMED_MESSAGE, "a refused task, and no other, has a code");
    }
  }

  public static TaskOutcome executed(Bytes32 taskId, long fee) {
    return new TaskOutcome(taskId, Outcome.EXECUTED, 0, fee);
  }

  public static TaskOutcome refused(Bytes32 taskId, ErrorCode code, long fee) {
    return new TaskOutcome(taskId, Outcome.REFUSED, code.number(), fee);
  }

  public static TaskOutcome duplicate(Bytes32 taskId) {
    return new TaskOutcome(taskId, Outcome.DUPLICATE, 0, 0);
  }
}
