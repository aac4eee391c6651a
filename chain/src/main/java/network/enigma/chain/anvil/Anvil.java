package network.enigma.chain.anvil;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.crypto.SigningKey;

/**
 * A running anvil. It ends when it is closed and when this JVM ends, in whatever way; a Ctrl-C in
 * the terminal reaches only the JVM, which then closes it in its own order.
 */
public final class Anvil implements AutoCloseable {
  private static final Pattern LISTENING = Pattern.compile("Listening on (\\S+):(\\d+)");
  private static final long START_SECONDS = 120;
  private static final long STOP_SECONDS = 120;
  private static final int KEPT_LINES = 20;

  /**
   * The private keys of the accounts that every anvil funds. They are public: for development only.
   */
  private static final List<String> DEVELOPMENT_KEYS =
      List.of(
          "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
          "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
          "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a",
          "0x7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6",
          "0x47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a",
          "0x8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba",
          "0x92db14e403b83dfe3df233f83dfa3a0d7096f21ca9b0d6d6b8d88b2b4ec1564e",
          "0x4bbbf85ce3377467afe5d46f804f221813b2bb87f24d81f60f1fcdbf7cbf4356",
          "0xdbda1821b80551c9d65939329250298aa3472ba22feea921c0cf5d620ea67b97",
          "0x2a871d0798f97d79848a013d4936a73bf4cc922c825d33c1cf7073dff6d409c6");

  /**
   * The shell that stands between this JVM and anvil: in a process group of its own anvil does not
   * see the terminal's signals, and when the JVM's end of the pipe closes, even by SIGKILL, the
   * shell ends it.
   */
  private static final String GUARD =
      """
      trap '' INT HUP
      exec 3<&0
      set -m
      "$@" </dev/null 3<&- &
      child=$!
      ( cat <&3 >/dev/null 2>&1; kill "$child" 2>/dev/null ) >/dev/null 2>&1 &
      exec 3<&-
      wait "$child"
      """;

  private final Process process;
  private final URI url;

  private Anvil(Process process, URI url) {
    this.process = process;
    this.url = url;
  }

  /** An anvil with the standard options. */
  public static Anvil start() {
    return start(AnvilOptions.standard());
  }

  /** An anvil whose output nobody reads. */
  public static Anvil start(AnvilOptions options) {
    return start(options, line -> {});
  }

  /**
   * Starts anvil and returns once it answers.
   *
   * @param log receives its output line by line
   * @throws EnigmaException {@link ErrorCode#ANVIL_MISSING} when it is not installed, {@link
   *     ErrorCode#PORT_IN_USE} when the port is taken, {@link ErrorCode#CHAIN_UNREACHABLE} when it
   *     does not start
   */
  public static Anvil start(AnvilOptions options, Consumer<String> log) {
    Path executable = executable();
    Process process;
    try {
      process = new ProcessBuilder(command(executable, options)).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new EnigmaException(
          ErrorCode.CHAIN_UNREACHABLE, "anvil cannot be started: " + e.getMessage(), e);
    }
    CompletableFuture<URI> listening = new CompletableFuture<>();
    // Not a virtual one: a read of a pipe holds the processor that virtual threads share.
    Thread.ofPlatform()
        .daemon()
        .name("anvil-output")
        .start(() -> readOutput(process, listening, log));
    try {
      return new Anvil(process, listening.get(START_SECONDS, TimeUnit.SECONDS));
    } catch (ExecutionException e) {
      stop(process);
      throw e.getCause() instanceof EnigmaException known
          ? known
          : new EnigmaException(ErrorCode.CHAIN_UNREACHABLE, "anvil did not start", e);
    } catch (TimeoutException e) {
      stop(process);
      throw new EnigmaException(
          ErrorCode.CHAIN_UNREACHABLE, "anvil did not start in " + START_SECONDS + " s", e);
    } catch (InterruptedException e) {
      stop(process);
      Thread.currentThread().interrupt();
      throw new EnigmaException(
          ErrorCode.CHAIN_UNREACHABLE, "the start of anvil was interrupted", e);
    }
  }

  /** Where anvil serves JSON-RPC over HTTP; over WebSocket it is the same with {@code ws}. */
  public URI url() {
    return url;
  }

  public int port() {
    return url.getPort();
  }

  /** Whether it still runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** The key of a funded account, by its number from 0 to 9. */
  public static SigningKey developmentKey(int number) {
    return SigningKey.fromHex(DEVELOPMENT_KEYS.get(number));
  }

  /** The number of {@link #developmentKey development keys}. */
  public static int developmentKeys() {
    return DEVELOPMENT_KEYS.size();
  }

  /**
   * Ends anvil, which saves its state where it was started with a state file, and waits for its
   * end.
   */
  @Override
  public void close() {
    stop(process);
  }

  // -------------------------------------------------------------------------------------- finding

  /**
   * The executable in the project's Node packages: below the folder that the system property {@code
   * enigma.home} names, or below the working directory or one of its parents.
   *
   * @throws EnigmaException {@link ErrorCode#ANVIL_MISSING} when it is not there
   */
  public static Path executable() {
    String home = System.getProperty("enigma.home");
    Path start = Path.of(home == null ? "" : home).toAbsolutePath();
    String name = "anvil-" + platform();
    for (Path folder = start; folder != null; folder = home == null ? folder.getParent() : null) {
      Path packages = folder.resolve("node_modules/@foundry-rs").resolve(name).resolve("bin");
      for (String file : List.of("anvil", "anvil.exe")) {
        Path candidate = packages.resolve(file);
        if (Files.isExecutable(candidate)) {
          return candidate;
        }
      }
    }
    throw new EnigmaException(
        ErrorCode.ANVIL_MISSING,
        "no node_modules/@foundry-rs/" + name + " in " + start + (home == null ? " or above" : ""));
  }

  private static String platform() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String processor = System.getProperty("os.arch");
    String os =
        system.startsWith("mac") ? "darwin" : system.startsWith("windows") ? "win32" : "linux";
    return os + (processor.equals("aarch64") ? "-arm64" : "-amd64");
  }

  private static List<String> command(Path executable, AnvilOptions options) {
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(Path.of("/bin/sh"))) {
      command.addAll(List.of("/bin/sh", "-c", GUARD, "anvil"));
    }
    command.add(executable.toString());
    command.addAll(options.arguments());
    return command;
  }

  // -------------------------------------------------------------------------------------- process

  private static void readOutput(
      Process process, CompletableFuture<URI> listening, Consumer<String> log) {
    List<String> last = new ArrayList<>();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        log.accept(line);
        if (!listening.isDone()) {
          Matcher matcher = LISTENING.matcher(line);
          if (matcher.find()) {
            listening.complete(URI.create("http://" + matcher.group(1) + ":" + matcher.group(2)));
          }
          last.add(line);
          if (last.size() > KEPT_LINES) {
            last.removeFirst();
          }
        }
      }
    } catch (IOException e) {
      last.add(String.valueOf(e.getMessage()));
    }
    if (!listening.isDone()) {
      String output = String.join("\n", last).strip();
      boolean taken =
          output.contains("Address already in use") || output.contains("address already in use");
      listening.completeExceptionally(
          new EnigmaException(
              taken ? ErrorCode.PORT_IN_USE : ErrorCode.CHAIN_UNREACHABLE,
              "anvil did not start: " + output));
    }
  }

  private static void stop(Process process) {
    // The executable itself is ended by the shell, which sees the pipe close.
    List<ProcessHandle> descendants = process.descendants().toList();
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // The shell is gone; so is the pipe.
    }
    if (!Files.isExecutable(Path.of("/bin/sh"))) {
      process.destroy();
    }
    boolean interrupted = false;
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    for (ProcessHandle descendant : descendants) {
      Optional<ProcessHandle> running = Optional.of(descendant).filter(ProcessHandle::isAlive);
      running.ifPresent(ProcessHandle::destroyForcibly);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
