package network.enigma.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import network.enigma.client.Deployment;
import network.enigma.client.EnigmaClient;
import network.enigma.client.SecretContract;
import network.enigma.client.TaskProgress;
import network.enigma.client.TaskResult;
import network.enigma.client.solidity.CompiledContract;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code enigma upgrade}: replaces the code of a contract that was deployed with an authority. */
@Command(
    name = "upgrade",
    mixinStandardHelpOptions = true,
    description = {
      "Replace a secret contract's code and keep its state, as the account that deploy --authority"
          + " named. The code is announced on Ethereum first; where the contract has a delay, run"
          + " the command again when it has passed.",
      "",
      "  enigma upgrade Box BetterBox.sol",
      "  enigma upgrade Box BetterBox.sol --announce",
      "  enigma upgrade Box BetterBox.sol --cancel"
    })
final class UpgradeCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin Connection connection = new Connection();
  @Mixin OrderOptions options = new OrderOptions();
  @Mixin ContractParameter contract = new ContractParameter();
  @Mixin ContractName name = new ContractName();

  @Parameters(
      index = "1",
      paramLabel = "FILE",
      description = "The new code: a Solidity source (.sol) or an artifact (.json).")
  Path file = Path.of("");

  @Parameters(
      index = "2..*",
      paramLabel = "ARG",
      description =
          "Arguments of the new code's constructor, which runs on the contract's storage; lists and"
              + " structs as JSON.")
  List<String> arguments = List.of();

  @Option(names = "--announce", description = "Announce the code and do no more.")
  boolean announce;

  @Option(names = "--cancel", description = "Take the code's announcement back.")
  boolean cancel;

  @Override
  public Integer call() {
    if (announce && cancel) {
      throw new EnigmaException(
          ErrorCode.INVALID_ARGUMENT, "--announce and --cancel exclude each other");
    }
    Terminal terminal = EnigmaCommand.terminal(spec);
    try (EnigmaClient client = connection.connect()) {
      SecretContract handle = connection.contract(client, contract.name);
      terminal.progress("Compiling " + file);
      CompiledContract code = client.compiler().load(file, name.value);
      Bytes32 codeHash = Keccak.hash(code.bytecode());
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("address", handle.address().checksummed());
      fields.put("codeHash", codeHash.hex());
      if (cancel) {
        handle.cancelUpgrade(codeHash);
        fields.put("cancelled", true);
        terminal.object(fields);
        terminal.line(terminal.bold(handle.name()) + " stays as it is");
        return ExitCode.OK;
      }
      if (announce) {
        long readyAt = handle.announceUpgrade(code);
        fields.put("readyAt", readyAt);
        terminal.object(fields);
        terminal.line(
            terminal.bold(handle.name()) + " can be upgraded from block " + readyAt + " on");
        return ExitCode.OK;
      }
      return upgrade(terminal, handle, code, fields);
    }
  }

  private int upgrade(
      Terminal terminal, SecretContract handle, CompiledContract code, Map<String, Object> fields) {
    Deployment upgrade = handle.upgrade(code, arguments, options.callOptions());
    TaskProgress progress =
        upgrade
            .task()
            .awaitProgress(options.stageWithResult(), Duration.ofSeconds(connection.timeout));
    TaskReport.showConsole(terminal, progress.result().orElseThrow().console());
    TaskResult result = progress.result().orElseThrow().orThrow();
    SecretContract upgraded = upgrade.contract();
    fields.put("name", upgraded.name());
    fields.put("realm", upgraded.realm().hex());
    fields.put("functions", upgraded.abi().signatures());
    fields.putAll(TaskReport.fields(progress, result));
    terminal.object(fields);
    terminal.line(
        "%s at %s is now %s"
            .formatted(
                terminal.bold(handle.name()),
                upgraded.address().checksummed(),
                terminal.bold(upgraded.name())));
    terminal.field("code", Keccak.hash(code.bytecode()).hex());
    terminal.field("gas", result.gasUsed() + " used, " + result.gasCharged() + " charged");
    terminal.field("functions", String.join(" ", upgraded.abi().signatures()));
    return ExitCode.OK;
  }
}
