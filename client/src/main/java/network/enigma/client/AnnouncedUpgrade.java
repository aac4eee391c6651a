package network.enigma.client;

import java.util.Optional;
import network.enigma.protocol.Bytes32;

/**
 * New code that a contract's authority announced on Ethereum (rule C7), and what became of it, as
 * the client's own endpoint shows it.
 *
 * @param codeHash of the new creation code
 * @param announcedAt block
 * @param readyAt first block at which it can be carried out
 * @param stage what became of it
 * @param taskId of the order that carries it out, once there is one
 */
public record AnnouncedUpgrade(
    Bytes32 codeHash, long announcedAt, long readyAt, Stage stage, Optional<Bytes32> taskId) {

  /** What becomes of an announcement. */
  public enum Stage {
    /** The delay runs. */
    WAITING,
    /** The authority can carry it out at any time; an announcement never ends by itself. */
    READY,
    /** The authority took it back. */
    TAKEN_BACK,
    /** An order to carry it out is on Ethereum. */
    POSTED,
    /** The order ran. The code has changed if the new code's constructor succeeded. */
    EXECUTED,
    /** The order was refused; nothing has changed. */
    REFUSED,
    /** The order did not run in time; nothing has changed. */
    EXPIRED
  }

  /** Whether it may still change the code. */
  public boolean isOpen() {
    return switch (stage) {
      case WAITING, READY, POSTED -> true;
      case TAKEN_BACK, EXECUTED, REFUSED, EXPIRED -> false;
    };
  }

  AnnouncedUpgrade at(Stage next) {
    return new AnnouncedUpgrade(codeHash, announcedAt, readyAt, next, taskId);
  }

  AnnouncedUpgrade posted(Bytes32 task) {
    return new AnnouncedUpgrade(codeHash, announcedAt, readyAt, Stage.POSTED, Optional.of(task));
  }
}
