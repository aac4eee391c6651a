package network.enigma.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * Where a command speaks. In words: lines on standard output, progress on standard error. As JSON:
 * one object on standard output and nothing else there. Colours only for a person at a terminal who
 * did not set NO_COLOR.
 */
public final class Terminal {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean json;
  private final boolean color;
  private final boolean quiet;

  Terminal(PrintWriter out, PrintWriter err, boolean json, boolean color, boolean quiet) {
    this.out = out;
    this.err = err;
    this.json = json;
    this.color = color;
    this.quiet = quiet;
  }

  /** Whether the answer is a JSON object. */
  public boolean json() {
    return json;
  }

  /** One line of the answer in words; silent under {@code --json}. */
  public synchronized void line(String text) {
    if (!json) {
      out.println(text);
      out.flush();
    }
  }

  /** A name and its value, aligned. */
  public void field(String name, Object value) {
    line("  %-14s %s".formatted(name, printable(String.valueOf(value))));
  }

  /** What is going on, for a waiting person: standard error, silent under {@code --quiet}. */
  public synchronized void progress(String text) {
    if (!quiet) {
      err.println(dim(text));
      err.flush();
    }
  }

  /** Something the user should not miss. */
  public synchronized void warning(String text) {
    err.println(yellow("warning: ") + text);
    err.flush();
  }

  /** The answer as JSON; silent in words. */
  public synchronized void object(Map<String, ?> fields) {
    if (json) {
      try {
        out.println(JSON.writeValueAsString(fields));
      } catch (JsonProcessingException e) {
        throw new UncheckedIOException(e);
      }
      out.flush();
    }
  }

  synchronized void error(String text) {
    err.println(red("error: ") + printable(text));
    err.flush();
  }

  /**
   * Text from anybody, without what a terminal would take for commands: only line feeds and tabs
   * stay of the control characters.
   */
  static String printable(String text) {
    StringBuilder safe = new StringBuilder(text.length());
    text.codePoints()
        .map(character ->
            character == '\n' || character == '\t' || !isControl(character) ? character : '?')
        .forEach(safe::appendCodePoint);
    return safe.toString();
  }

  private static boolean isControl(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL, Character.FORMAT, Character.SURROGATE -> true;
      default -> false;
    };
  }

  public String bold(String text) {
    return paint("1", text);
  }

  public String dim(String text) {
    return paint("2", text);
  }

  public String green(String text) {
    return paint("32", text);
  }

  public String yellow(String text) {
    return paint("33", text);
  }

  public String red(String text) {
    return paint("31", text);
  }

  private String paint(String code, String text) {
    return color ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
