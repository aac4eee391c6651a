package network.enigma.client.abi;

import java.util.List;

/**
 * A call or an event as its contract's interface names it.
 *
 * @param name of the function or event
 * @param names of the arguments, empty where one has none
 * @param values of the arguments, as {@link OutputTypes} gives them
 */
public record NamedValues(String name, List<String> names, List<Object> values) {
  public NamedValues {
    names = List.copyOf(names);
    values = List.copyOf(values);
  }

  /** Without the values, which may be secret. */
  @Override
  public String toString() {
    return "NamedValues[" + name + "]";
  }
}
