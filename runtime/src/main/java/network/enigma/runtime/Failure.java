package network.enigma.runtime;

import network.enigma.protocol.ErrorCode;

/** Why a call was stopped. */
public enum Failure {
  /** The gas limit was reached. */
  OUT_OF_GAS("The call needed more gas than its limit."),
  /** An instruction that does not exist, or the one that Solidity places for a broken invariant. */
  INVALID_INSTRUCTION("The contract ran into an invalid instruction."),
  /** An instruction needed more values than the stack held. */
  STACK_UNDERFLOW("The contract took more values from its stack than it held."),
  /** The stack outgrew its limit. */
  STACK_OVERFLOW("The contract put more values on its stack than it can hold."),
  /** A jump to a place that is no jump destination. */
  INVALID_JUMP("The contract jumped to a place that is no jump destination."),
  /** Return data was read beyond its end. */
  RETURN_DATA_OUT_OF_BOUNDS("The contract read return data beyond its end."),
  /** A write where only reading is allowed. */
  READ_ONLY(
      "The contract tried to write, log or ask for a callback where only reading is allowed."),
  /** Nothing is deployed at the target. */
  UNKNOWN_CONTRACT("Nothing is deployed at the target address."),
  /** Something is deployed at the target already. */
  ADDRESS_TAKEN("A contract exists at the target address already."),
  /** Creation code or stored code is longer than allowed. */
  CODE_TOO_LARGE("The contract's code is longer than allowed."),
  /** The code is not code of the dialect, or starts with bytes that are reserved. */
  INVALID_CODE("The code is not valid code of its dialect."),
  /** The realm's state would outgrow its limit. */
  STATE_TOO_LARGE("The realm's state would grow beyond its limit."),
  /** The frames of the call need more memory than allowed at one time. */
  MEMORY_TOO_LARGE("The call needed more memory than allowed."),
  /** The output is longer than allowed. */
  OUTPUT_TOO_LARGE("The call's output is longer than allowed."),
  /** The input is not in the form that its kind of task wants. */
  MALFORMED_INPUT("The input is not in the form that this kind of task wants.");

  private final String explanation;

  Failure(String explanation) {
    this.explanation = explanation;
  }

  /** One sentence for whoever sent the call. */
  public String explanation() {
    return explanation;
  }

  /** The code that a result, which only the sender opens, carries for it. */
  public ErrorCode code() {
    return switch (this) {
      case OUT_OF_GAS -> ErrorCode.OUT_OF_GAS;
      case INVALID_INSTRUCTION, STACK_UNDERFLOW, INVALID_JUMP, RETURN_DATA_OUT_OF_BOUNDS ->
          ErrorCode.INVALID_INSTRUCTION;
      case STACK_OVERFLOW -> ErrorCode.STACK_LIMIT_EXCEEDED;
      case READ_ONLY -> ErrorCode.WRITE_PROTECTION;
      case UNKNOWN_CONTRACT -> ErrorCode.UNKNOWN_CONTRACT;
      case ADDRESS_TAKEN -> ErrorCode.CONTRACT_EXISTS;
      case CODE_TOO_LARGE -> ErrorCode.CODE_TOO_LARGE;
      case INVALID_CODE -> ErrorCode.INVALID_CODE;
      case STATE_TOO_LARGE -> ErrorCode.STATE_TOO_LARGE;
      case MEMORY_TOO_LARGE -> ErrorCode.MEMORY_LIMIT_EXCEEDED;
      case OUTPUT_TOO_LARGE -> ErrorCode.OUTPUT_TOO_LARGE;
      case MALFORMED_INPUT -> ErrorCode.MALFORMED_INPUT;
    };
  }
}
