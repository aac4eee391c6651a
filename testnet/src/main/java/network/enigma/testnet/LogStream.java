package network.enigma.testnet;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The three logs of a testnet as one stream of server-sent events (WHATWG HTML §9.2): first the end
 * of each file, then what is added. Each event {@code lines} is an object {part, from, to, lines};
 * {@code from} and {@code to} are offsets in the file. Its id says where to go on after a lost
 * connection. An event {@code missing} names a log that is not written.
 */
final class LogStream {
  /** A file of the directory of logs. */
  enum Part {
    CHAIN,
    ENCLAVE,
    HOST;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    Path file(Path directory) {
      return directory.resolve(label() + ".log");
    }

    static Optional<Part> of(String label) {
      for (Part part : values()) {
        if (part.label().equals(label)) {
          return Optional.of(part);
        }
      }
      return Optional.empty();
    }
  }

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern PLACE = Pattern.compile("([a-z]+)=([0-9]{1,18})");
  private static final Duration LOOK = Duration.ofMillis(200);
  private static final int LOOKS_BETWEEN_SIGNS = 50;

  /** Most bytes of one file in one event. */
  private static final int PIECE = 64 * 1024;

  /** How much of each file's end a new reader gets. */
  static final int TAIL = 64 * 1024;

  private final Path directory;
  private final OutputStream out;
  private final Map<Part, Long> places = new EnumMap<>(Part.class);
  private final Map<Part, Boolean> missing = new EnumMap<>(Part.class);

  /**
   * @param lastEvent id of the last event the reader got, or an empty text
   */
  LogStream(Path directory, OutputStream out, String lastEvent) {
    this.directory = directory;
    this.out = out;
    Matcher known = PLACE.matcher(lastEvent);
    while (known.find()) {
      Part.of(known.group(1)).ifPresent(part -> places.put(part, Long.parseLong(known.group(2))));
    }
  }

  /** Writes until the reader goes away or the thread is interrupted. */
  void run() throws IOException {
    out.write("retry: 1000\n\n".getBytes(StandardCharsets.UTF_8));
    int looks = 0;
    while (!Thread.currentThread().isInterrupted()) {
      boolean some = false;
      for (Part part : Part.values()) {
        some |= tell(part);
      }
      if (!some) {
        if (++looks % LOOKS_BETWEEN_SIGNS == 0) {
          // Shows a reader that is gone, and keeps what lies between from closing.
          out.write(": still here\n\n".getBytes(StandardCharsets.UTF_8));
        }
        out.flush();
        LockSupport.parkNanos(LOOK.toNanos());
      }
    }
  }

  /** Whether there may be more at once. */
  private boolean tell(Part part) throws IOException {
    Path file = part.file(directory);
    if (!Files.isReadable(file)) {
      if (!missing.getOrDefault(part, false)) {
        missing.put(part, true);
        event("missing", JSON.createObjectNode().put("part", part.label()));
      }
      return false;
    }
    missing.put(part, false);
    try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
      long length = log.length();
      long from = places.getOrDefault(part, -1L);
      boolean cut = false;
      if (from < 0 || from > length) {
        from = Math.max(0, length - TAIL);
        cut = from > 0;
      }
      log.seek(from);
      byte[] piece = new byte[(int) Math.min(PIECE, length - from)];
      log.readFully(piece);
      int end = lastNewline(piece);
      if (end < 0) {
        if (piece.length < PIECE) {
          places.put(part, from);
          return false;
        }
        // A line longer than a piece comes in parts.
        end = piece.length - 1;
      }
      ObjectNode event = JSON.createObjectNode().put("part", part.label()).put("from", from);
      places.put(part, from + end + 1);
      ArrayNode lines = event.put("to", from + end + 1).putArray("lines");
      String[] texts = new String(piece, 0, end + 1, StandardCharsets.UTF_8).split("\n", -1);
      for (int i = cut ? 1 : 0; i < texts.length - 1; i++) {
        lines.add(texts[i]);
      }
      event("lines", event);
      return from + end + 1 < length;
    }
  }

  private static int lastNewline(byte[] bytes) {
    int end = bytes.length - 1;
    while (end >= 0 && bytes[end] != '\n') {
      end--;
    }
    return end;
  }

  private void event(String name, ObjectNode data) throws IOException {
    StringBuilder id = new StringBuilder();
    places.forEach((part, place) -> id.append(part.label()).append('=').append(place).append(' '));
    out.write(
        "id: %s\nevent: %s\ndata: %s\n\n"
            .formatted(id.toString().trim(), name, JSON.writeValueAsString(data))
            .getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
