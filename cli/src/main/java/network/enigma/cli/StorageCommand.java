package network.enigma.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import network.enigma.client.EnigmaClient;
import network.enigma.client.SecretContract;
import network.enigma.client.author.StorageLayout;
import network.enigma.client.author.StorageReader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code enigma storage}: reads the variables of one's own contract on a development network. */
@Command(
    name = "storage",
    mixinStandardHelpOptions = true,
    description = {
      "Read the variables of your own contract, public or not. Development networks only, and only"
          + " for the account that opened the contract's realm.",
      "",
      "  enigma storage Notebook",
      "  enigma storage Notebook title 'notes[0].author' 'words[0x…][hello]'"
    })
final class StorageCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin Connection connection = new Connection();
  @Mixin ContractParameter contract = new ContractParameter();

  @Parameters(
      index = "1..*",
      paramLabel = "VARIABLE",
      description =
          "Variables, or parts of them: name[key] of a mapping, name[0] of an array, name.member of"
              + " a struct. Default: all variables.")
  List<String> paths = List.of();

  @Option(
      names = "--source",
      paramLabel = "FILE",
      description =
          "The contract's source or artifact, where this user did not deploy it from its source.")
  @Nullable Path source;

  @Override
  public Integer call() {
    Terminal terminal = EnigmaCommand.terminal(spec);
    try (EnigmaClient client = connection.connect()) {
      SecretContract handle = connection.contract(client, contract.name);
      StorageReader reader =
          source == null
              ? handle.storage()
              : handle.storage(
                  StorageLayout.parse(client.compiler().load(source, handle.name()).layout()));
      StorageReader.Reading reading = paths.isEmpty() ? reader.all() : reader.read(paths);
      Map<String, Object> variables = new LinkedHashMap<>();
      for (StorageReader.Read each : reading.values()) {
        variables.put(each.name(), Map.of("type", each.type(), "value", Values.json(each.value())));
        terminal.line(
            "%s %s = %s"
                .formatted(
                    terminal.dim(each.type()),
                    terminal.bold(each.name()),
                    Values.text(List.of(each.value()))));
      }
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("contract", handle.address().checksummed());
      fields.put("sequence", reading.sequence());
      fields.put("variables", variables);
      terminal.object(fields);
      terminal.progress("  state after task " + reading.sequence());
      return ExitCode.OK;
    }
  }
}
