package network.enigma.node.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk of 40 MiB runs full and gets room again, for real: a child process writes to a file system
 * in memory that it has mounted in name spaces of its own, which needs no rights on most Linux
 * machines.
 */
@Tag("long")
final class FullDiskTest {
  private static final int VALUE = 60_000;
  private static final int MEBIBYTE = 1 << 20;

  @TempDir Path directory;

  /** Fills a disk, frees some of it, and goes on. Ends with an exception if anything is wrong. */
  public static final class Filler {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<Integer> acknowledged = new ArrayList<>();
    private final Random random = new Random(1);
    private int next;

    private Filler() {}

    public static void main(String[] arguments) throws Exception {
      new Filler().run(Path.of(arguments[0]));
    }

    private static byte[] key(int number) {
      return ByteBuffer.allocate(4).putInt(number).array();
    }

    private void write(Database database) {
      next++;
      byte[] value = new byte[VALUE];
      random.nextBytes(value);
      ByteBuffer.wrap(value).putInt(next);
      database.write(new Changes().put(Table.LOG, key(next), value));
      acknowledged.add(next);
    }

    private void requireAll(Database database) {
      for (int number : acknowledged) {
        byte[] value = database.get(Table.LOG, key(number));
        if (value == null || ByteBuffer.wrap(value).getInt() != number) {
          throw new AssertionError(number + " of " + acknowledged.size() + " is lost");
        }
      }
    }

    private void run(Path disk) throws Exception {
      Path other = disk.resolve("other");
      Files.write(other, new byte[12 * MEBIBYTE]);
      Path files = disk.resolve("database");
      try (Database database = Database.open(files)) {
        fillUp(database);
        requireAll(database);
        Files.delete(other);
        goOn(database);
        for (int i = 0; i < 30; i++) {
          write(database);
        }
        requireAll(database);
      }
      try (Database database = Database.open(files)) {
        requireAll(database);
      }
      System.out.println("nothing is lost of " + acknowledged.size());
    }

    private void fillUp(Database database) {
      while (true) {
        try {
          write(database);
        } catch (EnigmaException e) {
          if (e.code() != ErrorCode.STORAGE_FAILED
              || !String.valueOf(e.getMessage()).contains("No space left")) {
            throw e;
          }
          return;
        }
      }
    }

    private void goOn(Database database) {
      Instant deadline = Instant.now().plus(PATIENCE);
      while (true) {
        try {
          write(database);
          return;
        } catch (EnigmaException e) {
          if (Instant.now().isAfter(deadline)) {
            throw e;
          }
          Thread.onSpinWait();
        }
      }
    }
  }

  private Process inOwnNameSpaces(String command) throws IOException {
    return new ProcessBuilder(
            "unshare", "--user", "--map-root-user", "--mount", "sh", "-c", command)
        .redirectErrorStream(true)
        .start();
  }

  private String mount() {
    return "mount -t tmpfs -o size=40m tmpfs '" + directory + "'";
  }

  private boolean canMount() {
    try {
      return inOwnNameSpaces(mount()).waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Test
  void aDatabaseThatFoundTheDiskFullGoesOnByItselfOnceThereIsRoomAndHasLostNothing()
      throws Exception {
    assumeTrue(
        canMount(), "this machine lets nobody mount a file system in name spaces of his own");
    String java =
        "exec '%s' --enable-native-access=ALL-UNNAMED -cp '%s' '%s' '%s'"
            .formatted(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                System.getProperty("java.class.path"),
                Filler.class.getName(),
                directory);
    Process filler = inOwnNameSpaces(mount() + " && " + java);
    String said = new String(filler.getInputStream().readAllBytes());
    assertThat(filler.waitFor()).as(said).isZero();
    assertThat(said).contains("nothing is lost of");
  }
}
