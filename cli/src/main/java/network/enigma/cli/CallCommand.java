package network.enigma.cli;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import network.enigma.client.CallOptions;
import network.enigma.client.EnigmaClient;
import network.enigma.client.SecretContract;
import network.enigma.client.Task;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code enigma call}: sends a sealed call and shows what came back, beside what others saw of it.
 */
@Command(
    name = "call",
    mixinStandardHelpOptions = true,
    description = {
      "Call a secret contract: seal the input, send it, check and open the result.",
      "",
      "  enigma call Box store 42",
      "  enigma call 0x… 'pay((address,uint64)[])' '[[\"0x…\", 7]]'",
      "  enigma call Box add -- -5",
      "  enigma call Box store 42 --trace     on a development network: also what it does, step by"
          + " step"
    })
final class CallCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin Connection connection = new Connection();
  @Mixin TaskOptions options = new TaskOptions();
  @Mixin CallParameters call = new CallParameters();

  @Option(
      names = "--trace",
      description =
          "Show what the call does, step by step: it runs on the present state first, without"
              + " leaving anything, and is then sent. Development networks only.")
  boolean trace;

  @Option(
      names = "--dry-run",
      description = "Show the trace and send nothing. Development networks only.")
  boolean dryRun;

  @Override
  public Integer call() {
    Terminal terminal = EnigmaCommand.terminal(spec);
    try (EnigmaClient client = connection.connect()) {
      SecretContract handle = connection.contract(client, call.contract.name);
      CallOptions callOptions =
          options.callOptions(() -> handle.gasOfPastCalls(call.function, call.arguments));
      Optional<TraceReport> traced =
          trace || dryRun
              ? Optional.of(
                  new TraceReport(
                      handle.trace(callOptions, call.function, call.arguments),
                      handle,
                      client.contracts()))
              : Optional.empty();
      traced.ifPresent(report -> report.show(terminal));
      if (dryRun) {
        return traced.orElseThrow().end(terminal);
      }
      Task task = handle.call(callOptions, call.function, call.arguments);
      return new TaskReport(terminal, traced)
          .show(client, task, options.stage(), Duration.ofSeconds(connection.timeout));
    }
  }
}
