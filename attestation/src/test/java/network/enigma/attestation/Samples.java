package network.enigma.attestation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import network.enigma.protocol.Bytes;
import org.junit.jupiter.api.Assumptions;

/**
 * Genuine evidence with dated verdicts, which lies outside the repository: in the folder that
 * ENIGMA_ATTESTATION_SAMPLES names, or beside the checkout under shared/attestation-samples.
 */
public final class Samples {
  /** The variable that names the folder. */
  public static final String VARIABLE = "ENIGMA_ATTESTATION_SAMPLES";

  private Samples() {}

  private static Path folder() {
    return Optional.ofNullable(System.getenv(VARIABLE))
        .map(Path::of)
        .orElseGet(() -> repository().resolve("../shared/attestation-samples").normalize());
  }

  private static Path repository() {
    Path directory = Path.of("").toAbsolutePath();
    return Files.exists(directory.resolve("attestation/pom.xml"))
        ? directory
        : directory.resolve("..");
  }

  /** A folder of samples; skips the test, saying why, where there are none. */
  public static Path in(String name) {
    Path folder = folder().resolve(name);
    Assumptions.assumeTrue(
        Files.isDirectory(folder),
        "no attestation samples in "
            + folder
            + ": set "
            + VARIABLE
            + " to a folder of them to run this test");
    return folder;
  }

  /** The samples in a folder, each a directory with a meta.json. */
  public static List<Path> each(String name) {
    try (Stream<Path> entries = Files.list(in(name))) {
      return entries.filter(entry -> Files.exists(entry.resolve("meta.json"))).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file's content. */
  public static Bytes read(Path file) {
    try {
      return Bytes.of(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file's content, or nothing where there is no such file. */
  public static Bytes readIfThere(Path file) {
    return Files.exists(file) ? read(file) : Bytes.empty();
  }
}
