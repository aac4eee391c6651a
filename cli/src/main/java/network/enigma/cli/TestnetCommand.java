package network.enigma.cli;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import network.enigma.client.Eng;
import network.enigma.node.schedule.Renewals;
import network.enigma.platform.hardware.HardwareSurvey;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.testnet.TestAccount;
import network.enigma.testnet.Testnet;
import network.enigma.testnet.TestnetRecord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code enigma testnet}: a whole network on this machine, until Ctrl-C. */
@Command(
    name = "testnet",
    mixinStandardHelpOptions = true,
    description = {
      "Start a whole network on this machine: Ethereum, contracts, three key managers, workers."
          + " Ctrl-C ends it and leaves nothing behind.",
      "",
      "  enigma testnet",
      "  enigma testnet --run \"enigma demo millionaires\"",
      "  enigma testnet --state ./net        keeps the network in a directory and resumes it"
    })
final class TestnetCommand implements Callable<Integer> {
  private static final long CHILD_GRACE_SECONDS = 10;
  private static final int SHOWN_COMMAND = 100;

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--workers",
      paramLabel = "N",
      defaultValue = "3",
      description = "Workers. Default: ${DEFAULT-VALUE}.")
  int workers;

  @Option(
      names = "--block-time",
      paramLabel = "SECONDS",
      defaultValue = "1",
      description = "Seconds between blocks. Default: ${DEFAULT-VALUE}.")
  int blockTime;

  @Option(
      names = "--epoch-blocks",
      paramLabel = "N",
      defaultValue = "100",
      description = "Least length of an epoch. Default: ${DEFAULT-VALUE}.")
  int epochBlocks;

  @Option(
      names = "--finality-blocks",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Blocks behind the newest that count as final, as on a chain that may take blocks back."
              + " Default: ${DEFAULT-VALUE}.")
  int finalityBlocks;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = "Keep the network in this directory, and resume the one that is there.")
  @Nullable Path state;

  @Option(names = "--reset", description = "Forget what is in the --state directory first.")
  boolean reset;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description =
          "Ethereum's port (default 8545; nodes from 3346, explorer 8080; taken ports give way to"
              + " the next free); 0 takes free ports for all.")
  @Nullable Integer port;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      defaultValue = "simulation",
      description =
          "simulation or hardware. Hardware never gives way to simulation: without it nothing"
              + " starts. Default: ${DEFAULT-VALUE}.")
  String mode = "simulation";

  @Option(
      names = "--renewals",
      paramLabel = "WHICH",
      defaultValue = "never",
      description =
          "Realms that workers renew when their tenure is over: never, worthwhile (the owner pays,"
              + " or it earned the fee), always. Default: ${DEFAULT-VALUE}.")
  Renewals renewals = Renewals.NEVER;

  @Option(names = "--processes", description = "Run each enclave as a process of its own.")
  boolean processes;

  @Option(
      names = "--run",
      paramLabel = "COMMAND",
      description =
          "Run a shell command on the network, on free ports, and return its exit code. It finds"
              + " ENIGMA_RPC, ETH_RPC, ENIGMA_EXPLORER, ENIGMA_ADDRESS, ENIGMA_TOKEN and"
              + " ENIGMA_ACCOUNTS.")
  @Nullable String run;

  @Override
  public Integer call() {
    Terminal terminal = EnigmaCommand.terminal(spec);
    requireSimulation(mode);
    Path userDirectory = Connection.userDirectory(EnigmaCommand.environment(spec));
    boolean anyPorts = run != null ? port == null || port == 0 : port != null && port == 0;
    Testnet.Builder builder =
        Testnet.builder()
            .userDirectory(userDirectory)
            .workers(workers)
            .blockTime(Duration.ofSeconds(blockTime))
            .epochBlocks(epochBlocks)
            .finalityBlocks(finalityBlocks)
            .processes(processes)
            .renewals(renewals)
            .reset(reset)
            .progress(terminal::progress)
            .logs(LogFiles::open);
    if (state != null) {
      builder.state(state);
    }
    if (anyPorts) {
      builder.anyPorts();
    } else if (port != null) {
      builder.chainPort(port);
    }
    CountDownLatch stop = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    Thread hook = Thread.ofPlatform().unstarted(() -> stopAndWait(stop, stopped));
    Runtime.getRuntime().addShutdownHook(hook);
    try (Testnet testnet = builder.start()) {
      if (run != null) {
        return runCommand(terminal, testnet, run, stop);
      }
      banner(terminal, testnet);
      stop.await();
      terminal.progress("Stopping…");
      return ExitCode.OK;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitCode.OK;
    } finally {
      stopped.countDown();
    }
  }

  /** A test network is simulated; asked for hardware, it says what is missing here. */
  private static void requireSimulation(String mode) {
    switch (mode) {
      case "simulation" -> {}
      case "hardware" -> {
        HardwareSurvey.of(Path.of("/")).requireUsable();
        throw new EnigmaException(
            ErrorCode.HARDWARE_MISSING,
            "this machine has enclave hardware, but a test network's chain has no light client,"
                + " which hardware mode requires. Next: start the enclaves by deploy/");
      }
      default ->
          throw new EnigmaException(
              ErrorCode.INVALID_CONFIGURATION, "--mode is simulation or hardware, not " + mode);
    }
  }

  /** On SIGINT or SIGTERM: lets the command's thread close the network before the process ends. */
  private static void stopAndWait(CountDownLatch stop, CountDownLatch stopped) {
    stop.countDown();
    try {
      if (!stopped.await(60, TimeUnit.SECONDS)) {
        Runtime.getRuntime().halt(ExitCode.INTERNAL);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static int runCommand(
      Terminal terminal, Testnet testnet, String command, CountDownLatch stop) {
    terminal.progress(
        "Ready in " + seconds(testnet.readyAfter()) + " s; running: " + shortened(command));
    ProcessBuilder shell = new ProcessBuilder("/bin/sh", "-c", command).inheritIO();
    Map<String, String> environment = shell.environment();
    environment.put(
        "ENIGMA_RPC",
        testnet.nodeUrls().stream().map(URI::toString).collect(Collectors.joining(",")));
    environment.put("ETH_RPC", testnet.ethereumUrl().toString());
    environment.put("ENIGMA_EXPLORER", testnet.pageUrl().toString());
    environment.put("ENIGMA_ADDRESS", testnet.enigma().checksummed());
    environment.put("ENIGMA_TOKEN", testnet.token().checksummed());
    environment.put(
        "ENIGMA_ACCOUNTS",
        testnet.accounts().stream().map(TestAccount::privateKey).collect(Collectors.joining(",")));
    environment.put("ENIGMA_ALLOW_SIMULATED", "1");
    environment.merge("PATH", EnigmaCommand.home().toString(), (path, home) -> path + ":" + home);
    try {
      Process process = shell.start();
      Thread.ofVirtual().start(() -> endWhenStopped(stop, process));
      return process.waitFor();
    } catch (IOException e) {
      throw new EnigmaException(
          ErrorCode.INVALID_ARGUMENT, "cannot run '%s': %s".formatted(command, e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitCode.INTERNAL;
    }
  }

  private static void endWhenStopped(CountDownLatch stop, Process process) {
    try {
      stop.await();
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
      if (!process.waitFor(CHILD_GRACE_SECONDS, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void banner(Terminal terminal, Testnet testnet) {
    terminal.line(terminal.bold("Enigma testnet"));
    terminal.line(
        terminal.yellow(
            "  SIMULATED enclaves: nothing here is secret from this machine. For development"
                + " only."));
    terminal.line("");
    terminal.line(
        "  Accounts, each with %s ENG and %s ENG deposited; mnemonic: %s"
            .formatted(
                Eng.text(Testnet.ACCOUNT_TOKENS),
                Eng.text(Testnet.ACCOUNT_DEPOSIT),
                TestAccount.MNEMONIC));
    for (TestAccount account : testnet.accounts()) {
      terminal.line(
          "  %2d  %s  %s"
              .formatted(account.index(), account.address().checksummed(), account.privateKey()));
    }
    terminal.line("");
    terminal.field("Enigma", testnet.enigma().checksummed());
    terminal.field("ENG token", testnet.token().checksummed());
    terminal.field("forwarder", testnet.forwarder().checksummed());
    terminal.field("chain", testnet.ethereumUrl() + "  (chain " + testnet.chainId() + ")");
    for (int i = 0; i < testnet.nodeUrls().size(); i++) {
      terminal.field("node " + (i + 1), testnet.nodeUrls().get(i));
    }
    terminal.field("explorer", testnet.pageUrl());
    terminal.field("sample dApp", testnet.pageUrl().resolve("/dapp/"));
    terminal.field("state", testnet.state());
    terminal.line("");
    terminal.line("  Next, in another terminal:  " + terminal.bold("./enigma demo millionaires"));
    terminal.object(testnet.description());
    terminal.line("");
    terminal.line(terminal.green("Ready in " + seconds(testnet.readyAfter()) + " s"));
  }

  private static String shortened(String command) {
    return command.length() <= SHOWN_COMMAND ? command : command.substring(0, SHOWN_COMMAND) + "…";
  }

  private static String seconds(Duration duration) {
    return "%.1f".formatted(duration.toMillis() / 1_000.0);
  }

  /** The parts of a testnet that keep a log. */
  enum Part {
    chain,
    enclave,
    host
  }

  @Command(
      name = "logs",
      mixinStandardHelpOptions = true,
      description = "Show a log of the running testnet: chain, enclave or host.")
  int logs(
      @Parameters(
              arity = "0..1",
              paramLabel = "PART",
              defaultValue = "host",
              description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
          Part part,
      @Option(
              names = {"-f", "--follow"},
              description = "Go on as it grows, until Ctrl-C.")
          boolean follow) {
    Path userDirectory = Connection.userDirectory(EnigmaCommand.environment(spec));
    TestnetRecord testnet =
        TestnetRecord.latest(userDirectory)
            .orElseThrow(() ->
                new EnigmaException(ErrorCode.NO_TESTNET, "no testnet of this user is running"));
    Path file = testnet.state().resolve("logs").resolve(part + ".log");
    if (!Files.exists(file)) {
      throw new EnigmaException(ErrorCode.FILE_NOT_READABLE, "there is no log " + file);
    }
    try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
      do {
        String line = log.readLine();
        while (line != null) {
          spec.commandLine()
              .getOut()
              .println(
                  new String(line.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
          line = log.readLine();
        }
        spec.commandLine().getOut().flush();
        if (follow) {
          LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
        }
      } while (follow && !Thread.currentThread().isInterrupted());
    } catch (IOException e) {
      throw new EnigmaException(ErrorCode.FILE_NOT_READABLE, "cannot read " + file, e);
    }
    return ExitCode.OK;
  }
}
