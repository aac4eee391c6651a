package network.enigma.runtime.evm;

import network.enigma.runtime.Failure;

/** How a frame stops, as the numbers the interpreter's loop works with. */
final class Halt {
  /** Not at all: the next instruction follows. */
  static final int NONE = 0;

  /** A new frame lies on top and runs first. */
  static final int ENTERED = 1;

  /** The whole execution stops, for the failure that the machine notes. */
  static final int ABORTED = 2;

  /** Not at all: the code may be compiled, or go on compiled. */
  static final int HOT = -3;

  /** Success. */
  static final int RETURNED = 3;

  /** The frame's changes are undone, its gas and output are kept. */
  static final int REVERTED = 4;

  /** From here on: the frame's changes are undone and its gas is gone. */
  static final int FAILED = 5;

  static final int OUT_OF_GAS = failed(Failure.OUT_OF_GAS);
  static final int INVALID_INSTRUCTION = failed(Failure.INVALID_INSTRUCTION);
  static final int STACK_UNDERFLOW = failed(Failure.STACK_UNDERFLOW);
  static final int STACK_OVERFLOW = failed(Failure.STACK_OVERFLOW);
  static final int INVALID_JUMP = failed(Failure.INVALID_JUMP);
  static final int RETURN_DATA_OUT_OF_BOUNDS = failed(Failure.RETURN_DATA_OUT_OF_BOUNDS);
  static final int READ_ONLY = failed(Failure.READ_ONLY);
  static final int CODE_TOO_LARGE = failed(Failure.CODE_TOO_LARGE);
  static final int INVALID_CODE = failed(Failure.INVALID_CODE);
  static final int ADDRESS_TAKEN = failed(Failure.ADDRESS_TAKEN);

  private static final Failure[] FAILURES = Failure.values();

  private Halt() {}

  private static int failed(Failure failure) {
    return FAILED + failure.ordinal();
  }

  /** The failure behind a number from {@link #FAILED} on. */
  static Failure failure(int halt) {
    return FAILURES[halt - FAILED];
  }
}
