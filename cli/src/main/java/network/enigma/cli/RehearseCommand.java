package network.enigma.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import network.enigma.chain.EthereumRpc;
import network.enigma.cli.bench.TasksBench;
import network.enigma.client.EnigmaClient;
import network.enigma.client.store.MemoryClientStore;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.testnet.Testnet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code enigma rehearse}: a network and its users in one process, for the launcher. The virtual
 * machine notes what is loaded and what becomes hot, so that later starts have it at hand; nothing
 * stays behind.
 */
@Command(
    name = "rehearse",
    mixinStandardHelpOptions = true,
    hidden = true,
    description =
        "Go once through what other commands do, for the archive of loaded classes that the"
            + " launcher makes after a build.")
final class RehearseCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int IN_FLIGHT = 32;
  private static final List<String> COMMANDS =
      List.of("help", "accounts", "workers", "status --json", "demo millionaires");

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--tasks",
      paramLabel = "N",
      defaultValue = "400",
      description = "Transfers under load. Default: ${DEFAULT-VALUE}.")
  int tasks;

  @Override
  public Integer call() {
    Terminal terminal = EnigmaCommand.terminal(spec);
    Path directory = temporary();
    try (Testnet testnet =
        Testnet.builder()
            .userDirectory(directory)
            .anyPorts()
            .progress(terminal::progress)
            .logs(LogFiles::open)
            .start()) {
      Map<String, String> environment =
          Map.of(
              "ENIGMA_HOME", directory.toString(),
              "ENIGMA_RPC", joined(testnet.nodeUrls()),
              "ETH_RPC", testnet.ethereumUrl().toString(),
              "ENIGMA_ADDRESS", testnet.enigma().checksummed(),
              "ENIGMA_ALLOW_SIMULATED", "1");
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
          EthereumRpc rpc = new EthereumRpc(testnet.ethereumUrl())) {
        // Side by side, since both mostly wait for blocks.
        Future<?> commands = threads.submit(() -> perform(terminal, environment));
        new TasksBench(
                account -> client(testnet, account),
                account -> testnet.accounts().get(account).key(),
                rpc,
                PATIENCE,
                terminal::progress)
            .secret(tasks, IN_FLIGHT);
        commands.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new EnigmaException(ErrorCode.TIMEOUT, "the rehearsal was interrupted", e);
      } catch (ExecutionException e) {
        throw e.getCause() instanceof EnigmaException failure
            ? failure
            : new EnigmaException(ErrorCode.INTERNAL, String.valueOf(e.getCause()), e);
      }
    } finally {
      delete(directory);
    }
    return ExitCode.OK;
  }

  /** Runs commands of this program; what they print is seen by nobody. */
  private static void perform(Terminal terminal, Map<String, String> environment) {
    PrintWriter nobody = new PrintWriter(Writer.nullWriter());
    for (String line : COMMANDS) {
      terminal.progress("enigma " + line);
      int exit = EnigmaCommand.run(environment, false, nobody, nobody, line.split(" ", -1));
      if (exit != ExitCode.OK) {
        throw new EnigmaException(
            ErrorCode.INTERNAL, "enigma %s ended with %d".formatted(line, exit));
      }
    }
  }

  private static EnigmaClient client(Testnet testnet, int account) {
    return EnigmaClient.builder()
        .ethereum(testnet.ethereumUrl())
        .nodes(testnet.nodeUrls())
        .enigma(testnet.enigma())
        .account(testnet.accounts().get(account).key())
        .allowSimulated(true)
        .store(new MemoryClientStore())
        .home(EnigmaCommand.home())
        .patience(PATIENCE)
        .keyPatience(PATIENCE)
        .listener(event -> {})
        .build();
  }

  private static String joined(List<URI> urls) {
    return urls.stream().map(URI::toString).collect(Collectors.joining(","));
  }

  private static Path temporary() {
    try {
      return Files.createTempDirectory("enigma-rehearsal");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
