package network.enigma.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import network.enigma.chain.Call;
import network.enigma.chain.EthereumAccount;
import network.enigma.chain.EthereumRpc;
import network.enigma.cli.EnigmaCommand;
import network.enigma.client.AnnouncedUpgrade;
import network.enigma.client.CallOptions;
import network.enigma.client.ClientEvent;
import network.enigma.client.ContractCode;
import network.enigma.client.DeployOptions;
import network.enigma.client.Deployment;
import network.enigma.client.EnigmaClient;
import network.enigma.client.SecretContract;
import network.enigma.client.TaskResult;
import network.enigma.client.TaskStage;
import network.enigma.client.UpgradeAuthority;
import network.enigma.client.UpgradePolicy;
import network.enigma.client.solidity.CompiledContract;
import network.enigma.contracts.Enigma;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.ContractTerms;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Contracts whose code somebody may change, and those that nobody may: what the authority can do,
 * what others cannot, and what users are told (rules C7, E4).
 */
@ExtendWith(SharedNetwork.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UpgradeTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int DEPLOYER = 5;
  private static final int AUTHORITY = 6;
  private static final int USER = 7;
  private static final String SOURCE =
      """
      // SPDX-License-Identifier: Apache-2.0
      pragma solidity ^0.8.20;

      contract Box {
          uint256 private value;

          function store(uint256 to) external {
              value = to;
          }

          function load() external view returns (uint256) {
              return value;
          }
      }

      contract BetterBox {
          uint256 private value;

          constructor(uint256 more) {
              require(more != 0, "nothing to add");
              value += more;
          }

          function load() external view returns (uint256) {
              return value;
          }

          function twice() external view returns (uint256) {
              return 2 * value;
          }
      }

      contract Factory {
          function make() external returns (address) {
              return address(new Box());
          }
      }
      """;

  private final Network network;
  private final EnigmaClient deployer;
  private final EnigmaClient authority;
  private Path source;
  private CompiledContract box;
  private CompiledContract betterBox;

  UpgradeTest(Network network) {
    this.network = network;
    this.deployer = network.client(DEPLOYER);
    this.authority = network.client(AUTHORITY);
  }

  @BeforeAll
  void compile(@TempDir Path directory) throws IOException {
    source = Files.writeString(directory.resolve("Box.sol"), SOURCE);
    box = deployer.compiler().load(source, "Box");
    betterBox = deployer.compiler().load(source, "BetterBox");
  }

  private static Bytes32 hash(CompiledContract code) {
    return Keccak.hash(code.bytecode());
  }

  private SecretContract deploy(DeployOptions options) {
    return deployer.deploy(box, List.of(), options).await();
  }

  private SecretContract upgradable() {
    return deploy(DeployOptions.DEFAULT.upgradableBy(authority.address()));
  }

  private static ErrorCode failure(Runnable action) {
    EnigmaException failed = catchThrowableOfType(EnigmaException.class, action::run);
    return failed.code();
  }

  /** Blocks that nobody waits for. */
  private void mine(long blocks) {
    try (EthereumRpc rpc = new EthereumRpc(network.testnet().ethereumUrl())) {
      rpc.call("anvil_mine", "0x" + Long.toHexString(blocks));
    }
  }

  /** A transaction to the Enigma contract that the client library would not send. */
  private void transact(int account, byte[] call) {
    try (EthereumRpc rpc = new EthereumRpc(network.testnet().ethereumUrl())) {
      new EthereumAccount(rpc, network.key(account)).execute(Call.of(deployer.enigma(), call));
    }
  }

  private static byte[] announcement(SecretContract contract, ContractTerms terms, Bytes32 code) {
    return Enigma.postUpgrade(
        new Enigma.UpgradeTerms(
            contract.realm().toByteArray(),
            terms.deployer().toByteArray(),
            terms.salt().toByteArray(),
            terms.codeHash().toByteArray(),
            terms.dialect(),
            terms.authority().toByteArray(),
            terms.delay()),
        code.toByteArray());
  }

  @Test
  void theAuthorityChangesTheCodeAndTheStateStays() {
    SecretContract contract = upgradable();
    contract.call("store", 40).await();

    Deployment upgrade = contract.as(authority).upgrade(betterBox, List.of(2), CallOptions.DEFAULT);
    SecretContract upgraded = upgrade.await();

    assertThat(upgraded.address()).isEqualTo(contract.address());
    assertThat(upgraded.query("twice").value(BigInteger.class)).isEqualTo(84);
    assertThat(failure(() -> contract.call("store", 1).await().orThrow()))
        .isEqualTo(ErrorCode.EXECUTION_REVERTED);
    upgrade.task().await(TaskStage.COMMITTED, PATIENCE);
    ContractCode code = contract.code();
    assertThat(code.codeHash()).contains(hash(betterBox));
    assertThat(code.terms().orElseThrow().codeHash()).isEqualTo(hash(box));
    assertThat(code.authority()).contains(new UpgradeAuthority(authority.address(), 0));
    assertThat(code.upgrades())
        .extracting(AnnouncedUpgrade::codeHash, AnnouncedUpgrade::stage, AnnouncedUpgrade::taskId)
        .containsExactly(
            tuple(
                hash(betterBox),
                AnnouncedUpgrade.Stage.EXECUTED,
                Optional.of(upgrade.task().taskId())));
  }

  @Test
  void anUpgradeWhoseConstructorRevertsChangesNothing() {
    SecretContract contract = upgradable();
    contract.call("store", 40).await();

    TaskResult result =
        contract
            .as(authority)
            .upgrade(betterBox, List.of(0), CallOptions.DEFAULT)
            .task()
            .await(TaskStage.COMMITTED, PATIENCE);

    assertThat(result.failure()).contains(ErrorCode.CONSTRUCTOR_REVERTED);
    assertThat(result.reason()).contains("nothing to add");
    assertThat(contract.code().codeHash()).contains(hash(box));
    assertThat(contract.code().openUpgrades()).isEmpty();
    assertThat(contract.query("load").value(BigInteger.class)).isEqualTo(40);
  }

  @Test
  void nobodyElseChangesTheCodeAndNothingIsLostByTrying() {
    SecretContract contract = upgradable();
    EnigmaClient stranger = network.client(USER);
    for (EnigmaClient other : List.of(deployer, stranger)) {
      BigInteger tokens = other.tokens();
      long balance = other.balance();
      SecretContract theirs = contract.as(other);
      assertThat(failure(() -> theirs.upgrade(betterBox, List.of(2), CallOptions.DEFAULT)))
          .isEqualTo(ErrorCode.UPGRADE_NOT_ALLOWED);
      assertThat(failure(() -> theirs.announceUpgrade(betterBox)))
          .isEqualTo(ErrorCode.UPGRADE_NOT_ALLOWED);
      assertThat(failure(() -> theirs.cancelUpgrade(hash(betterBox))))
          .isEqualTo(ErrorCode.UPGRADE_NOT_ALLOWED);
      assertThat(other.tokens()).isEqualTo(tokens);
      assertThat(other.balance()).isEqualTo(balance);
    }
    // The contract on Ethereum does not take the library's word.
    ContractTerms terms = contract.code().terms().orElseThrow();
    assertThat(failure(() -> transact(USER, announcement(contract, terms, hash(betterBox)))))
        .isEqualTo(ErrorCode.NOT_PERMITTED);
    ContractTerms forged =
        new ContractTerms(
            terms.deployer(),
            terms.salt(),
            terms.codeHash(),
            terms.dialect(),
            stranger.address(),
            0);
    transact(USER, announcement(contract, forged, hash(betterBox)));
    assertThat(contract.code().upgrades()).isEmpty();
    assertThat(contract.code().codeHash()).contains(hash(box));
  }

  @Test
  void aContractWithoutAuthorityCannotBeUpgradedByAnybody() {
    SecretContract contract = deploy(DeployOptions.DEFAULT);

    assertThat(contract.authority()).isEmpty();
    assertThat(contract.code().upgrades()).isEmpty();
    assertThat(failure(() -> contract.upgrade(betterBox, List.of(2), CallOptions.DEFAULT)))
        .isEqualTo(ErrorCode.UPGRADE_NOT_ALLOWED);
    ContractTerms terms = contract.code().terms().orElseThrow();
    assertThat(failure(() -> transact(DEPLOYER, announcement(contract, terms, hash(betterBox)))))
        .isEqualTo(ErrorCode.NOT_PERMITTED);
  }

  @Test
  void anAnnouncementIsSeenByUsersForItsDelayAndCanBeTakenBack() {
    SecretContract contract =
        deploy(DeployOptions.DEFAULT.upgradableBy(authority.address(), 1_000));
    SecretContract own = contract.as(authority);

    assertThat(failure(() -> own.upgrade(betterBox, List.of(2), CallOptions.DEFAULT)))
        .isEqualTo(ErrorCode.UPGRADE_NOT_READY);
    AnnouncedUpgrade announced = contract.code().openUpgrades().getFirst();
    assertThat(announced.codeHash()).isEqualTo(hash(betterBox));
    assertThat(announced.stage()).isEqualTo(AnnouncedUpgrade.Stage.WAITING);
    assertThat(announced.readyAt()).isEqualTo(announced.announcedAt() + 1_000);
    assertThat(own.announceUpgrade(betterBox)).isEqualTo(announced.readyAt());

    own.cancelUpgrade(hash(betterBox));
    assertThat(contract.code().openUpgrades()).isEmpty();
    assertThat(contract.code().upgrades().getFirst().stage())
        .isEqualTo(AnnouncedUpgrade.Stage.TAKEN_BACK);
    assertThat(failure(() -> own.cancelUpgrade(hash(betterBox))))
        .isEqualTo(ErrorCode.UPGRADE_NOT_READY);
  }

  @Test
  void whenTheDelayHasPassedTheSameUpgradeIsCarriedOut() {
    SecretContract contract = deploy(DeployOptions.DEFAULT.upgradableBy(authority.address(), 8));
    SecretContract own = contract.as(authority);
    own.announceUpgrade(betterBox);
    mine(8);
    assertThat(contract.code().openUpgrades().getFirst().stage())
        .isEqualTo(AnnouncedUpgrade.Stage.READY);

    own.upgrade(betterBox, List.of(2), CallOptions.DEFAULT).await();

    assertThat(contract.code().codeHash()).contains(hash(betterBox));
  }

  @Test
  void usersAreToldBeforeTheyFirstSendSomethingOrRefuseToSend() {
    SecretContract contract = upgradable();
    Queue<ClientEvent> events = new ConcurrentLinkedQueue<>();
    EnigmaClient told = network.client(USER, builder -> builder.listener(events::add));
    contract.as(told).call("store", 1).await();
    contract.as(told).query("load");
    List<ClientEvent> order = new ArrayList<>(events);
    ClientEvent warning =
        new ClientEvent.CodeMayChange(
            contract.address(), new UpgradeAuthority(authority.address(), 0));
    assertThat(order.stream().filter(warning::equals)).hasSize(1);
    int sent =
        order.indexOf(
            order.stream().filter(ClientEvent.Sent.class::isInstance).findFirst().orElseThrow());
    assertThat(order.indexOf(warning)).isLessThan(sent);

    EnigmaClient strict = network.client(USER, builder -> builder.upgradable(UpgradePolicy.REFUSE));
    assertThat(failure(() -> contract.as(strict).call("store", 2)))
        .isEqualTo(ErrorCode.CODE_MAY_CHANGE);
    assertThat(failure(() -> contract.as(strict).query("load")))
        .isEqualTo(ErrorCode.CODE_MAY_CHANGE);
    SecretContract fixed = deploy(DeployOptions.DEFAULT);
    fixed.as(strict).call("store", 3).await().orThrow();
  }

  @Test
  void contractsThatContractsMadeAreFixedAndWhereNothingIsNobodyPromises() {
    CompiledContract factory = deployer.compiler().load(source, "Factory");
    SecretContract maker = deployer.deploy(factory, List.of(), DeployOptions.DEFAULT).await();
    Address made = maker.call("make").await().value(Address.class);
    SecretContract handle = deployer.contract("Box", made, maker.realm(), box.abi());

    assertThat(handle.authority()).isEmpty();
    assertThat(handle.code().terms()).isEmpty();
    assertThat(failure(() -> handle.upgrade(betterBox, List.of(2), CallOptions.DEFAULT)))
        .isEqualTo(ErrorCode.UPGRADE_NOT_ALLOWED);
    SecretContract nothing = deployer.contract("Box", deployer.address(), maker.realm(), box.abi());
    assertThat(failure(nothing::authority)).isEqualTo(ErrorCode.NO_SUCH_CONTRACT);
  }

  @Test
  void aPostedDeploymentArrivesWithItsCode() {
    Deployment deployment =
        deployer.deploy(
            box,
            List.of(),
            DeployOptions.DEFAULT.withCall(
                CallOptions.DEFAULT.withRoute(CallOptions.Route.POSTED)));
    assertThat(deployment.await().code().codeHash()).contains(hash(box));
  }

  private record Ended(int exit, String out, String err) {}

  private Ended run(Path directory, int account, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    all.addAll(List.of("--account", String.valueOf(account)));
    int exit =
        EnigmaCommand.run(
            Map.of(
                "ENIGMA_HOME", directory.toString(),
                "ETH_RPC", network.testnet().ethereumUrl().toString(),
                "ENIGMA_RPC", network.testnet().nodeUrls().getFirst().toString(),
                "ENIGMA_ADDRESS", deployer.enigma().hex(),
                "ENIGMA_ALLOW_SIMULATED", "1"),
            false,
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            all.toArray(String[]::new));
    return new Ended(exit, out.toString(), err.toString());
  }

  @Test
  void theCommandLineDoesItToo(@TempDir Path directory) {
    String file = source.toString();
    String who = authority.address().checksummed();
    String warning = "warning: account " + who + " may change this contract's code, at any time";

    Ended deployed =
        run(directory, DEPLOYER, "deploy", file, "--contract", "Box", "--authority", who);
    assertThat(deployed.exit).as(deployed.err).isZero();
    assertThat(deployed.err).contains(warning);
    assertThat(deployed.out).contains("upgradable by  " + who);

    Ended called = run(directory, USER, "call", "Box", "store", "40");
    assertThat(called.exit).as(called.err).isZero();
    assertThat(called.err).contains(warning);

    Ended refused =
        run(directory, USER, "upgrade", "Box", file, "--contract", "BetterBox", "--json", "2");
    assertThat(refused.exit).isEqualTo(3);
    assertThat(refused.out).contains("UPGRADE_NOT_ALLOWED");

    Ended announced =
        run(directory, AUTHORITY, "upgrade", "Box", file, "--contract", "BetterBox", "--announce");
    assertThat(announced.exit).as(announced.err).isZero();
    Ended shown = run(directory, USER, "contract", "Box", "--source", file);
    assertThat(shown.exit).as(shown.err).isZero();
    assertThat(shown.out).contains("upgradable by  " + who).contains("READY");
    assertThat(shown.err).contains("new code is announced");

    Ended upgraded =
        run(directory, AUTHORITY, "upgrade", "Box", file, "--contract", "BetterBox", "2");
    assertThat(upgraded.exit).as(upgraded.err).isZero();
    assertThat(upgraded.out).contains("is now BetterBox");

    Ended asked = run(directory, USER, "query", "BetterBox", "twice");
    assertThat(asked.out).contains("84");
    Ended json = run(directory, USER, "contract", "BetterBox", "--json");
    assertThat(json.out.replaceAll("\\s", ""))
        .contains("\"upgradable\":true")
        .contains("\"account\":\"" + who + "\"")
        .contains("\"codeHash\":\"" + hash(betterBox).hex() + "\"")
        .contains("\"deployedCodeHash\":\"" + hash(box).hex() + "\"")
        .contains("\"stage\":\"EXECUTED\"");
    String address = json.out.replaceAll("(?s).*\"address\" : \"(0x\\w+)\".*", "$1");
    String realm = json.out.replaceAll("(?s).*\"realm\" : \"(0x\\w+)\".*", "$1");
    Path elsewhere = directory.resolve("elsewhere");
    for (String name : List.of("BetterBox", "Box")) {
      Ended other =
          run(
              elsewhere,
              USER,
              "contract",
              address,
              "--realm",
              realm,
              "--source",
              file,
              "--contract",
              name,
              "--json");
      assertThat(other.exit).as(other.out).isEqualTo(name.equals("Box") ? 3 : 0);
      assertThat(other.out).contains(name.equals("Box") ? "CODE_MISMATCH" : who);
    }
  }
}
