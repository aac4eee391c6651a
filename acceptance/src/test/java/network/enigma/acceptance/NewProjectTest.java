package network.enigma.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code enigma init} writes, in an empty folder and with nothing but the package registry:
 * its packages install, its page builds, and its tests pass on a testnet they start themselves.
 */
@Tag("long")
class NewProjectTest {
  private static final long MOST_MINUTES = 8;

  private final List<Process> started = new ArrayList<>();

  @TempDir Path directory = Path.of("");

  @AfterEach
  void endWhatIsLeft() {
    for (Process process : started) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  @Test
  void aNewProjectInstallsBuildsAndPassesItsOwnTests() throws IOException, InterruptedException {
    Path command = launcher();
    run(directory, command.toString(), "init", "my-dapp");
    Path project = directory.resolve("my-dapp");
    // This installation's launcher would build first; what is on the class path is what is tested.
    Path settings = project.resolve("enigma.toml");
    Files.writeString(
        settings,
        Files.readString(settings)
            .replaceFirst("command = .*", "command = \"" + command.toString() + "\""));

    thenEditorsFindEveryImport(project);
    run(project, "npm", "install", "--no-audit", "--no-fund", "--loglevel=error");
    run(project, "npm", "run", "build");
    String tests = run(project, "npm", "test");

    assertThat(project.resolve("dist/index.html")).isNotEmptyFile();
    assertThat(tests).contains("contract.test.ts").contains("page.test.tsx").contains("passed");
  }

  /** What editors and forge make of an import: the remapping that it begins with, and a file. */
  private static void thenEditorsFindEveryImport(Path project) throws IOException {
    Map<String, String> remappings =
        Files.readAllLines(project.resolve("remappings.txt")).stream()
            .map(line -> line.split("=", 2))
            .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1]));
    String contract = Files.readString(project.resolve("contracts/Millionaires.sol"));
    List<String> imports =
        Pattern.compile("(?m)^import .*\"([^\"]+)\";")
            .matcher(contract)
            .results()
            .map(match -> match.group(1))
            .toList();
    assertThat(imports).contains("enigma/Secret.sol");
    for (String each : imports) {
      String prefix = each.substring(0, each.indexOf('/') + 1);
      assertThat(remappings).containsKey(prefix);
      assertThat(project.resolve(remappings.get(prefix) + each.substring(prefix.length())))
          .isRegularFile();
    }
    assertThat(project.resolve("foundry.toml")).content().contains("enigma/=vendor/enigma/");
    assertThat(project.resolve(".vscode/settings.json"))
        .content()
        .contains("enigma/=vendor/enigma/");
  }

  private Path launcher() throws IOException {
    List<String> java =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:-DontCompileHugeMethods",
            "-Denigma.home=" + Network.home(),
            "-cp",
            System.getProperty("java.class.path"),
            "network.enigma.cli.Main");
    Path command = directory.resolve("enigma");
    Files.writeString(command, "#!/bin/sh\nexec '%s' \"$@\"\n".formatted(String.join("' '", java)));
    return Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwx------"));
  }

  /** Runs a command to its end, which must be a success, and returns what it printed. */
  private String run(Path place, String... command) throws IOException, InterruptedException {
    Path output = Files.createTempFile(directory, "output", ".log");
    ProcessBuilder builder = new ProcessBuilder(command).directory(place.toFile());
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.startsWith("ENIGMA_") || name.equals("ETH_RPC"));
    builder.environment().put("ENIGMA_HOME", directory.resolve("user").toString());
    builder.environment().put("NO_COLOR", "1");
    Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    started.add(process);
    boolean ended = process.waitFor(MOST_MINUTES, TimeUnit.MINUTES);
    String printed = Files.readString(output, StandardCharsets.UTF_8);

    assertThat(ended).as(printed).isTrue();
    assertThat(process.exitValue()).as("%s: %s", String.join(" ", command), printed).isZero();
    return printed;
  }
}
