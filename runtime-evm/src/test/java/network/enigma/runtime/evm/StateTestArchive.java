package network.enigma.runtime.evm;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.tukaani.xz.XZInputStream;

/**
 * The official General State Tests: an archive {@code .tar.xz} or a folder, named by the
 * environment variable {@code ENIGMA_EVM_TESTS} or found as {@code
 * shared/evm-tests/state-tests.tar.xz} beside a folder above the working directory.
 */
final class StateTestArchive {
  static final String VARIABLE = "ENIGMA_EVM_TESTS";
  private static final String DEFAULT = "shared/evm-tests/state-tests.tar.xz";
  private static final int BLOCK = 512;

  /** One file of tests: its path within the archive and its JSON. */
  record TestFile(String path, byte[] json) {}

  private StateTestArchive() {}

  /** Where the tests are, or nothing if they are not on this machine. */
  static Optional<Path> locate() {
    String named = System.getenv(VARIABLE);
    if (named != null && !named.isBlank()) {
      return Optional.of(Path.of(named)).filter(Files::exists);
    }
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path candidate = at.resolve(DEFAULT);
      if (Files.exists(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  static List<TestFile> read(Path location) throws IOException {
    return Files.isDirectory(location) ? readFolder(location) : readArchive(location);
  }

  private static List<TestFile> readFolder(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".json"))
          .sorted()
          .map(file -> {
            try {
              return new TestFile(folder.relativize(file).toString(), Files.readAllBytes(file));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          })
          .toList();
    }
  }

  /**
   * Reads regular files of a tar archive; long names come in a record of their own (type L or x).
   */
  private static List<TestFile> readArchive(Path archive) throws IOException {
    List<TestFile> files = new ArrayList<>();
    try (InputStream tar =
        new XZInputStream(new BufferedInputStream(Files.newInputStream(archive)))) {
      String longName = "";
      while (true) {
        byte[] header = tar.readNBytes(BLOCK);
        if (header.length < BLOCK || header[0] == 0) {
          break;
        }
        long size = Long.parseLong(text(header, 124, 12).trim(), 8);
        byte[] content = tar.readNBytes(Math.toIntExact(size));
        tar.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
        char type = (char) header[156];
        if (type == 'L') {
          longName = text(content, 0, content.length);
          continue;
        }
        if (type == 'x') {
          longName = paxPath(content).orElse(longName);
          continue;
        }
        String prefix = text(header, 345, 155);
        String name = text(header, 0, 100);
        String path =
            longName.isEmpty() ? (prefix.isEmpty() ? name : prefix + "/" + name) : longName;
        longName = "";
        if ((type == '0' || type == 0) && path.endsWith(".json")) {
          files.add(new TestFile(path.startsWith("./") ? path.substring(2) : path, content));
        }
      }
    }
    files.sort((a, b) -> a.path().compareTo(b.path()));
    return files;
  }

  private static Optional<String> paxPath(byte[] records) {
    return Arrays.stream(new String(records, StandardCharsets.UTF_8).split("\n"))
        .filter(line -> line.contains(" path="))
        .map(line -> line.substring(line.indexOf(" path=") + 6))
        .findFirst();
  }

  private static String text(byte[] bytes, int from, int length) {
    int end = from;
    while (end < from + length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, from, end - from, StandardCharsets.UTF_8);
  }
}
