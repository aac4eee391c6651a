package network.enigma.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import network.enigma.client.DeployOptions;
import network.enigma.client.Deployment;
import network.enigma.client.EnigmaClient;
import network.enigma.client.RealmOptions;
import network.enigma.client.SecretContract;
import network.enigma.client.TaskProgress;
import network.enigma.client.TaskResult;
import network.enigma.client.UpgradeAuthority;
import network.enigma.client.solidity.CompiledContract;
import network.enigma.protocol.Address;
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

/** {@code enigma deploy}: compiles a contract and deploys it into a realm. */
@Command(
    name = "deploy",
    mixinStandardHelpOptions = true,
    description = {
      "Deploy a secret contract: compile it, open a realm, move ENG as needed, send the"
          + " constructor's arguments sealed.",
      "",
      "  enigma deploy Box.sol 42",
      "  enigma deploy Box.sol 42 --authority me     lets this account replace the code later"
    })
final class DeployCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin Connection connection = new Connection();
  @Mixin TaskOptions options = new TaskOptions();
  @Mixin ContractName name = new ContractName();

  @Parameters(
      index = "0",
      paramLabel = "FILE",
      description = "A Solidity source (.sol) or an artifact (.json) with abi and bytecode.")
  Path file = Path.of("");

  @Parameters(
      index = "1..*",
      paramLabel = "ARG",
      description = "Arguments of the constructor; lists and structs as JSON.")
  List<String> arguments = List.of();

  @Option(
      names = "--realm",
      paramLabel = "ID",
      description = "An open realm of the account; default: a new one.")
  @Nullable String realm;

  @Option(
      names = "--wait-for-commit",
      description =
          "Open the realm so that nobody gets a result before it is on Ethereum: slower, and no"
              + " operator can learn from a result that then does not count.")
  boolean waitForCommit;

  @Option(
      names = "--pay-renewals",
      description =
          "Open the realm so that its renewals are paid from this account's balance in Enigma,"
              + " whoever renews it.")
  boolean payRenewals;

  @Option(
      names = "--authority",
      paramLabel = "ADDRESS",
      description =
          "Who may replace the contract's code later, or 'me'; default: nobody, ever. Users of the"
              + " contract are warned of it.")
  @Nullable String authority;

  @Option(
      names = "--upgrade-delay",
      paramLabel = "BLOCKS",
      description =
          "For how many blocks new code is announced before it can replace the old; default: a"
              + " week, and none on development networks.")
  @Nullable String upgradeDelay;

  @Override
  public Integer call() {
    if (upgradeDelay != null && authority == null) {
      throw new EnigmaException(
          ErrorCode.INVALID_ARGUMENT, "--upgrade-delay goes with --authority");
    }
    if (realm != null && (waitForCommit || payRenewals)) {
      throw new EnigmaException(
          ErrorCode.INVALID_ARGUMENT,
          "--wait-for-commit and --pay-renewals are chosen when a realm is opened, and "
              + realm
              + " is open; leave out --realm for a new one");
    }
    Terminal terminal = EnigmaCommand.terminal(spec);
    try (EnigmaClient client = connection.connect()) {
      terminal.progress("Compiling " + file);
      CompiledContract contract = client.compiler().load(file, name.value);
      Deployment deployment =
          client.deploy(
              contract,
              arguments,
              new DeployOptions(
                  Optional.ofNullable(realm).map(Bytes32::fromHex),
                  new RealmOptions(waitForCommit, payRenewals),
                  authority(client),
                  OrderOptions.unsigned("--upgrade-delay", upgradeDelay),
                  options.callOptions()));
      SecretContract handle = deployment.contract();
      TaskProgress progress =
          deployment
              .task()
              .awaitProgress(
                  options.order.stageWithResult(), Duration.ofSeconds(connection.timeout));
      TaskReport.showConsole(terminal, progress.result().orElseThrow().console());
      TaskResult result = progress.result().orElseThrow().orThrow();
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("name", handle.name());
      fields.put("address", handle.address().checksummed());
      fields.put("realm", handle.realm().hex());
      fields.put("functions", handle.abi().signatures());
      Optional<UpgradeAuthority> upgrader =
          authority == null ? Optional.empty() : handle.authority();
      upgrader.ifPresent(each -> fields.put("authority", ContractCommand.fields(each)));
      fields.putAll(TaskReport.fields(progress, result));
      terminal.object(fields);
      terminal.line(
          terminal.bold(handle.name()) + " deployed at " + handle.address().checksummed());
      terminal.field("realm", handle.realm().hex());
      terminal.field("gas", result.gasUsed() + " used, " + result.gasCharged() + " charged");
      terminal.field("functions", String.join(" ", handle.abi().signatures()));
      upgrader.ifPresent(each -> terminal.field("upgradable by", each.account().checksummed()));
      terminal.line("Next: enigma call %s FUNCTION ARG…".formatted(handle.name()));
      return ExitCode.OK;
    }
  }

  private Address authority(EnigmaClient client) {
    if (authority == null) {
      return Address.zero();
    }
    return authority.equals("me") ? client.address() : Connection.address(authority);
  }
}
