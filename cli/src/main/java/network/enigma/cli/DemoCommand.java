package network.enigma.cli;

import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import network.enigma.chain.EthereumRpc;
import network.enigma.cli.demo.MillionairesDemo;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code enigma demo}: demonstrations on a running testnet. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = "Show Enigma at work on a running testnet.",
    subcommands = CommandLine.HelpCommand.class)
final class DemoCommand implements Runnable {
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  @Command(
      name = "millionaires",
      mixinStandardHelpOptions = true,
      description = {
        "Who is the richest? Users submit sealed fortunes, another asks; only the answer becomes"
            + " known.",
        "Accounts 1, 2, … submit, the next one asks, account 0 deploys."
      })
  int millionaires(
      @Mixin Connection connection,
      @Option(
              names = "--fortunes",
              split = ",",
              paramLabel = "N",
              defaultValue = "1250000,3400000,2100000",
              description =
                  "Fortunes, separated by commas, one for each user. Default: ${DEFAULT-VALUE}.")
          List<BigInteger> fortunes) {
    int most = connection.keys().size() - 2;
    if (fortunes.size() > most
        || fortunes.stream()
            .anyMatch(fortune -> fortune.signum() < 0 || fortune.bitLength() > 256)) {
      throw new ParameterException(
          spec.commandLine(), "--fortunes takes 1 to %d numbers that fit uint256".formatted(most));
    }
    try (EthereumRpc rpc = new EthereumRpc(connection.ethereumUrl())) {
      new MillionairesDemo(
              EnigmaCommand.terminal(spec),
              rpc,
              connection::connect,
              connection.key(0),
              Duration.ofSeconds(connection.timeout))
          .run(fortunes);
    }
    return ExitCode.OK;
  }
}
