package network.enigma.node.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DatabaseCrashTest {
  private static final int WRITERS = 8;

  @TempDir Path directory;

  /**
   * Writes for ever from several threads and prints the number of each write that was acknowledged.
   */
  public static final class EndlessWriter {
    private EndlessWriter() {}

    public static void main(String[] arguments) {
      Database database = Database.open(Path.of(arguments[0]));
      AtomicInteger next = new AtomicInteger();
      for (int i = 0; i < WRITERS; i++) {
        Thread.ofPlatform()
            .start(() -> {
              while (true) {
                int number = next.incrementAndGet();
                database.write(
                    new Changes()
                        .put(Table.LOG, key(number), new byte[number % 5_000])
                        .put(Table.RESULTS, key(number), key(number)));
                synchronized (next) {
                  System.out.println(number);
                }
              }
            });
      }
    }
  }

  private static byte[] key(int number) {
    return ByteBuffer.allocate(4).putInt(number).array();
  }

  @RepeatedTest(3)
  void nothingAcknowledgedIsLostWhenTheProcessIsKilled() throws Exception {
    List<Integer> acknowledged = new ArrayList<>();
    Process process = start(EndlessWriter.class);
    try (BufferedReader out = process.inputReader()) {
      while (acknowledged.size() < 500) {
        acknowledged.add(Integer.valueOf(out.readLine()));
      }
      process.destroyForcibly().waitFor();
      out.lines().forEach(line -> acknowledged.add(Integer.valueOf(line)));
    } catch (UncheckedIOException e) {
      // The pipe broke with the process.
    }
    try (Database database = Database.open(directory)) {
      for (int number : acknowledged) {
        assertThat(database.get(Table.LOG, key(number))).hasSize(number % 5_000);
        assertThat(database.get(Table.RESULTS, key(number))).isEqualTo(key(number));
      }
      // What was not acknowledged is there as a whole or not at all.
      database.scan(
          Table.LOG,
          new byte[0],
          new byte[0],
          (key, value) -> {
            assertThat(database.get(Table.RESULTS, key)).isEqualTo(key);
            return true;
          });
    }
  }

  /** Native code that looks into a closed database would end this process. */
  @Test
  void aClosedDatabaseRefusesEverything() {
    Database database = Database.open(directory);
    database.write(new Changes().put(Table.LOG, key(1), key(1)));
    database.close();
    assertClosed(() -> database.get(Table.LOG, key(1)));
    assertClosed(() -> database.last(Table.LOG, new byte[0], key(1)));
    assertClosed(() -> database.scan(Table.LOG, new byte[0], new byte[0], (key, value) -> true));
    assertClosed(() -> database.append(new Changes().put(Table.LOG, key(2), key(2))));
    assertClosed(database::sync);
    assertClosed(() -> database.compact(Table.LOG));
  }

  @Test
  void aDatabaseClosesUnderItsReaders() throws Exception {
    Database database = Database.open(directory);
    for (int number = 0; number < 100; number++) {
      database.append(new Changes().put(Table.LOG, key(number), key(number)));
    }
    CountDownLatch reading = new CountDownLatch(WRITERS);
    List<Thread> readers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      readers.add(
          Thread.ofVirtual()
              .start(() -> {
                try {
                  while (true) {
                    assertThat(database.get(Table.LOG, key(7))).isEqualTo(key(7));
                    database.scan(
                        Table.LOG, new byte[0], new byte[0], (key, value) -> value.length == 4);
                    reading.countDown();
                  }
                } catch (EnigmaException e) {
                  // Closed.
                }
              }));
    }
    reading.await();
    database.close();
    for (Thread reader : readers) {
      reader.join();
    }
  }

  private static void assertClosed(ThrowingCallable use) {
    assertThatThrownBy(use)
        .isInstanceOfSatisfying(
            EnigmaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_FAILED))
        .hasMessageContaining("closed");
  }

  /** Holds the directory until its input ends. */
  public static final class DirectoryHolder {
    private DirectoryHolder() {}

    public static void main(String[] arguments) throws IOException {
      try (StateDirectory held = StateDirectory.open(Path.of(arguments[0]), "network a")) {
        System.out.println(held.path());
        System.in.read();
      }
    }
  }

  @Test
  void aDirectoryServesOneProcessAtATimeAndIsFreeAfterAKill() throws Exception {
    Process holder = start(DirectoryHolder.class);
    try (BufferedReader out = holder.inputReader()) {
      assertThat(out.readLine()).isEqualTo(directory.toString());
      assertRefused("network a", ErrorCode.STATE_DIRECTORY_IN_USE);
    } finally {
      holder.destroyForcibly().waitFor();
    }
    StateDirectory.open(directory, "network a").close();
  }

  @Test
  void aDirectoryServesOneHostOfThisProcessAtATime() {
    StateDirectory held = StateDirectory.open(directory, "network a");
    assertRefused("network a", ErrorCode.STATE_DIRECTORY_IN_USE);
    held.close();
    StateDirectory.open(directory, "network a").close();
  }

  @Test
  void dataOfAnotherNetworkIsRefusedNamingBoth() {
    StateDirectory.open(directory, "network a").close();
    assertThatThrownBy(() -> StateDirectory.open(directory, "network b"))
        .isInstanceOfSatisfying(
            EnigmaException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.STATE_DIRECTORY_MISMATCH))
        .hasMessageContaining("network a")
        .hasMessageContaining("network b");
    StateDirectory.open(directory, "network a").close();
  }

  private void assertRefused(String identity, ErrorCode code) {
    assertThatThrownBy(() -> StateDirectory.open(directory, identity))
        .isInstanceOfSatisfying(EnigmaException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private Process start(Class<?> main) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName(),
            directory.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
