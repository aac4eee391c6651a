package network.enigma.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import network.enigma.cli.bench.GasBench;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code enigma bench}: measurements. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measure Enigma on this machine.",
    subcommands = CommandLine.HelpCommand.class)
final class BenchCommand implements Runnable {
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
}
