package network.enigma.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import network.enigma.client.Eng;
import network.enigma.client.EnigmaClient;
import network.enigma.protocol.Bytes32;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code enigma deposit}: moves ENG into Enigma. */
@Command(
    name = "deposit",
    mixinStandardHelpOptions = true,
    description =
        "Move ENG of the account into Enigma, and with --realm on to its allocation for direct"
            + " tasks there.")
final class DepositCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin Connection connection = new Connection();

  @Parameters(paramLabel = "AMOUNT", description = "ENG, for example 12.5.")
  String amount = "";

  @Option(names = "--realm", paramLabel = "ID", description = "Allocate it to this realm.")
  @Nullable String realm;

  @Override
  public Integer call() {
    Terminal terminal = EnigmaCommand.terminal(spec);
    long units = Eng.units(amount);
    try (EnigmaClient client = connection.connect()) {
      client.deposit(units);
      if (realm != null) {
        client.allocate(Bytes32.fromHex(realm), units);
      }
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("address", client.address().checksummed());
      fields.put("deposited", Eng.text(client.balance()));
      fields.put("eng", Eng.text(client.tokens()));
      terminal.object(fields);
      terminal.line(
          "%s has %s ENG in Enigma and %s outside"
              .formatted(
                  client.address().checksummed(),
                  Eng.text(client.balance()),
                  Eng.text(client.tokens())));
      return ExitCode.OK;
    }
  }
}
