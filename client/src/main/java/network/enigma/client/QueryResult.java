package network.enigma.client;

import java.util.List;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/**
 * What a query answered, from the state after a task.
 *
 * @param values by the function's ABI
 * @param sequence of the last task whose effect the answer contains
 * @param console lines the contract logged; on development networks only
 */
public record QueryResult(List<Object> values, long sequence, List<String> console) {
  public QueryResult {
    values = List.copyOf(values);
    console = List.copyOf(console);
  }

  /** The only or first value, as the type it has. */
  public <T> T value(Class<T> type) {
    if (values.isEmpty() || !type.isInstance(values.getFirst())) {
      throw new EnigmaException(
          ErrorCode.ABI_MISMATCH,
          "the query answered %s, not %s"
              .formatted(
                  values.isEmpty() ? "nothing" : values.getFirst().getClass().getSimpleName(),
                  type.getSimpleName()));
    }
    return type.cast(values.getFirst());
  }

  /** Without the secret values. */
  @Override
  public String toString() {
    return "QueryResult[" + values.size() + " values, sequence " + sequence + "]";
  }
}
