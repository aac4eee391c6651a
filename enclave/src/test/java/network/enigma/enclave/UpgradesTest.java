package network.enigma.enclave;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.CallResult;
import network.enigma.protocol.ContractDescription;
import network.enigma.protocol.ContractTerms;
import network.enigma.protocol.DeployData;
import network.enigma.protocol.Envelope;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.Outcome;
import network.enigma.protocol.Query;
import network.enigma.protocol.SealedResult;
import network.enigma.protocol.TaskKind;
import network.enigma.protocol.channel.TaskResult;
import network.enigma.protocol.channel.WorkerRequest;
import network.enigma.protocol.channel.WorkerResponse.Answered;
import network.enigma.protocol.crypto.SecretAccess;
import network.enigma.protocol.crypto.SigningKey;
import org.junit.jupiter.api.Test;

/** Upgrades (rule C7) and what an enclave says of a contract (rule E4). */
class UpgradesTest {
  private static final Bytes32 OLD = Keccak.hash(Bytes.ofText("upgradable code"));
  private static final Bytes32 NEW = Keccak.hash(Bytes.ofText("better code"));

  private final TestDapp dapp = new TestDapp();
  private final TestRealm realm = dapp.realm;
  private final SigningKey authority = TestTask.key("authority");
  private final TestTask deployment =
      realm
          .task(dapp.owner)
          .deploy(
              new DeployData(Bytes.ofText("upgradable code"), 0, authority.address(), 7),
              Bytes.empty())
          .build();
  private final Address contract = deployment.order().target();

  UpgradesTest() {
    realm.run(dapp.worker, deployment);
  }

  private CallResult ask(Bytes input) {
    TestTask task = realm.task(dapp.user).call(contract, input).build();
    return task.open(realm.runOne(dapp.worker, task));
  }

  private TestTask post(TestTask.Builder upgrade) {
    TestTask posted = upgrade.build().posted();
    dapp.testbed.store(posted.order(), slot -> slot);
    dapp.testbed.mine();
    return posted;
  }

  private ContractDescription describe(Address target) {
    Bytes32 salt = Keccak.hashText("question");
    Envelope.Sealed sealed =
        Envelope.seal(
            Leases.SUITE,
            realm.inputKey,
            dapp.testbed.config.hash(),
            Testbed.GENERATION,
            realm.hot.tenure(),
            new Envelope.Context(
                realm.id, target, TaskKind.QUERY, Address.zero(), salt, Bytes32.zero()),
            ContractDescription.question());
    Query query = new Query(realm.id, target, Address.zero(), salt, sealed.envelope().toBytes());
    Answered answered =
        (Answered)
            dapp.worker.call(
                new WorkerRequest.AnswerQuery(query, dapp.testbed.chain.proofOfEverything()));
    return ContractDescription.decode(
        SealedResult.open(sealed.responseKey(), query.id(dapp.testbed.domain()), answered.result())
            .toByteArray(SecretAccess.granted()));
  }

  private ContractDescription runs(Bytes32 codeHash) {
    return new ContractDescription.Deployed(
        ContractTerms.of(deployment.order(), deployment.input().deploy().orElseThrow()),
        Optional.of(codeHash));
  }

  @Test
  void anUpgradeByTheAuthorityReplacesTheCodeAndKeepsTheState() {
    ask(TestRuntime.set("name", "Ada"));
    assertThat(describe(contract)).isEqualTo(runs(OLD));
    TestTask upgrade = post(realm.task(authority).upgrade(contract, "better code"));
    assertThat(upgrade.open(realm.runOne(dapp.worker, upgrade)).failure()).isEmpty();
    assertThat(ask(TestRuntime.get("name")).output()).isEqualTo(Bytes.ofText("Ada"));
    assertThat(describe(contract)).isEqualTo(runs(NEW));
  }

  @Test
  void anUpgradeWhoseConstructorRevertsChangesNothing() {
    ask(TestRuntime.set("name", "Ada"));
    TestTask upgrade =
        post(realm.task(authority).upgrade(contract, "better code", Bytes.ofText("no")));
    CallResult result = upgrade.open(realm.runOne(dapp.worker, upgrade));
    assertThat(result.failure()).contains(ErrorCode.CONSTRUCTOR_REVERTED);
    assertThat(describe(contract)).isEqualTo(runs(OLD));
    assertThat(ask(TestRuntime.get("name")).output()).isEqualTo(Bytes.ofText("Ada"));
  }

  @Test
  void anUpgradeByAnybodyElseIsRefused() {
    for (SigningKey stranger : new SigningKey[] {dapp.owner, dapp.user}) {
      TestTask upgrade = post(realm.task(stranger).upgrade(contract, "better code"));
      TaskResult result = realm.runOne(dapp.worker, upgrade);
      assertThat(result.receipt().outcome()).isEqualTo(Outcome.REFUSED);
      assertThat(result.code()).contains(ErrorCode.UPGRADE_NOT_ALLOWED);
    }
    assertThat(describe(contract)).isEqualTo(runs(OLD));
  }

  @Test
  void aContractWithoutAuthorityCannotBeUpgradedByAnybody() {
    TestTask upgrade = post(realm.task(dapp.owner).upgrade(dapp.contract, "better code"));
    assertThat(realm.runOne(dapp.worker, upgrade).code()).contains(ErrorCode.UPGRADE_NOT_ALLOWED);
  }

  @Test
  void anUpgradeOfNothingIsRefused() {
    Address nothing = Address.lastBytesOf(Keccak.hashText("nothing"));
    TestTask upgrade = post(realm.task(authority).upgrade(nothing, "better code"));
    assertThat(realm.runOne(dapp.worker, upgrade).code()).contains(ErrorCode.UNKNOWN_CONTRACT);
    assertThat(describe(nothing)).isEqualTo(new ContractDescription.Nothing());
  }

  @Test
  void aDescriptionTellsWhoMayUpgradeAndLeadsToTheAddress() {
    ContractDescription.Deployed upgradable = (ContractDescription.Deployed) describe(contract);
    assertThat(upgradable.terms().upgrader()).contains(authority.address());
    assertThat(upgradable.terms().delay()).isEqualTo(7);
    assertThat(upgradable.terms().deployer()).isEqualTo(dapp.owner.address());
    assertThat(upgradable.terms().address(realm.id)).isEqualTo(contract);
    ContractDescription.Deployed fixed = (ContractDescription.Deployed) describe(dapp.contract);
    assertThat(fixed.terms().upgrader()).isEmpty();
    assertThat(fixed.terms().address(realm.id)).isEqualTo(dapp.contract);
  }

  @Test
  void aContractWhoseConstructorRevertedHasTermsAndNoCode() {
    TestTask failing =
        realm
            .task(dapp.owner)
            .deploy(
                new DeployData(Bytes.ofText("code"), 0, authority.address(), 0), Bytes.ofText("no"))
            .build();
    realm.run(dapp.worker, failing);
    ContractDescription.Deployed described =
        (ContractDescription.Deployed) describe(failing.order().target());
    assertThat(described.terms().upgrader()).contains(authority.address());
    assertThat(described.codeHash()).isEmpty();
  }

  @Test
  void theNextHolderKnowsTheSame() {
    TestTask upgrade = post(realm.task(authority).upgrade(contract, "better code"));
    realm.commit(realm.run(dapp.worker, upgrade));
    realm.confirm(dapp.worker);
    realm.takeLease(dapp.worker, 1);
    assertThat(describe(contract)).isEqualTo(runs(NEW));
  }
}
