package network.enigma.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import network.enigma.contracts.Enigma;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Outcome;
import network.enigma.protocol.TaskKind;

/** What events of the Enigma contract tell of one contract's upgrades. */
final class UpgradeHistory {
  private final Address target;
  private final List<AnnouncedUpgrade> upgrades = new ArrayList<>();

  private UpgradeHistory(Address target) {
    this.target = target;
  }

  /**
   * Reads events.
   *
   * @param events of the contract's realm, in the order of the chain
   * @param block the latest block
   */
  static List<AnnouncedUpgrade> of(Address target, List<Ledger.Logged> events, long block) {
    UpgradeHistory history = new UpgradeHistory(target);
    events.forEach(history::read);
    history.upgrades.replaceAll(each ->
        each.stage() == AnnouncedUpgrade.Stage.WAITING && each.readyAt() <= block
            ? each.at(AnnouncedUpgrade.Stage.READY)
            : each);
    return List.copyOf(history.upgrades);
  }

  private void read(Ledger.Logged logged) {
    switch (logged.event()) {
      case Enigma.Event.UpgradeAnnounced announced when isTarget(announced.target()) ->
          upgrades.add(
              new AnnouncedUpgrade(
                  Bytes32.of(announced.codeHash()),
                  logged.block(),
                  announced.readyAtBlock(),
                  AnnouncedUpgrade.Stage.WAITING,
                  Optional.empty()));
      case Enigma.Event.UpgradeCancelled cancelled when isTarget(cancelled.target()) ->
          change(waiting(cancelled.codeHash()), each -> each.at(AnnouncedUpgrade.Stage.TAKEN_BACK));
      case Enigma.Event.TaskPosted posted
          when posted.kind() == TaskKind.UPGRADE.number() && isTarget(posted.target()) ->
          change(waiting(posted.codeHash()), each -> each.posted(Bytes32.of(posted.taskId())));
      case Enigma.Event.TaskSettled settled ->
          change(
              carriedOutBy(settled.taskId()),
              each ->
                  each.at(
                      settled.outcome() == Outcome.EXECUTED.number()
                          ? AnnouncedUpgrade.Stage.EXECUTED
                          : AnnouncedUpgrade.Stage.REFUSED));
      case Enigma.Event.TaskExpired expired ->
          change(carriedOutBy(expired.taskId()), each -> each.at(AnnouncedUpgrade.Stage.EXPIRED));
      default -> {}
    }
  }

  private boolean isTarget(byte[] address) {
    return Address.of(address).equals(target);
  }

  private static Predicate<AnnouncedUpgrade> waiting(byte[] codeHash) {
    Bytes32 hash = Bytes32.of(codeHash);
    return each -> each.stage() == AnnouncedUpgrade.Stage.WAITING && each.codeHash().equals(hash);
  }

  private static Predicate<AnnouncedUpgrade> carriedOutBy(byte[] taskId) {
    Bytes32 task = Bytes32.of(taskId);
    return each -> each.taskId().filter(task::equals).isPresent();
  }

  /** Code can be announced again only when its last announcement is over: at most one matches. */
  private void change(Predicate<AnnouncedUpgrade> which, UnaryOperator<AnnouncedUpgrade> how) {
    upgrades.replaceAll(each -> which.test(each) ? how.apply(each) : each);
  }
}
