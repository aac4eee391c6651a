package network.enigma.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import network.enigma.protocol.EnigmaException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The root command: options every command understands, and the one place where failures become exit
 * codes.
 */
@Command(
    name = "enigma",
    mixinStandardHelpOptions = true,
    versionProvider = EnigmaCommand.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    header =
        "Run and use Enigma, a network for contracts whose inputs, state and results stay secret.",
    description = {
      "",
      "Start with @|bold enigma testnet|@, then in another terminal @|bold enigma demo"
          + " millionaires|@."
    },
    footerHeading = "%nExit codes:%n",
    footer = {
      "  0   done",
      "  1   a fault in Enigma itself",
      "  2   the command line was not understood",
      "  3   the input was refused, or the contract reverted",
      "  4   Ethereum, a node or the network did not answer as it should",
      "  5   an enclave or its evidence was refused",
      "  78  this machine or directory is not fit; the message says what to do",
      "",
      "enigma explain CODE explains any error."
    })
public final class EnigmaCommand implements Runnable {
  /** What there is beside it, in the order of the help text. */
  private static final List<Class<?>> COMMANDS =
      List.of(
          TestnetCommand.class,
          DemoCommand.class,
          InitCommand.class,
          BenchCommand.class,
          RehearseCommand.class,
          AccountsCommand.class,
          FaucetCommand.class,
          DepositCommand.class,
          WithdrawCommand.class,
          DeployCommand.class,
          CallCommand.class,
          CallableCommand.class,
          QueryCommand.class,
          StorageCommand.class,
          ContractCommand.class,
          UpgradeCommand.class,
          TaskCommand.class,
          WorkersCommand.class,
          VerifyCommand.class,
          EvidenceCommand.class,
          EpochCommand.class,
          StatusCommand.class,
          ExplainCommand.class,
          DoctorCommand.class,
          CompletionsCommand.class,
          CommandLine.HelpCommand.class);

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--json",
      scope = ScopeType.INHERIT,
      description = "Answer with one JSON object on standard output.")
  boolean json;

  @Option(
      names = {"-q", "--quiet"},
      scope = ScopeType.INHERIT,
      description = "No progress lines.")
  boolean quiet;

  @Option(
      names = "--no-color",
      scope = ScopeType.INHERIT,
      description = "No colours; NO_COLOR in the environment does the same.")
  boolean noColor;

  private final Map<String, String> environment;
  private final boolean interactive;

  EnigmaCommand(Map<String, String> environment, boolean interactive) {
    this.environment = Map.copyOf(environment);
    this.interactive = interactive;
  }

  /** Runs one command line and returns its exit code. */
  public static int run(
      Map<String, String> environment,
      boolean interactive,
      PrintWriter out,
      PrintWriter err,
      String... arguments) {
    CommandLine line = commandLine(environment, interactive, arguments);
    line.setOut(out);
    line.setErr(err);
    return line.execute(arguments);
  }

  /**
   * The command line for some arguments. Where the first names a command that does not speak of the
   * others, only that one is there: to read what all of them offer takes longer than many a command
   * runs.
   */
  static CommandLine commandLine(
      Map<String, String> environment, boolean interactive, String... arguments) {
    CommandLine line = new CommandLine(new EnigmaCommand(environment, interactive));
    String first = arguments.length == 0 ? "" : arguments[0];
    List<Class<?>> named =
        COMMANDS.stream()
            .filter(command ->
                command != CommandLine.HelpCommand.class && command != CompletionsCommand.class)
            .filter(command -> command.getAnnotation(Command.class).name().equals(first))
            .toList();
    (named.isEmpty() ? COMMANDS : named).forEach(line::addSubcommand);
    boolean color = interactive && !environment.containsKey("NO_COLOR");
    line.setColorScheme(
        CommandLine.Help.defaultColorScheme(
            color ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF));
    line.setUsageHelpWidth(100);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler(
        (exception, failed, result) -> root(failed).explain(exception));
    line.setParameterExceptionHandler(EnigmaCommand::misunderstood);
    return line;
  }

  static EnigmaCommand root(CommandLine line) {
    return (EnigmaCommand) line.getCommandSpec().root().userObject();
  }

  static Terminal terminal(CommandSpec spec) {
    return root(spec.commandLine()).terminal();
  }

  static Map<String, String> environment(CommandSpec spec) {
    return root(spec.commandLine()).environment;
  }

  /** The directory of the installation: node packages, contracts. */
  static Path home() {
    String home = System.getProperty("enigma.home");
    if (home != null) {
      return Path.of(home);
    }
    Path here = Path.of("").toAbsolutePath();
    for (Path place = here; place != null; place = place.getParent()) {
      if (place.resolve("package.json").toFile().isFile()
          && place.resolve("contracts").toFile().isDirectory()) {
        return place;
      }
    }
    return here;
  }

  Terminal terminal() {
    CommandLine line = spec.commandLine();
    return new Terminal(
        line.getOut(),
        line.getErr(),
        json,
        interactive && !noColor && !environment.containsKey("NO_COLOR"),
        quiet || json);
  }

  private int explain(Exception exception) {
    Terminal terminal = terminal();
    if (exception instanceof EnigmaException failure) {
      String message = String.valueOf(failure.getMessage());
      Map<String, Object> error = new LinkedHashMap<>();
      error.put("code", failure.code().name());
      error.put("kind", failure.code().kind().name());
      error.put("message", message);
      error.put("remedy", failure.code().remedy());
      terminal.object(Map.of("error", error));
      if (!json) {
        terminal.error(message);
        terminal.progress(
            "%s: %s  (enigma explain %s)"
                .formatted(failure.code().name(), failure.code().remedy(), failure.code().name()));
      }
      return ExitCode.of(failure.code());
    }
    terminal.object(
        Map.of(
            "error",
            Map.of("code", "INTERNAL", "kind", "INTERNAL", "message", String.valueOf(exception))));
    terminal.error("a fault in Enigma itself: " + exception);
    if (environment.containsKey("ENIGMA_TRACE")) {
      exception.printStackTrace(spec.commandLine().getErr());
    } else {
      terminal.progress("Set ENIGMA_TRACE=1 to see where it happened.");
    }
    return ExitCode.INTERNAL;
  }

  private static int misunderstood(ParameterException exception, String[] arguments) {
    CommandLine line = exception.getCommandLine();
    PrintWriter err = line.getErr();
    err.println("error: " + exception.getMessage());
    if (!UnmatchedArgumentException.printSuggestions(exception, err)) {
      err.println("Try " + line.getCommandSpec().qualifiedName() + " --help");
    }
    err.flush();
    return ExitCode.USAGE;
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** The version the build wrote into the jar. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = EnigmaCommand.class.getPackage().getImplementationVersion();
      return new String[] {"enigma " + (version == null ? "development build" : version)};
    }
  }
}
