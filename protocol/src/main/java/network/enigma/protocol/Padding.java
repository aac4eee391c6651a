package network.enigma.protocol;

import java.util.Arrays;

/**
 * Hides the length of a payload (rule K8): a 4-byte big-endian length, the payload, and zeros up to
 * a multiple of 256 bytes for at most 4,096, up to the next Padmé size above.
 */
public final class Padding {
  private static final int PREFIX = 4;
  private static final int STEP = 256;
  private static final int LARGEST_STEPPED = 4_096;

  private Padding() {}

  /** The padded length of a payload of so many bytes. */
  public static int paddedLength(int payloadLength) {
    if (payloadLength < 0 || payloadLength > Integer.MAX_VALUE / 2) {
      throw new EnigmaException(
          ErrorCode.INPUT_TOO_LARGE, "a payload of " + payloadLength + " bytes");
    }
    int length = payloadLength + PREFIX;
    if (length <= LARGEST_STEPPED) {
      return (length + STEP - 1) / STEP * STEP;
    }
    // Padmé: only as many leading bits of the length may vary as its exponent has bits.
    int exponent = 31 - Integer.numberOfLeadingZeros(length);
    int significant = 32 - Integer.numberOfLeadingZeros(exponent);
    int mask = (1 << (exponent - significant)) - 1;
    return (length + mask) & ~mask;
  }

  public static byte[] pad(byte[] payload) {
    byte[] padded = new byte[paddedLength(payload.length)];
    for (int i = 0; i < PREFIX; i++) {
      padded[i] = (byte) (payload.length >>> (8 * (PREFIX - 1 - i)));
    }
    System.arraycopy(payload, 0, padded, PREFIX, payload.length);
    return padded;
  }

  /**
   * @throws EnigmaException {@link ErrorCode#BAD_PADDING} if the bytes are not exactly what {@link
   *     #pad} makes of some payload
   */
  public static byte[] unpad(byte[] padded) {
    if (padded.length < PREFIX) {
      throw bad();
    }
    int length = 0;
    for (int i = 0; i < PREFIX; i++) {
      length = length << 8 | (padded[i] & 0xff);
    }
    if (length < 0 || length > padded.length - PREFIX || paddedLength(length) != padded.length) {
      throw bad();
    }
    int rest = 0;
    for (int i = PREFIX + length; i < padded.length; i++) {
      rest |= padded[i];
    }
    if (rest != 0) {
      throw bad();
    }
    return Arrays.copyOfRange(padded, PREFIX, PREFIX + length);
  }

  private static EnigmaException bad() {
    return new EnigmaException(
        ErrorCode.BAD_PADDING, "the padding is not the one the length asks for");
  }
}
