package network.enigma.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import network.enigma.client.AnnouncedUpgrade;
import network.enigma.client.ContractCode;
import network.enigma.client.EnigmaClient;
import network.enigma.client.SecretContract;
import network.enigma.client.UpgradeAuthority;
import network.enigma.client.abi.ContractAbi;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.ContractTerms;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code enigma contract}: which code a contract runs, and who may change it. */
@Command(
    name = "contract",
    mixinStandardHelpOptions = true,
    description = {
      "Show which code a secret contract runs, who may change it, and what was announced. Code and"
          + " authority are checked against the contract's address.",
      "",
      "  enigma contract Box",
      "  enigma contract Box --source Box.sol     also whether it runs this source",
      "  enigma contract 0x… --realm 0x…          one that somebody else deployed"
    })
final class ContractCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin Connection connection = new Connection();
  @Mixin ContractParameter contract = new ContractParameter();
  @Mixin ContractName name = new ContractName();

  @Option(
      names = "--source",
      paramLabel = "FILE",
      description =
          "A Solidity source or artifact; fails with CODE_MISMATCH if the contract runs other"
              + " code.")
  @Nullable Path source;

  @Option(
      names = "--realm",
      paramLabel = "ID",
      description = "The realm of a contract that this user did not deploy.")
  @Nullable String realm;

  @Override
  public Integer call() {
    Terminal terminal = EnigmaCommand.terminal(spec);
    try (EnigmaClient client = connection.connect()) {
      SecretContract handle =
          realm == null
              ? connection.contract(client, contract.name)
              : client.contract(
                  "Contract",
                  Connection.address(contract.name),
                  Bytes32.fromHex(realm),
                  ContractAbi.parse("[]"));
      ContractCode code = handle.code();
      if (source != null) {
        requireRuns(
            code, Keccak.hash(client.compiler().load(source, sourceName(handle)).bytecode()));
      }
      terminal.object(fields(handle, code));
      show(terminal, handle, code);
      return ExitCode.OK;
    }
  }

  /** Which contract of the source is meant. */
  private @Nullable String sourceName(SecretContract handle) {
    return name.value != null || realm != null ? name.value : handle.name();
  }

  private void requireRuns(ContractCode code, Bytes32 compiled) {
    if (code.codeHash().filter(compiled::equals).isEmpty()) {
      throw new EnigmaException(
          ErrorCode.CODE_MISMATCH,
          "%s compiles to code %s, the contract runs %s"
              .formatted(
                  source, compiled.hex(), code.codeHash().map(Bytes32::hex).orElse("other code")));
    }
  }

  private static Map<String, Object> fields(SecretContract contract, ContractCode code) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", contract.name());
    fields.put("address", contract.address().checksummed());
    fields.put("realm", contract.realm().hex());
    code.terms()
        .ifPresent(terms -> {
          fields.put("deployer", terms.deployer().checksummed());
          fields.put("deployedCodeHash", terms.codeHash().hex());
        });
    code.codeHash().ifPresent(hash -> fields.put("codeHash", hash.hex()));
    fields.put("upgradable", code.authority().isPresent());
    code.authority().ifPresent(authority -> fields.put("authority", fields(authority)));
    fields.put("upgrades", code.upgrades().stream().map(ContractCommand::fields).toList());
    return fields;
  }

  /** An authority as JSON readers see it. */
  static Map<String, Object> fields(UpgradeAuthority authority) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("account", authority.account().checksummed());
    fields.put("delay", authority.delay());
    fields.put("warning", authority.warning());
    return fields;
  }

  private static Map<String, Object> fields(AnnouncedUpgrade upgrade) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("codeHash", upgrade.codeHash().hex());
    fields.put("announcedAt", upgrade.announcedAt());
    fields.put("readyAt", upgrade.readyAt());
    fields.put("stage", upgrade.stage().name());
    upgrade.taskId().ifPresent(task -> fields.put("taskId", task.hex()));
    return fields;
  }

  private static void show(Terminal terminal, SecretContract contract, ContractCode code) {
    terminal.line(terminal.bold(contract.name()) + " " + contract.address().checksummed());
    terminal.field("realm", contract.realm().hex());
    terminal.field(
        "deployed by",
        code.terms()
            .map(ContractTerms::deployer)
            .map(Address::checksummed)
            .orElse("another contract of its realm"));
    code.terms().ifPresent(terms -> terminal.field("code", code(terms, code.codeHash())));
    terminal.field(
        "upgradable by",
        code.authority()
            .map(authority ->
                authority.account().checksummed()
                    + (authority.delay() == 0
                        ? ", at any time"
                        : ", " + authority.delay() + " blocks after announcing it"))
            .orElse("nobody, ever"));
    for (AnnouncedUpgrade upgrade : code.upgrades()) {
      terminal.field(
          upgrade == code.upgrades().getFirst() ? "announced" : "",
          "%s  %s  block %d%s"
              .formatted(
                  upgrade.codeHash().hex(),
                  upgrade.stage(),
                  upgrade.announcedAt(),
                  upgrade.isOpen() ? ", possible from block " + upgrade.readyAt() : ""));
    }
    List<AnnouncedUpgrade> open = code.openUpgrades();
    if (!open.isEmpty()) {
      terminal.warning("new code is announced for this contract: it may change soon");
    }
  }

  private static String code(ContractTerms terms, Optional<Bytes32> now) {
    if (now.isEmpty()) {
      return "none: no constructor has succeeded";
    }
    return now.get().equals(terms.codeHash())
        ? now.get().hex() + ", as deployed"
        : now.get().hex() + ", upgraded from " + terms.codeHash().hex();
  }
}
