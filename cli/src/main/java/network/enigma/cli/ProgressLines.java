package network.enigma.cli;

import java.time.Duration;
import java.util.function.Consumer;
import network.enigma.client.ClientEvent;
import network.enigma.client.Eng;

/** Tells a waiting person what the client is doing, a line an event. */
final class ProgressLines implements Consumer<ClientEvent> {
  private final Terminal terminal;

  ProgressLines(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void accept(ClientEvent event) {
    if (event instanceof ClientEvent.CodeMayChange) {
      terminal.warning(words(event));
    } else {
      terminal.progress("  " + words(event));
    }
  }

  private static String words(ClientEvent event) {
    return switch (event) {
      case ClientEvent.RealmOpened opened -> "realm " + opened.realm().hex() + " opened";
      case ClientEvent.KeyPending pending ->
          "KEY_PENDING  the realm's worker has not announced its key yet (%s)"
              .formatted(text(pending.waited()));
      case ClientEvent.KeyKnown known -> "the realm has its key (tenure " + known.tenure() + ")";
      case ClientEvent.Deposited deposited -> Eng.text(deposited.amount()) + " ENG deposited";
      case ClientEvent.Allocated allocated ->
          Eng.text(allocated.amount()) + " ENG allocated to the realm";
      case ClientEvent.Sent sent ->
          "task " + sent.taskId().hex() + (sent.posted() ? " to be posted" : "");
      case ClientEvent.CodeMayChange change -> change.authority().warning();
      case ClientEvent.UpgradeAnnounced announced ->
          "code %s announced; it can be carried out from block %d on"
              .formatted(announced.codeHash().hex(), announced.readyAt());
      case ClientEvent.NotAccepted refused ->
          "not accepted: %s; trying %s".formatted(refused.reason(), refused.next());
      case ClientEvent.Moved moved ->
          "%-10s %s".formatted(moved.progress().stage(), text(moved.progress().elapsed()));
    };
  }

  /** For example {@code 12 ms} or {@code 3.4 s}. */
  static String text(Duration duration) {
    long millis = duration.toMillis();
    return millis < 1_000 ? millis + " ms" : "%.1f s".formatted(millis / 1_000.0);
  }
}
