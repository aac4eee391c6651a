package network.enigma.chain;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/**
 * Numbers and bytes as Ethereum's JSON-RPC writes them; what an endpoint writes otherwise is a
 * typed error.
 */
final class Quantity {
  private Quantity() {}

  static String of(long number) {
    return "0x" + Long.toHexString(number);
  }

  static String of(BigInteger number) {
    return "0x" + number.toString(16);
  }

  static long number(JsonNode node) {
    String text = hexText(node);
    try {
      return Long.parseUnsignedLong(text, 2, text.length(), 16);
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      throw unexpected(node);
    }
  }

  static BigInteger big(JsonNode node) {
    String text = hexText(node);
    try {
      return new BigInteger(text.substring(2), 16);
    } catch (NumberFormatException e) {
      throw unexpected(node);
    }
  }

  static Bytes bytes(JsonNode node) {
    hexText(node);
    try {
      return Bytes.fromHex(node.textValue());
    } catch (EnigmaException e) {
      throw unexpected(node);
    }
  }

  static Bytes32 hash(JsonNode node) {
    Bytes bytes = bytes(node);
    if (bytes.length() != Bytes32.LENGTH) {
      throw unexpected(node);
    }
    return Bytes32.of(bytes.toByteArray());
  }

  static Address address(JsonNode node) {
    Bytes bytes = bytes(node);
    if (bytes.length() != Address.LENGTH) {
      throw unexpected(node);
    }
    return Address.of(bytes.toByteArray());
  }

  /** The member, which is there and not null. */
  static JsonNode required(JsonNode object, String member) {
    JsonNode value = object.path(member);
    if (value.isMissingNode() || value.isNull()) {
      throw new EnigmaException(
          ErrorCode.CHAIN_UNREACHABLE, "the Ethereum endpoint's answer lacks \"" + member + "\"");
    }
    return value;
  }

  private static String hexText(JsonNode node) {
    String text = node.textValue();
    if (text == null || !text.startsWith("0x")) {
      throw unexpected(node);
    }
    return text;
  }

  private static EnigmaException unexpected(JsonNode node) {
    String text = node.toString();
    return new EnigmaException(
        ErrorCode.CHAIN_UNREACHABLE,
        "the Ethereum endpoint answered what it should not: "
            + text.substring(0, Math.min(100, text.length())));
  }
}
