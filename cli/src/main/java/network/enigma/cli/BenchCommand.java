package network.enigma.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import network.enigma.chain.EthereumRpc;
import network.enigma.cli.bench.EvmBench;
import network.enigma.cli.bench.GasBench;
import network.enigma.cli.bench.TasksBench;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Hex;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code enigma bench}: measurements. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measure Enigma on this machine.",
    subcommands = CommandLine.HelpCommand.class)
final class BenchCommand implements Runnable {
  private static final double READY_GOAL = 3.0;

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  @Command(
      name = "gas",
      mixinStandardHelpOptions = true,
      description =
          "What each operation of the contract costs in Ethereum gas, beside its goal. Takes about"
              + " a minute.")
  int gas() {
    Terminal terminal = EnigmaCommand.terminal(spec);
    List<GasBench.Row> rows = GasBench.run(terminal::progress);
    Map<String, Object> fields = new LinkedHashMap<>();
    terminal.line("%-28s %12s %12s".formatted("operation", "gas", "goal"));
    for (GasBench.Row row : rows) {
      String goal = row.goal().isPresent() ? "%,d".formatted(row.goal().getAsLong()) : "";
      terminal.line(
          "%-28s %,12d %12s  %s"
              .formatted(
                  row.name(),
                  row.gas(),
                  goal,
                  row.reached() ? terminal.green("reached") : terminal.yellow("short")));
      fields.put(row.name(), row.gas());
    }
    terminal.object(fields);
    return ExitCode.OK;
  }

  @Command(
      name = "tasks",
      mixinStandardHelpOptions = true,
      description =
          "Transfers of a secret ERC-20 on one worker: tasks a second, time to ANCHORED, all"
              + " settled; beside the same ERC-20 in the open. Starts a testnet in a process of its"
              + " own unless --rpc or ENIGMA_RPC names a network.")
  int tasks(
      @Mixin Connection connection,
      @Option(
              names = "--tasks",
              paramLabel = "N",
              defaultValue = "1000",
              description = "Transfers under load. Default: ${DEFAULT-VALUE}.")
          int tasks,
      @Option(
              names = "--in-flight",
              paramLabel = "N",
              defaultValue = "64",
              description = "Transfers at a time. Default: ${DEFAULT-VALUE}.")
          int inFlight) {
    Terminal terminal = EnigmaCommand.terminal(spec);
    if (connection.rpc == null && !EnigmaCommand.environment(spec).containsKey("ENIGMA_RPC")) {
      List<String> child = new ArrayList<>(command());
      // As the launcher starts all commands that are clients.
      child.add(1, "-XX:TieredStopAtLevel=1");
      child.addAll(List.of("bench", "tasks", "--tasks", "" + tasks, "--in-flight", "" + inFlight));
      if (terminal.json()) {
        child.add("--json");
      }
      List<String> testnet = new ArrayList<>(command());
      testnet.addAll(List.of("testnet", "--run", quoted(child)));
      return exitCode(new ProcessBuilder(testnet).inheritIO());
    }
    try (EthereumRpc rpc = new EthereumRpc(connection.ethereumUrl())) {
      Map<String, Object> result =
          new TasksBench(
                  account -> connection.connect(account, event -> {}),
                  connection::key,
                  rpc,
                  Duration.ofSeconds(connection.timeout),
                  terminal::progress)
              .run(tasks, inFlight);
      result.forEach(terminal::field);
      terminal.object(result);
    }
    return ExitCode.OK;
  }

  @Command(
      name = "evm",
      mixinStandardHelpOptions = true,
      description =
          "Our EVM runtime beside revm (inside anvil), the same code and calldata in one run. Takes"
              + " about a minute.")
  int evm(
      @Option(
              names = "--rounds",
              paramLabel = "N",
              defaultValue = "15",
              description = "Measured calls of each side. Default: ${DEFAULT-VALUE}.")
          int rounds,
      @Option(
              names = "--code",
              paramLabel = "FILE",
              description = "Measure this runtime code (hex) instead of the workloads.")
          @Nullable Path code,
      @Option(
              names = "--input",
              paramLabel = "HEX",
              defaultValue = "0x",
              description = "Calldata for --code.")
          String input) {
    Terminal terminal = EnigmaCommand.terminal(spec);
    EvmBench.Report report =
        code == null
            ? EvmBench.run(rounds, terminal::progress)
            : EvmBench.run(hex(code), hex(input), rounds, terminal::progress);
    Map<String, Object> workloads = new LinkedHashMap<>();
    terminal.line(
        "%-20s %10s %10s %7s %10s %12s %12s"
            .formatted("workload", "ours ms", "revm ms", "ratio", "cold ms", "allocated", "gas"));
    for (EvmBench.Row row : report.rows()) {
      terminal.line(
          "%-20s %10.3f %10.3f %7.2f %10.1f %,12d %,12d"
              .formatted(
                  row.name(),
                  row.ours(),
                  row.revm(),
                  row.ratio(),
                  row.cold(),
                  row.allocated(),
                  row.gas()));
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("ours", rounded(row.ours()));
      fields.put("revm", rounded(row.revm()));
      fields.put("ratio", rounded(row.ratio()));
      fields.put("coldFirstCallMillis", rounded(row.cold()));
      fields.put("allocatedBytes", row.allocated());
      fields.put("gas", row.gas());
      workloads.put(row.name(), fields);
    }
    if (code == null) {
      terminal.line("idle contract: %,d bytes beside its state".formatted(report.idleBytes()));
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("workloads", workloads);
    fields.put("idleContractBytes", report.idleBytes());
    terminal.object(fields);
    return ExitCode.OK;
  }

  private static byte[] hex(Path file) {
    try {
      return hex(Files.readString(file).strip());
    } catch (IOException e) {
      throw new EnigmaException(
          ErrorCode.INVALID_ARGUMENT, "cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private static byte[] hex(String text) {
    return Hex.decode(text.startsWith("0x") ? text : "0x" + text);
  }

  private static double rounded(double value) {
    return Math.round(value * 1_000) / 1_000.0;
  }

  @Command(
      name = "start",
      mixinStandardHelpOptions = true,
      description = "How long a testnet takes from the start of its process until it takes orders.")
  int start(
      @Option(
              names = "--times",
              paramLabel = "N",
              defaultValue = "3",
              description = "Starts; the median is reported. Default: ${DEFAULT-VALUE}.")
          int times) {
    Terminal terminal = EnigmaCommand.terminal(spec);
    List<Double> measured = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      measured.add(startOnce());
      terminal.progress("  ready in %.2f s".formatted(measured.getLast()));
    }
    double median = measured.stream().sorted().toList().get(measured.size() / 2);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("readySeconds", Math.round(median * 100) / 100.0);
    fields.put("goalSeconds", READY_GOAL);
    terminal.object(fields);
    terminal.line("readySeconds  %.2f  (goal %.1f)".formatted(median, READY_GOAL));
    return ExitCode.OK;
  }

  private static double startOnce() {
    List<String> testnet = new ArrayList<>(command());
    testnet.addAll(List.of("testnet", "--run", "true"));
    Instant begin = Instant.now();
    try {
      Process process = new ProcessBuilder(testnet).redirectErrorStream(true).start();
      process.getOutputStream().close();
      double ready = -1;
      List<String> said = new ArrayList<>();
      try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          said.add(line);
          if (line.startsWith("Ready in ")) {
            ready = Duration.between(begin, Instant.now()).toMillis() / 1_000.0;
          }
        }
      }
      if (process.waitFor() != 0 || ready < 0) {
        throw new EnigmaException(
            ErrorCode.INTERNAL, "a testnet did not start: " + String.join("; ", said));
      }
      return ready;
    } catch (IOException e) {
      throw new EnigmaException(ErrorCode.INTERNAL, "a testnet did not start", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EnigmaException(ErrorCode.TIMEOUT, "interrupted", e);
    }
  }

  /** This program in another process, with the same settings of the virtual machine. */
  private static List<String> command() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument ->
            argument.startsWith("-X")
                || argument.startsWith("--enable-native")
                || argument.startsWith("-Denigma.archive"))
        .filter(argument -> !argument.contains("FlightRecord"))
        .forEach(command::add);
    command.add("-Denigma.home=" + EnigmaCommand.home());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(Main.class.getName());
    return command;
  }

  private static String quoted(List<String> words) {
    List<String> quoted = new ArrayList<>();
    words.forEach(word -> quoted.add("'" + word.replace("'", "'\\''") + "'"));
    return String.join(" ", quoted);
  }

  private static int exitCode(ProcessBuilder process) {
    try {
      return process.start().waitFor();
    } catch (IOException e) {
      throw new EnigmaException(ErrorCode.INTERNAL, "the testnet does not start", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitCode.INTERNAL;
    }
  }
}
