package network.enigma.cli;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import java.util.concurrent.Callable;
import network.enigma.chain.Call;
import network.enigma.chain.EthereumAccount;
import network.enigma.chain.EthereumRpc;
import network.enigma.client.Eng;
import network.enigma.client.EnigmaClient;
import network.enigma.protocol.Address;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code enigma faucet}: gives an account of a testnet something to spend. */
@Command(
    name = "faucet",
    mixinStandardHelpOptions = true,
    description = "Send ether and ENG of a testnet's account to any address.")
final class FaucetCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin Connection connection = new Connection();

  @Parameters(paramLabel = "ADDRESS", description = "Who gets it.")
  String to = "";

  @Option(
      names = "--eng",
      paramLabel = "AMOUNT",
      defaultValue = "1000",
      description = "ENG. Default: ${DEFAULT-VALUE}.")
  String eng = "1000";

  @Option(
      names = "--ether",
      paramLabel = "AMOUNT",
      defaultValue = "10",
      description = "Ether. Default: ${DEFAULT-VALUE}.")
  BigDecimal ether = BigDecimal.TEN;

  @Override
  public Integer call() {
    Terminal terminal = EnigmaCommand.terminal(spec);
    Address receiver = Connection.address(to);
    long units = Eng.units(eng);
    BigInteger wei = wei();
    try (EnigmaClient client = connection.connect();
        EthereumRpc rpc = new EthereumRpc(connection.ethereumUrl())) {
      new EthereumAccount(rpc, connection.key(connection.account))
          .execute(Call.transfer(receiver, wei));
      client.transfer(receiver, BigInteger.valueOf(units));
    }
    terminal.object(
        Map.of("address", receiver.checksummed(), "eng", eng, "ether", ether.toPlainString()));
    terminal.line(
        "%s got %s ether and %s ENG".formatted(receiver.checksummed(), ether.toPlainString(), eng));
    return ExitCode.OK;
  }

  private BigInteger wei() {
    try {
      BigInteger wei = ether.movePointRight(18).toBigIntegerExact();
      if (wei.signum() >= 0) {
        return wei;
      }
    } catch (ArithmeticException e) {
      throw notEther();
    }
    throw notEther();
  }

  private EnigmaException notEther() {
    return new EnigmaException(
        ErrorCode.INVALID_ARGUMENT, ether.toPlainString() + " is not an amount of ether");
  }
}
