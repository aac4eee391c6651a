package network.enigma.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import network.enigma.platform.hardware.HardwareSurvey;
import network.enigma.platform.hardware.HardwareSurvey.Finding;
import network.enigma.platform.hardware.HardwareSurvey.Stage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code enigma doctor}: what this machine can run, what it could do in hardware mode, and the next
 * step.
 */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = {
      "Look at this machine: is everything here that a testnet needs, and could it run enclaves in"
          + " hardware?",
      "",
      "Hardware is impossible (the processor has none), possible (firmware or kernel do not show"
          + " it), enabled (a program cannot use it yet) or usable.",
      "",
      "Exit code 0 when a testnet can run, 78 when something is missing."
    })
final class DoctorCommand implements Callable<Integer> {
  private static final int JAVA = 25;
  private static final int NODE = 20;
  private static final List<Integer> PORTS = List.of(8545, 3346, 8080);

  /** How a check came out; only MISSING keeps a testnet from running. */
  enum Verdict {
    OK,
    NOTE,
    MISSING
  }

  record Check(String name, Verdict verdict, String finding, String step) {}

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--root",
      hidden = true,
      description = "Root of the file system that is looked at.")
  Path root = Path.of("/");

  @Override
  public Integer call() {
    Terminal terminal = EnigmaCommand.terminal(spec);
    Path home = EnigmaCommand.home();
    List<Check> software = List.of(java(), node(), solidity(home), anvil(home), machine(), ports());
    HardwareSurvey survey = HardwareSurvey.of(root);
    List<Check> hardware = survey.findings().stream().map(DoctorCommand::check).toList();
    boolean ready = software.stream().noneMatch(check -> check.verdict() == Verdict.MISSING);
    boolean enclaves = survey.isUsable();
    String next =
        ready
            ? enclaves
                ? "./enigma testnet (simulated); this machine also has enclave hardware for a"
                    + " hardware-mode network"
                : "./enigma testnet (simulated enclaves; no enclave hardware is usable here)"
            : software.stream()
                .filter(check -> check.verdict() == Verdict.MISSING)
                .map(Check::step)
                .findFirst()
                .orElseThrow();
    if (terminal.json()) {
      Map<String, Object> answer = new LinkedHashMap<>();
      answer.put("testnet", ready);
      answer.put("hardware", enclaves);
      answer.put("checks", join(software, hardware));
      answer.put("next", next);
      terminal.object(answer);
    } else {
      terminal.line(terminal.bold("For a testnet (simulated enclaves)"));
      software.forEach(check -> show(terminal, check));
      terminal.line("");
      terminal.line(terminal.bold("For hardware mode (one of these)"));
      hardware.forEach(check -> show(terminal, check));
      terminal.line("");
      terminal.line("Next: " + next);
    }
    return ready ? ExitCode.OK : ExitCode.CONFIGURATION;
  }

  private static List<Check> join(List<Check> first, List<Check> second) {
    List<Check> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }

  private static void show(Terminal terminal, Check check) {
    String mark =
        switch (check.verdict()) {
          case OK -> terminal.green("ok     ");
          case NOTE -> terminal.yellow("note   ");
          case MISSING -> terminal.red("missing");
        };
    terminal.line("  %s  %-16s %s".formatted(mark, check.name(), check.finding()));
    if (!check.step().isEmpty()) {
      terminal.line("           %-16s %s".formatted("", terminal.dim(check.step())));
    }
  }

  private static Check java() {
    int version = Runtime.version().feature();
    return version >= JAVA
        ? new Check("Java", Verdict.OK, "JDK " + Runtime.version(), "")
        : new Check(
            "Java",
            Verdict.MISSING,
            "Java " + version,
            "Install a JDK " + JAVA + " or newer and set JAVA_HOME.");
  }

  private static Check node() {
    String version = run("node", "--version");
    Matcher major = Pattern.compile("v([0-9]+)\\..*").matcher(version);
    if (!major.matches()) {
      return new Check(
          "Node.js",
          Verdict.MISSING,
          "not on the PATH",
          "Install Node.js " + NODE + " or newer; it runs the Solidity compiler.");
    }
    return Integer.parseInt(major.group(1)) >= NODE
        ? new Check("Node.js", Verdict.OK, version, "")
        : new Check("Node.js", Verdict.MISSING, version, "Install Node.js " + NODE + " or newer.");
  }

  private static Check solidity(Path home) {
    Path manifest = home.resolve("node_modules/solc/package.json");
    try {
      return new Check(
          "Solidity",
          Verdict.OK,
          "solc " + new ObjectMapper().readTree(manifest.toFile()).path("version").asText(),
          "");
    } catch (IOException e) {
      return new Check(
          "Solidity", Verdict.MISSING, "no solc under " + home, "Run npm ci in " + home + ".");
    }
  }

  private static Check anvil(Path home) {
    Path packages = home.resolve("node_modules/@foundry-rs");
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    String platform =
        system.contains("mac") ? "darwin" : system.contains("win") ? "win32" : "linux";
    String processor = "aarch64".equals(System.getProperty("os.arch")) ? "arm64" : "amd64";
    Path executable = packages.resolve("anvil-" + platform + "-" + processor + "/bin/anvil");
    return Files.isExecutable(executable)
        ? new Check(
            "anvil",
            Verdict.OK,
            run(executable.toString(), "--version").lines().findFirst().orElse("present"),
            "")
        : new Check(
            "anvil", Verdict.MISSING, "not at " + executable, "Run npm ci in " + home + ".");
  }

  private static Check machine() {
    int processors = Runtime.getRuntime().availableProcessors();
    long mebibytes = memory() >> 20;
    String finding = processors + " processors, " + mebibytes + " MiB of memory";
    return processors >= 2 && mebibytes >= 2_000
        ? new Check("Machine", Verdict.OK, finding, "")
        : new Check(
            "Machine",
            Verdict.NOTE,
            finding,
            "A testnet wants 2 processors and 2 GiB; fewer workers (--workers 1) need less.");
  }

  private static long memory() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getTotalMemorySize()
        : Runtime.getRuntime().maxMemory();
  }

  private static Check ports() {
    List<Integer> taken = new ArrayList<>();
    for (int port : PORTS) {
      try (ServerSocket socket = new ServerSocket()) {
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      } catch (IOException e) {
        taken.add(port);
      }
    }
    return taken.isEmpty()
        ? new Check("Ports", Verdict.OK, PORTS + " are free", "")
        : new Check(
            "Ports",
            Verdict.NOTE,
            taken + " taken",
            "A testnet takes the next free ports and says which.");
  }

  private static Check check(Finding finding) {
    return new Check(
        finding.kind().label(),
        finding.stage() == Stage.USABLE ? Verdict.OK : Verdict.NOTE,
        finding.stage().name().toLowerCase(Locale.ROOT) + ": " + finding.detail(),
        finding.step());
  }

  private static String run(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0
          ? output.strip()
          : "";
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }
}
