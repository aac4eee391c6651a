package network.enigma.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import network.enigma.protocol.ErrorCode;
import network.enigma.testnet.TestAccount;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The command as processes of the operating system: ports, directories, signals, what is missing.
 */
class CommandLineTest {
  private static final long SECONDS = 240;
  private static final int SIGINT = 2;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<Process> started = new ArrayList<>();
  private Path directory;

  /** What a process left. */
  private record Ended(int exit, String out, String err) {
    JsonNode json() throws IOException {
      return JSON.readTree(out);
    }
  }

  private static List<String> java(Path home) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED",
        "-XX:-DontCompileHugeMethods",
        "-Denigma.home=" + home,
        "-cp",
        System.getProperty("java.class.path"),
        "network.enigma.cli.Main");
  }

  private ProcessBuilder command(Path home, String... arguments) {
    List<String> command = new ArrayList<>(java(home));
    command.addAll(List.of(arguments));
    return prepared(new ProcessBuilder(command));
  }

  private ProcessBuilder prepared(ProcessBuilder builder) {
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("ENIGMA_") || name.equals("ETH_RPC"));
    environment.put("ENIGMA_HOME", directory.resolve("user").toString());
    return builder.redirectError(directory.resolve("err").toFile());
  }

  private Process start(ProcessBuilder builder) throws IOException {
    Process process = builder.start();
    started.add(process);
    return process;
  }

  private Ended run(ProcessBuilder builder) throws IOException, InterruptedException {
    Process process = start(builder);
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), out, Files.readString(directory.resolve("err")));
  }

  @BeforeEach
  void use(@TempDir Path temporary) {
    directory = temporary;
  }

  @AfterEach
  void endWhatATestLeft() {
    for (Process process : started) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  /** Reads until a line contains the text. */
  private static String awaitLine(BufferedReader out, String text) throws IOException {
    String line = out.readLine();
    while (line != null && !line.contains(text)) {
      line = out.readLine();
    }
    assertThat(line).as("a line with '%s'", text).isNotNull();
    return String.valueOf(line);
  }

  private static void signal(Process process, String name)
      throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  /**
   * The signal of a terminal's Ctrl-C, or of `kill` where the shell has a background job ignore it.
   */
  private static String interrupt(Process process) throws IOException {
    long ignored =
        Files.readAllLines(Path.of("/proc", String.valueOf(process.pid()), "status")).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
            .findFirst()
            .orElseThrow();
    return (ignored & (1L << (SIGINT - 1))) == 0 ? "INT" : "TERM";
  }

  private static void assertEndsWithAllItStarted(Process process, String signal)
      throws IOException, InterruptedException {
    List<ProcessHandle> descendants = process.descendants().toList();
    assertThat(descendants).isNotEmpty();
    signal(process, signal);
    assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
    for (ProcessHandle each : descendants) {
      assertThat(each.onExit().orTimeout(SECONDS, TimeUnit.SECONDS).join().isAlive()).isFalse();
    }
  }

  private List<Path> publishedTestnets() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("user/testnets"))) {
      return files.toList();
    }
  }

  @Test
  void twoTestnetsRunAtTheSameTimeOnOneMachineAndTakenPortsGiveWay()
      throws IOException, InterruptedException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = String.valueOf(taken.getLocalPort());
      Process first = start(command(Network.home(), "testnet", "--port", port));
      BufferedReader out = first.inputReader();
      String chain = awaitLine(out, "  chain");
      awaitLine(out, "Ready in");

      Ended second =
          run(
              command(
                  Network.home(),
                  "testnet",
                  "--quiet",
                  "--port",
                  port,
                  "--run",
                  "printf '%s' \"$ETH_RPC\"; exit 7"));

      assertThat(second.exit()).as(second.err()).isEqualTo(7);
      URI secondChain = URI.create(second.out());
      assertThat(secondChain.getPort()).isNotEqualTo(taken.getLocalPort());
      assertThat(chain).doesNotContain(":" + port + " ").doesNotContain(second.out() + " ");
      assertThat(publishedTestnets()).hasSize(1);
      assertEndsWithAllItStarted(first, interrupt(first));
      assertThat(publishedTestnets()).isEmpty();
    }
  }

  @Test
  void endingATestnetEndsTheCommandThatRunsOnIt() throws IOException, InterruptedException {
    Process testnet =
        start(command(Network.home(), "testnet", "--run", "echo running; tail -f /dev/null"));
    awaitLine(testnet.inputReader(), "running");

    assertEndsWithAllItStarted(testnet, "TERM");
  }

  @Test
  @Tag("long")
  void aKeptTestnetIsResumedWithItsContracts() throws IOException, InterruptedException {
    Path script = directory.resolve("enigma");
    Files.writeString(
        script,
        "#!/bin/sh\nexec '%s' \"$@\"\n".formatted(String.join("' '", java(Network.home()))));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    String state = directory.resolve("net").toString();
    String token = Network.home().resolve("contracts/samples/SecretToken.sol").toString();
    String holder = TestAccount.all().getFirst().address().hex();

    Ended first =
        run(
            command(
                Network.home(),
                "testnet",
                "--quiet",
                "--state",
                state,
                "--run",
                "%s deploy %s 1234".formatted(script, token)));
    assertThat(first.exit()).as(first.err()).isZero();
    Ended second =
        run(
            command(
                Network.home(),
                "testnet",
                "--quiet",
                "--state",
                state,
                "--run",
                "%s query SecretToken balanceOf %s".formatted(script, holder)));

    assertThat(second.exit()).as(second.err()).isZero();
    assertThat(second.out()).contains("1234");
  }

  @Test
  void withoutAnvilTheCommandSaysWhatToInstall() throws IOException, InterruptedException {
    Path empty = Files.createDirectory(directory.resolve("empty"));

    Ended ended = run(command(empty, "testnet", "--port", "0", "--json"));

    assertThat(ended.exit()).as(ended.err()).isEqualTo(78);
    JsonNode error = ended.json().path("error");
    assertThat(error.path("code").asText()).isEqualTo(ErrorCode.ANVIL_MISSING.name());
    assertThat(error.path("remedy").asText()).isEqualTo(ErrorCode.ANVIL_MISSING.remedy());
    assertThat(publishedOrNone()).isFalse();
  }

  private boolean publishedOrNone() throws IOException {
    return Files.isDirectory(directory.resolve("user/testnets")) && !publishedTestnets().isEmpty();
  }

  @Test
  void withoutAFittingJdkTheLauncherSaysWhichOneToInstall()
      throws IOException, InterruptedException {
    Path old = directory.resolve("jvms/jdk-17");
    Files.createDirectories(old.resolve("bin"));
    Files.writeString(old.resolve("release"), "JAVA_VERSION=\"17.0.12\"\n");
    for (String tool : List.of("java", "javac")) {
      Path file = old.resolve("bin").resolve(tool);
      Files.writeString(file, "#!/bin/sh\necho 'openjdk version \"17.0.12\"' >&2\n");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }
    ProcessBuilder launcher =
        prepared(new ProcessBuilder(Network.home().resolve("enigma").toString(), "status"));
    launcher.environment().put("JAVA_HOME", old.toString());
    launcher.environment().put("ENIGMA_JVMS", directory.resolve("jvms").toString());
    launcher
        .environment()
        .merge("PATH", old.resolve("bin").toString(), (path, bin) -> bin + ":" + path);

    Ended ended = run(launcher);

    assertThat(ended.exit()).isEqualTo(78);
    assertThat(ended.err())
        .contains("JDK 25 or newer")
        .contains("Install one")
        .contains(old.toString())
        .contains("17.0.12");
  }

  @Test
  @Tag("long")
  void aRehearsalGoesThroughANetworkAndLeavesNothing() throws Exception {
    Path temporary = Files.createDirectory(directory.resolve("temporary"));
    ProcessBuilder rehearsal = command(Network.home(), "rehearse", "--tasks", "20");
    rehearsal.command().add(1, "-Djava.io.tmpdir=" + temporary);

    Ended ended = run(rehearsal);

    assertThat(ended.exit()).as(ended.err()).isZero();
    assertThat(ended.err()).contains("enigma demo millionaires");
    try (Stream<Path> left = Files.list(temporary)) {
      assertThat(left.map(Path::getFileName).map(Path::toString))
          .noneMatch(name -> name.startsWith("enigma"));
    }
  }
}
