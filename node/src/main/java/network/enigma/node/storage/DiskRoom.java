package network.enigma.node.storage;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * How much room is left for what a host keeps (Rule S5). Some of the disk stays free for what was
 * accepted already and for the database's own work: new work is refused before the disk is full.
 * May be used by many threads.
 */
public final class DiskRoom {
  private static final long MOST_RESERVED = 1L << 30;
  private static final int RESERVED_PART = 20;
  private static final int SCARCE_PART = 10;
  private static final long LOOK_AGAIN = Duration.ofSeconds(1).toNanos();

  /**
   * What a look at the disk showed, in bytes.
   *
   * @param used by this host
   * @param left until new work is refused, negative when it is
   * @param scarce from which room left on old results go early
   */
  public record Measure(long used, long left, long scarce) {
    /** What it would mean for a host that uses some of a disk. */
    static Measure of(long used, long most, long free, long total) {
      long reserve = Math.min(MOST_RESERVED, total / RESERVED_PART);
      return new Measure(
          used,
          Math.min(free - reserve, most - used),
          most < total ? Math.max(reserve, most / SCARCE_PART) : reserve);
    }

    /** Whether results go before their time. */
    public boolean isScarce() {
      return left < scarce;
    }

    /** Whether there is room for new work. */
    public boolean takesWork() {
      return left > 0;
    }
  }

  private final Path directory;
  private final long most;

  // Guarded by this object.
  private @Nullable Measure measure;
  private long lookedAt;

  /**
   * @param most bytes that the host may use; as many as the disk has for 0
   */
  DiskRoom(Path directory, long most) {
    this.directory = directory;
    this.most = most == 0 ? Long.MAX_VALUE : most;
  }

  /** A look at the disk, at most a second old. */
  public synchronized Measure measure() {
    long now = System.nanoTime();
    if (measure == null || now - lookedAt > LOOK_AGAIN) {
      try {
        FileStore disk = Files.getFileStore(directory);
        measure = Measure.of(used(), most, disk.getUsableSpace(), disk.getTotalSpace());
        lookedAt = now;
      } catch (IOException e) {
        throw new EnigmaException(
            ErrorCode.STORAGE_FAILED, "cannot look at the disk: " + e.getMessage());
      }
    }
    return measure;
  }

  private long used() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(directory)) {
      files = all.toList();
    }
    long bytes = 0;
    for (Path file : files) {
      try {
        bytes += Files.size(file);
      } catch (NoSuchFileException e) {
        // The database has just dropped it.
      }
    }
    return bytes;
  }

  /**
   * Asks for room for new work.
   *
   * @throws EnigmaException {@code STORAGE_FULL}
   */
  public void requireForWork() {
    Measure now = measure();
    if (!now.takesWork()) {
      throw new EnigmaException(
          ErrorCode.STORAGE_FULL,
          "this host keeps %d MiB and has no room for new work".formatted(now.used() >> 20));
    }
  }
}
