package network.enigma.protocol;

import java.util.HexFormat;

/** Hexadecimal text with a {@code 0x} prefix, lower case when written, either case when read. */
public final class Hex {
  private static final HexFormat FORMAT = HexFormat.of();

  private Hex() {}

  /** Writes the bytes as {@code 0x} and two lower-case digits each. */
  public static String encode(byte[] bytes) {
    return "0x" + FORMAT.formatHex(bytes);
  }

  /**
   * Reads hexadecimal digits, with or without the prefix.
   *
   * @throws EnigmaException {@link ErrorCode#MALFORMED_MESSAGE} if the text is not an even number
   *     of digits
   */
  public static byte[] decode(String text) {
    String digits = text.startsWith("0x") || text.startsWith("0X") ? text.substring(2) : text;
    try {
      return FORMAT.parseHex(digits);
    } catch (IllegalArgumentException e) {
      throw new EnigmaException(
          ErrorCode.MALFORMED_MESSAGE,
          "not an even number of hexadecimal digits (" + text.length() + " characters)");
    }
  }
}
