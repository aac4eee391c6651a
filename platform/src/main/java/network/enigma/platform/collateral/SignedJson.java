package network.enigma.platform.collateral;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/**
 * An answer of Intel's service: one member whose value is signed byte for byte, and its signature.
 * The value is cut out of the text, never written anew.
 *
 * @param value JSON, as signed
 * @param signature r and s, 32 bytes each
 */
record SignedJson(Bytes value, Bytes signature) {
  private static final Pattern SIGNATURE =
      Pattern.compile("\\s*,\\s*\"signature\"\\s*:\\s*\"([0-9a-fA-F]{128})\"\\s*}\\s*");

  /**
   * Cuts the member out of {@code {"member":{…},"signature":"…"}}.
   *
   * @throws EnigmaException {@link ErrorCode#COLLATERAL_UNAVAILABLE} on any other text
   */
  static SignedJson read(Bytes body, String member) {
    // One char a byte, so that offsets are those of the bytes.
    String text = new String(body.toByteArray(), StandardCharsets.ISO_8859_1);
    Matcher start =
        Pattern.compile("\\s*\\{\\s*\"" + Pattern.quote(member) + "\"\\s*:\\s*").matcher(text);
    if (!start.lookingAt()) {
      throw malformed(member);
    }
    int end = endOfObject(text, start.end());
    Matcher rest = SIGNATURE.matcher(text).region(Math.max(end, 0), text.length());
    if (end < 0 || !rest.matches()) {
      throw malformed(member);
    }
    return new SignedJson(body.slice(start.end(), end), Bytes.fromHex("0x" + rest.group(1)));
  }

  /**
   * The text of a member that stands once.
   *
   * @throws EnigmaException {@link ErrorCode#COLLATERAL_UNAVAILABLE} if it stands more often or not
   */
  static String text(Bytes json, String member) {
    Matcher matcher =
        Pattern.compile("\"" + Pattern.quote(member) + "\"\\s*:\\s*\"([^\"\\\\]*)\"")
            .matcher(new String(json.toByteArray(), StandardCharsets.ISO_8859_1));
    if (!matcher.find()) {
      throw malformed(member);
    }
    String text = matcher.group(1);
    if (matcher.find()) {
      throw malformed(member);
    }
    return text;
  }

  /** Where the object that begins at an offset ends; negative if it does not. */
  private static int endOfObject(String text, int from) {
    int depth = 0;
    boolean quoted = false;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quoted) {
        if (c == '\\') {
          i++;
        } else if (c == '"') {
          quoted = false;
        }
      } else if (c == '"') {
        quoted = true;
      } else if (c == '{') {
        depth++;
      } else if (c == '}') {
        depth--;
      }
      if (depth == 0) {
        return text.charAt(from) == '{' ? i + 1 : -1;
      }
    }
    return -1;
  }

  private static EnigmaException malformed(String member) {
    return new EnigmaException(
        ErrorCode.COLLATERAL_UNAVAILABLE, "the service's answer does not have one " + member);
  }
}
