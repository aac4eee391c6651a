package network.enigma.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import network.enigma.client.CallOptions;
import network.enigma.client.CallableContract;
import network.enigma.client.EnigmaClient;
import network.enigma.client.Task;
import network.enigma.client.solidity.CompiledContract;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code enigma callable}: has enclaves run a function of an Ethereum contract on sealed arguments.
 */
@Command(
    name = "callable",
    mixinStandardHelpOptions = true,
    description = {
      "Run a pure or view function of an Ethereum contract in an enclave, on sealed arguments and"
          + " empty storage, and deliver the result to a callback of the same contract. The"
          + " contract inherits enigma/Callable.sol and is deployed on Ethereum as any other.",
      "",
      "  enigma callable CreditLine.sol 0x… assess --callback assessed 0x… 52345 '[10000]' 0x…"
    })
final class CallableCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin Connection connection = new Connection();
  @Mixin TaskOptions options = new TaskOptions();
  @Mixin ContractName name = new ContractName();

  @Parameters(
      index = "0",
      paramLabel = "FILE",
      description = "The contract's Solidity source (.sol) or an artifact (.json) with its ABI.")
  Path file = Path.of("");

  @Parameters(index = "1", paramLabel = "ADDRESS", description = "Where it lives on Ethereum.")
  String address = "";

  @Parameters(
      index = "2",
      paramLabel = "FUNCTION",
      description = "The callable: name, or signature as name(type,type).")
  String function = "";

  @Parameters(
      index = "3..*",
      paramLabel = "ARG",
      description = "Arguments; lists and structs as JSON, large numbers as they are.")
  List<String> arguments = List.of();

  @Option(
      names = "--callback",
      paramLabel = "FUNCTION",
      description =
          "Which function of the contract receives the result; without it the result is the"
              + " sender's alone.")
  @Nullable String callback;

  @Option(
      names = "--callback-gas",
      paramLabel = "GAS",
      defaultValue = "" + CallableContract.DEFAULT_CALLBACK_GAS,
      description = "What the callback gets on Ethereum. Default: ${DEFAULT-VALUE}.")
  long callbackGas = CallableContract.DEFAULT_CALLBACK_GAS;

  @Option(
      names = "--realm",
      paramLabel = "ID",
      description = "An open realm, in which the task runs and is paid; default: a new one.")
  @Nullable String realm;

  @Override
  public Integer call() {
    Terminal terminal = EnigmaCommand.terminal(spec);
    Address target = Connection.address(address);
    try (EnigmaClient client = connection.connect()) {
      terminal.progress("Compiling " + file);
      CompiledContract compiled = client.compiler().load(file, name.value);
      Bytes32 place = realm == null ? client.open() : Bytes32.fromHex(realm);
      CallableContract contract = client.callable(compiled.name(), target, place, compiled.abi());
      CallOptions chosen = options.callOptions(() -> contract.gasOfPastRuns(function, arguments));
      Task task =
          callback == null
              ? contract.run(chosen, function, arguments)
              : contract.deliver(chosen, callback, callbackGas, function, arguments);
      if (realm == null) {
        terminal.progress("In realm " + place.hex() + "; --realm takes it for the next one");
      }
      return new TaskReport(terminal)
          .show(client, task, options.stage(), Duration.ofSeconds(connection.timeout));
    }
  }
}
