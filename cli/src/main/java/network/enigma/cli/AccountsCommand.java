package network.enigma.cli;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import network.enigma.chain.BlockTag;
import network.enigma.chain.EthereumRpc;
import network.enigma.client.Eng;
import network.enigma.client.EnigmaClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code enigma accounts}: the accounts and what they hold. */
@Command(
    name = "accounts",
    mixinStandardHelpOptions = true,
    description = "List the accounts with their ether, ENG and ENG deposited in Enigma.")
final class AccountsCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin Connection connection = new Connection();

  @Override
  public Integer call() {
    Terminal terminal = EnigmaCommand.terminal(spec);
    List<Map<String, Object>> accounts = new ArrayList<>();
    terminal.line(
        "      %-42s %14s %16s %16s".formatted("address", "ether", "ENG", "ENG deposited"));
    try (EthereumRpc rpc = new EthereumRpc(connection.ethereumUrl())) {
      for (int i = 0; i < connection.keys().size(); i++) {
        try (EnigmaClient client = connection.connect(i, event -> {})) {
          BigInteger wei = rpc.balance(client.address(), BlockTag.LATEST);
          String ether = new BigDecimal(wei, 18).setScale(3, RoundingMode.DOWN).toPlainString();
          String tokens = Eng.text(client.tokens());
          String deposited = Eng.text(client.balance());
          terminal.line(
              "  %2d  %s %14s %16s %16s"
                  .formatted(i, client.address().checksummed(), ether, tokens, deposited));
          Map<String, Object> fields = new LinkedHashMap<>();
          fields.put("index", i);
          fields.put("address", client.address().checksummed());
          fields.put("ether", ether);
          fields.put("eng", tokens);
          fields.put("deposited", deposited);
          accounts.add(fields);
        }
      }
    }
    terminal.object(Map.of("accounts", accounts));
    return ExitCode.OK;
  }
}
