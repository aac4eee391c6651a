package network.enigma.node.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import java.util.TreeSet;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/**
 * The node's OpenRPC document: every method with the form of what it takes and answers. The
 * TypeScript client's transport types are generated from the same file.
 */
final class OpenRpc {
  private static final JsonNode DOCUMENT = read("openrpc.json");

  private OpenRpc() {}

  static JsonNode document() {
    return DOCUMENT;
  }

  /**
   * Checks that the document lists exactly the methods a node has over HTTP, so that none is
   * forgotten in one of the two.
   */
  static void requireComplete(Set<String> methods) {
    Set<String> listed = new TreeSet<>(Set.of("rpc.discover"));
    for (JsonNode method : DOCUMENT.path("methods")) {
      if (method.path("paramStructure").asText().equals("by-name")) {
        listed.add(method.path("name").asText());
      }
    }
    if (!listed.equals(methods)) {
      throw new EnigmaException(
          ErrorCode.INTERNAL,
          "openrpc.json lists %s, the node has %s".formatted(listed, new TreeSet<>(methods)));
    }
  }

  private static JsonNode read(String name) {
    try (InputStream in = OpenRpc.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new EnigmaException(ErrorCode.INTERNAL, "this build has no " + name);
      }
      return JsonText.read(in.readAllBytes());
    } catch (IOException e) {
      throw new EnigmaException(ErrorCode.INTERNAL, "cannot read " + name, e);
    }
  }
}
