package network.enigma.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import network.enigma.client.Eng;
import network.enigma.client.EnigmaClient;
import network.enigma.contracts.Enigma;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code enigma withdraw}: the way back of {@code enigma deposit}. */
@Command(
    name = "withdraw",
    mixinStandardHelpOptions = true,
    description = {
      "Pay ENG of the account's balance in Enigma out to it, or with --realm take it back from the"
          + " allocation there. What leaves an allocation waits some blocks, because tasks that ran"
          + " may still be paid from it; the same command without AMOUNT then releases it.",
      "",
      "  enigma withdraw 12.5",
      "  enigma withdraw 12.5 --realm 0x…",
      "  enigma withdraw --realm 0x…"
    })
final class WithdrawCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin Connection connection = new Connection();

  @Parameters(arity = "0..1", paramLabel = "AMOUNT", description = "ENG, for example 12.5.")
  @Nullable String amount;

  @Option(
      names = "--realm",
      paramLabel = "ID",
      description = "Take it from the allocation in this realm, to the balance in Enigma.")
  @Nullable String realm;

  @Override
  public Integer call() {
    if (amount == null && realm == null) {
      throw new EnigmaException(
          ErrorCode.INVALID_ARGUMENT, "say how much, for example: enigma withdraw 12.5");
    }
    Terminal terminal = EnigmaCommand.terminal(spec);
    try (EnigmaClient client = connection.connect()) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("address", client.address().checksummed());
      if (realm == null) {
        client.withdraw(client.address(), Eng.units(String.valueOf(amount)));
        terminal.line(
            "%s has %s ENG in Enigma and %s outside"
                .formatted(
                    client.address().checksummed(),
                    Eng.text(client.balance()),
                    Eng.text(client.tokens())));
      } else if (amount != null) {
        Bytes32 from = Bytes32.fromHex(realm);
        client.leave(from, Eng.units(amount));
        Enigma.AllocationView allocation = client.allocation(from);
        fields.put("leaving", Eng.text(allocation.leaving()));
        fields.put("releasedFromBlock", allocation.leaveAt());
        terminal.line(
            "%s ENG leave the allocation; from block %d type: enigma withdraw --realm %s"
                .formatted(Eng.text(allocation.leaving()), allocation.leaveAt(), from.hex()));
      } else {
        client.finishLeave(Bytes32.fromHex(String.valueOf(realm)));
        terminal.line("Released; %s ENG in Enigma".formatted(Eng.text(client.balance())));
      }
      fields.put("deposited", Eng.text(client.balance()));
      fields.put("eng", Eng.text(client.tokens()));
      terminal.object(fields);
      return ExitCode.OK;
    }
  }
}
