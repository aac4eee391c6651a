package network.enigma.attestation.dcap;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import network.enigma.attestation.Reason;
import network.enigma.attestation.Refusal;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;

/**
 * JSON (RFC 8259) as Intel signs it, read strictly: no byte-order mark, no name twice in an object,
 * numbers are whole and not negative, little depth.
 */
sealed interface Json {
  record Text(String value) implements Json {}

  record Whole(long value) implements Json {}

  record Flag(boolean value) implements Json {}

  record Null() implements Json {}

  record Array(List<Json> items) implements Json {}

  /** An object, whose members are asked for with the type they must have. */
  record Members(Map<String, Json> byName) implements Json {
    boolean has(String name) {
      return byName.containsKey(name);
    }

    String text(String name) throws Refusal {
      if (byName.get(name) instanceof Text text) {
        return text.value();
      }
      throw malformed("no text \"" + name + "\"");
    }

    long whole(String name, long bound) throws Refusal {
      if (byName.get(name) instanceof Whole whole && whole.value() <= bound) {
        return whole.value();
      }
      throw malformed("no number \"" + name + "\" up to " + bound);
    }

    Members members(String name) throws Refusal {
      if (byName.get(name) instanceof Members members) {
        return members;
      }
      throw malformed("no object \"" + name + "\"");
    }

    boolean flag(String name) throws Refusal {
      if (byName.get(name) instanceof Flag flag) {
        return flag.value();
      }
      throw malformed("no flag \"" + name + "\"");
    }

    /** An array of anything. */
    List<Json> items(String name) throws Refusal {
      if (byName.get(name) instanceof Array array) {
        return array.items();
      }
      throw malformed("no array \"" + name + "\"");
    }

    /** An array of objects. */
    List<Members> list(String name) throws Refusal {
      List<Members> list = new ArrayList<>();
      for (Json item : items(name)) {
        if (!(item instanceof Members members)) {
          throw malformed("\"" + name + "\" holds something that is no object");
        }
        list.add(members);
      }
      return list;
    }

    /** An array of texts; an absent one is empty. */
    List<String> texts(String name) throws Refusal {
      List<String> list = new ArrayList<>();
      if (!has(name)) {
        return list;
      }
      for (Json item : items(name)) {
        if (!(item instanceof Text text)) {
          throw malformed("\"" + name + "\" holds something that is no text");
        }
        list.add(text.value());
      }
      return list;
    }

    /** Bytes in hexadecimal, of either case, without prefix. */
    Bytes hex(String name, int length) throws Refusal {
      String text = text(name);
      if (text.length() == 2 * length) {
        try {
          return Bytes.fromHex(text);
        } catch (EnigmaException e) {
          throw malformed("\"" + name + "\" is not hexadecimal");
        }
      }
      throw malformed("\"" + name + "\" has not " + length + " bytes");
    }

    Instant instant(String name) throws Refusal {
      try {
        return Instant.parse(text(name));
      } catch (DateTimeParseException e) {
        throw malformed("\"" + name + "\" is no time");
      }
    }

    Optional<Members> optionalMembers(String name) throws Refusal {
      return has(name) ? Optional.of(members(name)) : Optional.empty();
    }
  }

  /**
   * The object that the bytes are.
   *
   * @throws Refusal {@link Reason.Code#MALFORMED_COLLATERAL}
   */
  static Members parse(Bytes bytes) throws Refusal {
    String text;
    try {
      text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes.toByteArray()))
              .toString();
    } catch (CharacterCodingException e) {
      throw malformed("a text that is not UTF-8");
    }
    Reader reader = new Reader(text);
    Json value = reader.value(0);
    reader.end();
    if (value instanceof Members members) {
      return members;
    }
    throw malformed("not an object");
  }

  private static Refusal malformed(String detail) {
    return new Refusal(Reason.Code.MALFORMED_COLLATERAL, "JSON: " + detail);
  }

  /** Recursive descent over the text. */
  final class Reader {
    private static final int DEPTH = 16;

    private final String text;
    private int position;

    private Reader(String text) {
      this.text = text;
    }

    private Json value(int depth) throws Refusal {
      if (depth > DEPTH) {
        throw malformed("nested too deep");
      }
      space();
      char first = peek();
      return switch (first) {
        case '{' -> members(depth);
        case '[' -> array(depth);
        case '"' -> new Text(string());
        case 't' -> word("true", new Flag(true));
        case 'f' -> word("false", new Flag(false));
        case 'n' -> word("null", new Null());
        default -> number();
      };
    }

    private Json members(int depth) throws Refusal {
      Map<String, Json> byName = new LinkedHashMap<>();
      position++;
      space();
      if (peek() == '}') {
        position++;
        return new Members(byName);
      }
      while (true) {
        space();
        String name = string();
        space();
        expect(':');
        if (byName.put(name, value(depth + 1)) != null) {
          throw malformed("\"" + name + "\" twice in an object");
        }
        space();
        if (peek() == '}') {
          position++;
          return new Members(byName);
        }
        expect(',');
      }
    }

    private Json array(int depth) throws Refusal {
      List<Json> items = new ArrayList<>();
      position++;
      space();
      if (peek() == ']') {
        position++;
        return new Array(items);
      }
      while (true) {
        items.add(value(depth + 1));
        space();
        if (peek() == ']') {
          position++;
          return new Array(items);
        }
        expect(',');
      }
    }

    private String string() throws Refusal {
      expect('"');
      StringBuilder value = new StringBuilder();
      while (true) {
        char next = take();
        if (next == '"') {
          return value.toString();
        }
        if (next < ' ') {
          throw malformed("a control character in a text");
        }
        value.append(next == '\\' ? escaped() : next);
      }
    }

    private char escaped() throws Refusal {
      char next = take();
      return switch (next) {
        case '"', '\\', '/' -> next;
        case 'b' -> '\b';
        case 'f' -> '\f';
        case 'n' -> '\n';
        case 'r' -> '\r';
        case 't' -> '\t';
        case 'u' -> {
          int code = 0;
          for (int i = 0; i < 4; i++) {
            int digit = Character.digit(take(), 16);
            if (digit < 0) {
              throw malformed("a wrong escape");
            }
            code = code << 4 | digit;
          }
          yield (char) code;
        }
        default -> throw malformed("a wrong escape");
      };
    }

    private Json number() throws Refusal {
      int start = position;
      while (position < text.length()
          && text.charAt(position) >= '0'
          && text.charAt(position) <= '9') {
        position++;
      }
      int digits = position - start;
      if (digits == 0 || digits > 18 || (digits > 1 && text.charAt(start) == '0')) {
        throw malformed("something that is no whole number at " + start);
      }
      return new Whole(Long.parseLong(text, start, position, 10));
    }

    private Json word(String word, Json value) throws Refusal {
      if (!text.startsWith(word, position)) {
        throw malformed("an unknown word at " + position);
      }
      position += word.length();
      return value;
    }

    private void space() {
      while (position < text.length() && " \t\r\n".indexOf(text.charAt(position)) >= 0) {
        position++;
      }
    }

    private char peek() throws Refusal {
      if (position >= text.length()) {
        throw malformed("it ends early");
      }
      return text.charAt(position);
    }

    private char take() throws Refusal {
      char next = peek();
      position++;
      return next;
    }

    private void expect(char wanted) throws Refusal {
      if (take() != wanted) {
        throw malformed("'" + wanted + "' expected at " + (position - 1));
      }
    }

    private void end() throws Refusal {
      space();
      if (position != text.length()) {
        throw malformed("something follows at " + position);
      }
    }
  }
}
