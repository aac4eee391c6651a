package network.enigma.runtime.evm;

/**
 * One call in progress: its code, where it stands, and which parts of the machine's stack and
 * memory are its own. Frames are reused; {@link Machine} fills them.
 */
final class Frame {
  Code code = Code.EMPTY;

  /** The account whose storage and balance the code works on. */
  Account self = NOBODY;

  /** The sender of the call, as numbers. */
  long caller2;

  long caller1;
  long caller0;

  final long[] value = new long[4];

  /** Call data lies in {@link #input}, or in the machine's memory if that is null. */
  byte[] input = NOTHING;

  boolean inputInMemory;
  int inputOffset;
  int inputLength;

  boolean isStatic;
  boolean isCreation;

  /** Index of the next instruction. */
  int pc;

  /** Index in the stack's array of the first free place; a word takes four. */
  int sp;

  int stackBase;
  int memoryBase;

  /** Bytes, always a multiple of 32. */
  int memorySize;

  long gas;

  /** Output of the last call this frame made. */
  byte[] returnData = NOTHING;

  int returnLength;

  /** Where the frame's own output lies in the machine's memory. */
  int outputOffset;

  int outputLength;

  /** Where the caller wants the output, relative to its memory. */
  int wantedOffset;

  int wantedLength;

  int worldMark;
  int logMark;
  int callbackMark;
  long refundMark;

  static final byte[] NOTHING = new byte[0];
  private static final Account NOBODY = new Account(0, 0, 0);

  void setReturnData(byte[] source, int from, int length) {
    if (returnData.length < length) {
      returnData = new byte[Math.max(length, 64)];
    }
    System.arraycopy(source, from, returnData, 0, length);
    returnLength = length;
  }

  void clearReturnData() {
    returnLength = 0;
  }
}
