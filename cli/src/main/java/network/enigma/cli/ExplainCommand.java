package network.enigma.cli;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import network.enigma.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code enigma explain}: what an error code means and what to do. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description = "Explain an error code, by name or number; without one, list them all.")
final class ExplainCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(arity = "0..1", paramLabel = "CODE", description = "For example ABI_MISMATCH.")
  @Nullable String code;

  @Override
  public Integer call() {
    Terminal terminal = EnigmaCommand.terminal(spec);
    if (code == null) {
      terminal.object(
          Map.of("codes", Arrays.stream(ErrorCode.values()).map(ExplainCommand::fields).toList()));
      for (ErrorCode each : ErrorCode.values()) {
        terminal.line("%5d  %-28s %s".formatted(each.number(), each.name(), each.explanation()));
      }
      return ExitCode.OK;
    }
    ErrorCode found =
        find(code)
            .orElseThrow(() ->
                new ParameterException(
                    spec.commandLine(),
                    "there is no error code " + code + "; enigma explain lists them"));
    terminal.object(fields(found));
    terminal.line(terminal.bold(found.name()) + "  (" + found.kind() + ", " + found.number() + ")");
    terminal.line("  " + found.explanation());
    terminal.line("  " + found.remedy());
    return ExitCode.OK;
  }

  private static Optional<ErrorCode> find(String text) {
    String wanted = text.toUpperCase(Locale.ROOT).replace('-', '_');
    String joined = wanted.replace("_", "");
    List<ErrorCode> all = List.of(ErrorCode.values());
    return all.stream()
        .filter(c ->
            c.name().replace("_", "").equals(joined) || String.valueOf(c.number()).equals(wanted))
        .findFirst();
  }

  private static Map<String, Object> fields(ErrorCode code) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("code", code.name());
    fields.put("number", code.number());
    fields.put("kind", code.kind().name());
    fields.put("explanation", code.explanation());
    fields.put("remedy", code.remedy());
    return fields;
  }
}
