package network.enigma.protocol;

/** Checks that an unsigned number fits its Solidity type. */
final class Unsigned {
  private Unsigned() {}

  /**
   * @throws EnigmaException {@link ErrorCode#MALFORMED_MESSAGE} if the value is negative or needs
   *     more bits
   */
  static void check(long value, int bits, String name) {
    if (value < 0 || value >>> bits != 0) {
      throw new EnigmaException(
          ErrorCode.MALFORMED_MESSAGE, name + " does not fit uint" + bits + ": " + value);
    }
  }
}
