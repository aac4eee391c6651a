package network.enigma.enclave;

import java.util.Optional;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ResponseKey;
import network.enigma.protocol.TaskOrder;
import network.enigma.protocol.channel.TaskInput;
import network.enigma.protocol.crypto.SecretAccess;
import network.enigma.protocol.crypto.SecretBytes;

/**
 * A task after everything that can be done for it without the realm's state: its id, whether its
 * signatures and hashes hold, and its input.
 *
 * @param rejection why it cannot be part of any batch
 * @param input the opened input, or why the task is refused; absent if rejected
 */
record OpenedTask(
    TaskInput task, Bytes32 taskId, Optional<EnigmaException> rejection, Optional<Input> input) {

  /** What became of the envelope. */
  sealed interface Input {}

  /**
   * The envelope opened.
   *
   * @param payload the call's input
   * @param responseKey seals the result; absent for a public input
   */
  record Opened(SecretBytes payload, Optional<ResponseKey> responseKey) implements Input {
    Bytes payloadBytes() {
      return Bytes.of(payload.toByteArray(SecretAccess.granted()));
    }
  }

  /** The envelope did not open; the reason is public. */
  record Unreadable(EnigmaException reason) implements Input {}

  TaskOrder order() {
    return task.order();
  }

  static OpenedTask rejected(TaskInput task, Bytes32 taskId, EnigmaException reason) {
    return new OpenedTask(task, taskId, Optional.of(reason), Optional.empty());
  }
}
