package network.enigma.enclave;

import java.util.LinkedHashMap;
import java.util.function.Supplier;
import network.enigma.protocol.Bytes32;

/**
 * Inputs that were opened when their tasks were accepted, until they run: opening is most of a
 * task's work, and at acceptance it is done while other tasks run. The oldest give way when they
 * take too much memory.
 */
final class OpenedInputs {
  private static final int MOST_BYTES = 64 << 20;
  private static final int ENTRY_BYTES = 256;

  private final LinkedHashMap<Bytes32, OpenedTask.Input> inputs = new LinkedHashMap<>();
  private long bytes;

  synchronized void keep(Bytes32 taskId, OpenedTask.Input input) {
    if (inputs.putIfAbsent(taskId, input) != null) {
      return;
    }
    bytes += size(input);
    while (bytes > MOST_BYTES) {
      bytes -= size(inputs.pollFirstEntry().getValue());
    }
  }

  /** The input opened at acceptance, or opened now. */
  OpenedTask.Input takeOr(Bytes32 taskId, Supplier<OpenedTask.Input> opening) {
    synchronized (this) {
      OpenedTask.Input kept = inputs.remove(taskId);
      if (kept != null) {
        bytes -= size(kept);
        return kept;
      }
    }
    return opening.get();
  }

  private static int size(OpenedTask.Input input) {
    return switch (input) {
      case OpenedTask.Opened opened -> ENTRY_BYTES + opened.payload().length();
      case OpenedTask.Unreadable unreadable -> ENTRY_BYTES;
    };
  }
}
