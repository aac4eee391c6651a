package network.enigma.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import network.enigma.client.AnnouncedUpgrade.Stage;
import network.enigma.contracts.Enigma;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.ContractDescription;
import network.enigma.protocol.ContractTerms;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.TaskKind;
import org.junit.jupiter.api.Test;

/** What Ethereum tells of a contract's upgrades, and what an enclave's word must lead to. */
class UpgradeHistoryTest {
  private static final Bytes32 REALM = Keccak.hashText("realm");
  private static final Address TARGET = Address.lastBytesOf(Keccak.hashText("contract"));
  private static final Address OTHER = Address.lastBytesOf(Keccak.hashText("another"));
  private static final Address AUTHORITY = Address.lastBytesOf(Keccak.hashText("authority"));
  private static final Bytes32 CODE = Keccak.hashText("code");
  private static final Bytes32 TASK = Keccak.hashText("task");

  private final List<Ledger.Logged> events = new ArrayList<>();
  private long block = 10;

  private UpgradeHistoryTest happened(Enigma.Event event) {
    events.add(new Ledger.Logged(event, block++, 0));
    return this;
  }

  private UpgradeHistoryTest announced(Address target, Bytes32 code, long readyAt) {
    return happened(
        new Enigma.Event.UpgradeAnnounced(
            REALM.toByteArray(),
            target.toByteArray(),
            code.toByteArray(),
            AUTHORITY.toByteArray(),
            readyAt));
  }

  private UpgradeHistoryTest cancelled(Bytes32 code) {
    return happened(
        new Enigma.Event.UpgradeCancelled(
            REALM.toByteArray(), TARGET.toByteArray(), code.toByteArray()));
  }

  private UpgradeHistoryTest posted(TaskKind kind, Address target, Bytes32 code, Bytes32 task) {
    return happened(
        new Enigma.Event.TaskPosted(
            REALM.toByteArray(),
            task.toByteArray(),
            AUTHORITY.toByteArray(),
            target.toByteArray(),
            kind.number(),
            code.toByteArray(),
            new byte[32],
            1,
            1,
            100,
            new byte[32],
            false));
  }

  private UpgradeHistoryTest settled(Bytes32 task, int outcome) {
    return happened(
        new Enigma.Event.TaskSettled(REALM.toByteArray(), task.toByteArray(), outcome, 0, 1, 0));
  }

  private List<AnnouncedUpgrade> history() {
    return UpgradeHistory.of(TARGET, events, block);
  }

  private List<Stage> stages() {
    return history().stream().map(AnnouncedUpgrade::stage).toList();
  }

  @Test
  void anAnnouncementWaitsUntilItsBlockAndIsReadyFromThenOnForEver() {
    announced(TARGET, CODE, 12);
    assertThat(stages()).containsExactly(Stage.WAITING);
    assertThat(UpgradeHistory.of(TARGET, events, 12).getFirst().stage()).isEqualTo(Stage.READY);
    assertThat(UpgradeHistory.of(TARGET, events, 1_000_000).getFirst().isOpen()).isTrue();
  }

  @Test
  void itEndsByBeingTakenBackOrByAnOrdersOutcome() {
    announced(TARGET, CODE, 10).cancelled(CODE);
    announced(TARGET, CODE, 10).posted(TaskKind.UPGRADE, TARGET, CODE, TASK).settled(TASK, 0);
    Bytes32 second = Keccak.hashText("second task");
    announced(TARGET, CODE, 10).posted(TaskKind.UPGRADE, TARGET, CODE, second).settled(second, 1);
    Bytes32 third = Keccak.hashText("third task");
    announced(TARGET, CODE, 10).posted(TaskKind.UPGRADE, TARGET, CODE, third);
    happened(
        new Enigma.Event.TaskExpired(
            REALM.toByteArray(), third.toByteArray(), AUTHORITY.toByteArray(), 1));
    assertThat(stages())
        .containsExactly(Stage.TAKEN_BACK, Stage.EXECUTED, Stage.REFUSED, Stage.EXPIRED);
    assertThat(history().get(1).taskId()).contains(TASK);
    assertThat(history()).noneMatch(AnnouncedUpgrade::isOpen);
  }

  @Test
  void otherContractsOtherCodeAndOtherTasksChangeNothing() {
    announced(OTHER, CODE, 10).announced(TARGET, CODE, 10).cancelled(Keccak.hashText("other"));
    posted(TaskKind.UPGRADE, OTHER, CODE, TASK).posted(TaskKind.CALL, TARGET, CODE, TASK);
    settled(TASK, 0);
    assertThat(stages()).containsExactly(Stage.READY);
  }

  @Test
  void anAnswerThatDoesNotLeadToTheAddressIsRefused() {
    ContractTerms terms =
        new ContractTerms(OTHER, Keccak.hashText("salt"), CODE, 0, AUTHORITY, 50_400);
    ContractTerms hidden =
        new ContractTerms(OTHER, terms.salt(), terms.codeHash(), 0, Address.zero(), 0);
    Address contract = terms.address(REALM);
    Upgrades.requireAbout(REALM, contract, described(terms));
    for (ContractDescription lie : List.of(described(hidden), new ContractDescription.Nothing())) {
      assertThatThrownBy(() -> Upgrades.requireAbout(REALM, contract, lie))
          .isInstanceOfSatisfying(
              EnigmaException.class,
              failure ->
                  assertThat(failure.code()).isIn(ErrorCode.BAD_PROOF, ErrorCode.NO_SUCH_CONTRACT));
    }
  }

  private static ContractDescription described(ContractTerms terms) {
    return new ContractDescription.Deployed(terms, Optional.of(CODE));
  }

  @Test
  void aWarningNamesAccountAndDelay() {
    assertThat(new UpgradeAuthority(AUTHORITY, 0).warning())
        .contains(AUTHORITY.checksummed())
        .contains("may change this contract's code, at any time");
    assertThat(new UpgradeAuthority(AUTHORITY, 50_400).warning()).contains("50400 blocks after");
  }
}
