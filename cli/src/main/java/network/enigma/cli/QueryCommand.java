package network.enigma.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import network.enigma.client.EnigmaClient;
import network.enigma.client.QueryResult;
import network.enigma.client.SecretContract;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code enigma query}: asks a contract without a task. */
@Command(
    name = "query",
    mixinStandardHelpOptions = true,
    description = {
      "Ask a secret contract; free of charge, nothing is written. The contract sees the account as"
          + " msg.sender, proved by a permit.",
      "",
      "  enigma query Box value",
      "  enigma query Box value --trace     on a development network: also what it does, step by"
          + " step"
    })
final class QueryCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin Connection connection = new Connection();
  @Mixin CallParameters query = new CallParameters();

  @Option(names = "--anonymous", description = "Ask in nobody's name: msg.sender is zero.")
  boolean anonymous;

  @Option(
      names = "--trace",
      description = "Show what the query does, step by step. Development networks only.")
  boolean trace;

  @Override
  public Integer call() {
    Terminal terminal = EnigmaCommand.terminal(spec);
    try (EnigmaClient client = connection.connect()) {
      SecretContract handle = connection.contract(client, query.contract.name);
      String function = query.function;
      Object[] values = query.arguments.toArray();
      if (trace) {
        TraceReport traced =
            new TraceReport(
                handle.traceQuery(anonymous, function, values), handle, client.contracts());
        traced.show(terminal);
        return traced.end(terminal);
      }
      QueryResult result =
          anonymous ? handle.queryAnonymously(function, values) : handle.query(function, values);
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("values", Values.json(result.values()));
      fields.put("sequence", result.sequence());
      if (!result.console().isEmpty()) {
        fields.put("console", result.console());
      }
      terminal.object(fields);
      TaskReport.showConsole(terminal, result.console());
      terminal.line(Values.text(result.values()));
      terminal.progress("  state after task " + result.sequence());
      return ExitCode.OK;
    }
  }
}
