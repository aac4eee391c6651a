package network.enigma.client.author;

import java.util.List;
import network.enigma.protocol.Bytes32;

/**
 * Values of slots, from the state after a task.
 *
 * @param values in the order they were asked for
 * @param sequence of the last task whose effect they contain
 */
public record SlotValues(List<Bytes32> values, long sequence) {
  /** Where slots are read, at most 1,024 at a time. */
  @FunctionalInterface
  public interface Source {
    SlotValues read(List<Bytes32> slots);
  }

  public SlotValues {
    values = List.copyOf(values);
  }

  /** Without the values, which are secret. */
  @Override
  public String toString() {
    return "SlotValues[" + values.size() + ", sequence " + sequence + "]";
  }
}
