package network.enigma.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The pages in a real browser: starts a testnet as a user would and runs the tests of {@code
 * web/browser-tests} on it. Pictures of every page and state are left in {@code target/screens},
 * what the tests printed in {@code target/browser-tests.log}.
 */
class BrowserTest {
  private static final long MINUTES = 30;
  private static final int SHOWN_LINES = 120;

  @Test
  void everyPageWorksAndAsksNobodyElse(@TempDir Path directory)
      throws IOException, InterruptedException {
    Path home = Network.home();
    List<String> java =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:-DontCompileHugeMethods",
            "-Denigma.home=" + home,
            "-cp",
            System.getProperty("java.class.path"),
            "network.enigma.cli.Main");
    Path command = directory.resolve("enigma");
    Files.writeString(command, "#!/bin/sh\nexec '%s' \"$@\"\n".formatted(String.join("' '", java)));
    Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwx------"));
    Path target = Files.createDirectories(home.resolve("acceptance/target"));
    Path log = target.resolve("browser-tests.log");

    List<String> testnet = new ArrayList<>(java);
    testnet.addAll(
        List.of(
            "testnet",
            "--quiet",
            "--run",
            // The explorer first: it wants to see a network in which nothing has happened.
            "for page in explorer dapp dev-server; do node '%s' run --root '%s' $page || exit; done"
                .formatted(
                    home.resolve("node_modules/vitest/vitest.mjs"),
                    home.resolve("web/browser-tests"))));
    ProcessBuilder builder = new ProcessBuilder(testnet);
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.startsWith("ENIGMA_") || name.equals("ETH_RPC"));
    builder.environment().put("ENIGMA_HOME", directory.resolve("user").toString());
    builder.environment().put("ENIGMA_COMMAND", command.toString());
    builder.environment().put("ENIGMA_SCREENS", target.resolve("screens").toString());
    builder.environment().put("NO_COLOR", "1");
    Process process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      assertThat(process.waitFor(MINUTES, TimeUnit.MINUTES)).as(end(log)).isTrue();
      assertThat(process.exitValue()).as(end(log)).isZero();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  /** The last lines that tests have printed. */
  static String end(Path log) throws IOException {
    List<String> lines = Files.readAllLines(log);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size()));
  }
}
