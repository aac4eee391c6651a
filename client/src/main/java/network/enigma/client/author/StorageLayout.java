package network.enigma.client.author;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/**
 * Where a contract keeps its variables, as the Solidity compiler's output {@code storageLayout}
 * tells. Immutable.
 */
public final class StorageLayout {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A variable, or a member of a struct.
   *
   * @param slot absolute, or relative to its struct
   * @param offset of its lowest byte in the slot, counted from the right
   * @param type its id among the layout's types
   */
  record Variable(String name, BigInteger slot, int offset, String type) {}

  /** A type. Types name others by their ids, since a struct may hold itself. */
  sealed interface Type {
    /** As in the source. */
    String label();
  }

  /** A value of at most 32 bytes. */
  record Word(String label, int bytes) implements Type {}

  /** {@code bytes} or {@code string}. */
  record ByteString(String label) implements Type {}

  record Mapping(String label, String key, String value) implements Type {}

  record DynamicArray(String label, String base) implements Type {}

  record StaticArray(String label, String base, int length) implements Type {}

  record Struct(String label, List<Variable> members) implements Type {}

  private final JsonNode types;
  private final List<Variable> variables;

  private StorageLayout(JsonNode json) {
    this.types = json.path("types");
    this.variables = variables(json.path("storage"));
  }

  /**
   * Reads the compiler's JSON.
   *
   * @throws EnigmaException NO_STORAGE_LAYOUT if it is none
   */
  public static StorageLayout parse(String json) {
    try {
      JsonNode layout = JSON.readTree(json);
      if (layout.path("storage").isArray()) {
        return new StorageLayout(layout);
      }
    } catch (JsonProcessingException e) {
      throw none();
    }
    throw none();
  }

  private static EnigmaException none() {
    return new EnigmaException(ErrorCode.NO_STORAGE_LAYOUT, "this is no storage layout");
  }

  private static List<Variable> variables(JsonNode list) {
    List<Variable> variables = new ArrayList<>();
    for (JsonNode each : list) {
      variables.add(
          new Variable(
              each.path("label").asText(),
              number(each.path("slot")),
              each.path("offset").asInt(),
              each.path("type").asText()));
    }
    return List.copyOf(variables);
  }

  private static BigInteger number(JsonNode node) {
    try {
      return new BigInteger(node.asText());
    } catch (NumberFormatException e) {
      throw new EnigmaException(
          ErrorCode.NO_STORAGE_LAYOUT, "the layout has '" + node.asText() + "' for a number", e);
    }
  }

  /** Names of the variables, in order. */
  public List<String> names() {
    return variables.stream().map(Variable::name).toList();
  }

  List<Variable> variables() {
    return variables;
  }

  /** The variables that begin in a slot, for traces; empty if there are none. */
  public Optional<String> nameOf(Bytes32 slot) {
    BigInteger number = slot.toBigInteger();
    String names =
        variables.stream()
            .filter(each -> each.slot().equals(number))
            .map(Variable::name)
            .collect(Collectors.joining(", "));
    return names.isEmpty() ? Optional.empty() : Optional.of(names);
  }

  Type type(String id) {
    JsonNode type = types.path(id);
    String label = type.path("label").asText(id);
    return switch (type.path("encoding").asText()) {
      case "bytes" -> new ByteString(label);
      case "mapping" -> new Mapping(label, type.path("key").asText(), type.path("value").asText());
      case "dynamic_array" -> new DynamicArray(label, type.path("base").asText());
      case "inplace" -> {
        if (type.path("members").isArray()) {
          yield new Struct(label, variables(type.path("members")));
        }
        if (type.has("base")) {
          yield new StaticArray(label, type.path("base").asText(), length(label));
        }
        yield new Word(label, Math.clamp(type.path("numberOfBytes").asInt(), 1, 32));
      }
      default ->
          throw new EnigmaException(
              ErrorCode.NO_STORAGE_LAYOUT, "the layout does not tell how " + label + " is stored");
    };
  }

  /** The length of an array, which stands at the end of its type's name. */
  private static int length(String label) {
    BigInteger length =
        label.matches(".*\\[\\d+]")
            ? new BigInteger(label.substring(label.lastIndexOf('[') + 1, label.length() - 1))
            : BigInteger.ZERO;
    return length.bitLength() > 31 ? Integer.MAX_VALUE : length.intValue();
  }

  /** How many bytes a value of a type takes where it stands. */
  int bytes(String id) {
    BigInteger bytes = number(types.path(id).path("numberOfBytes"));
    return bytes.bitLength() > 31 ? Integer.MAX_VALUE : bytes.intValue();
  }

  /** How many slots; for values that share slots 1. */
  BigInteger slots(String id) {
    return number(types.path(id).path("numberOfBytes"))
        .add(BigInteger.valueOf(31))
        .shiftRight(5)
        .max(BigInteger.ONE);
  }
}
