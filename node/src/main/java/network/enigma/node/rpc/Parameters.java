package network.enigma.node.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.Hex;

/**
 * The members of one object of a request, read by name and type. What is missing, misspelt or of a
 * wrong form is named in the error; {@link #end} refuses members that nobody asked for.
 */
final class Parameters {
  private static final BigInteger MAXIMUM_UINT64 = BigInteger.ONE.shiftLeft(64);

  private final ObjectNode node;
  private final String path;
  private final Set<String> read = new HashSet<>();

  private Parameters(ObjectNode node, String path) {
    this.node = node;
    this.path = path;
  }

  /** The one object of {@code params}: by position or bare. */
  static Parameters of(JsonNode params) {
    JsonNode node = params.isArray() && params.size() == 1 ? params.get(0) : params;
    if (!(node instanceof ObjectNode object)) {
      throw RpcFault.invalidParameters("params must hold one object");
    }
    return new Parameters(object, "");
  }

  /** Refuses any parameter. */
  static void none(JsonNode params) {
    if (!params.isMissingNode() && !params.isEmpty()) {
      throw RpcFault.invalidParameters("the method takes no parameters");
    }
  }

  boolean has(String name) {
    return node.has(name);
  }

  Parameters object(String name) {
    if (!(member(name) instanceof ObjectNode object)) {
      throw wrong(name, "must be an object");
    }
    return new Parameters(object, path + name + ".");
  }

  Optional<Parameters> optionalObject(String name) {
    return has(name) ? Optional.of(object(name)) : Optional.empty();
  }

  Bytes32 bytes32(String name) {
    return Bytes32.of(exactly(name, Bytes32.LENGTH));
  }

  Address address(String name) {
    return Address.of(exactly(name, Address.LENGTH));
  }

  byte[] exactly(String name, int length) {
    byte[] value = hex(name);
    if (value.length != length) {
      throw wrong(name, "must have " + length + " bytes, not " + value.length);
    }
    return value;
  }

  Bytes bytes(String name) {
    return Bytes.of(hex(name));
  }

  /** An unsigned number of 64 bits. */
  long quantity(String name) {
    String text = text(name);
    if (!text.matches("0x(0|[1-9a-fA-F][0-9a-fA-F]{0,15})")) {
      throw wrong(name, "must be a quantity such as \"0x1f\", of 64 bits at most");
    }
    return new BigInteger(text.substring(2), 16).mod(MAXIMUM_UINT64).longValue();
  }

  /** A quantity up to a bound. */
  int smallQuantity(String name, int maximum) {
    long value = quantity(name);
    if (value < 0 || value > maximum) {
      throw wrong(name, "must be at most " + maximum);
    }
    return (int) value;
  }

  void end() {
    node.fieldNames()
        .forEachRemaining(name -> {
          if (!read.contains(name)) {
            throw RpcFault.invalidParameters("there is no parameter " + path + name);
          }
        });
  }

  private byte[] hex(String name) {
    String text = text(name);
    if (!text.startsWith("0x")) {
      throw wrong(name, "must start with 0x");
    }
    try {
      return Hex.decode(text);
    } catch (EnigmaException e) {
      throw wrong(name, "is not hexadecimal");
    }
  }

  private String text(String name) {
    JsonNode value = member(name);
    if (!value.isTextual()) {
      throw wrong(name, "must be a hex string");
    }
    return value.textValue();
  }

  private JsonNode member(String name) {
    read.add(name);
    JsonNode value = node.get(name);
    if (value == null) {
      throw wrong(name, "is missing");
    }
    return value;
  }

  private RpcFault wrong(String name, String what) {
    return RpcFault.invalidParameters(path + name + " " + what);
  }
}
