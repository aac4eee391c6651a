package network.enigma.runtime.evm;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The official cases that the machine is known not to pass, each for a reason given in the list.
 */
final class UnsupportedCases {
  private static final Set<String> NAMES = load();

  private UnsupportedCases() {}

  static boolean contains(String name) {
    return name.startsWith("EIPTests/StateTests/stEIP2537/") || NAMES.contains(name);
  }

  private static Set<String> load() {
    try (InputStream list =
        Objects.requireNonNull(
            UnsupportedCases.class.getResourceAsStream("/unsupported-state-tests.txt"))) {
      return new String(list.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .collect(Collectors.toSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
