package network.enigma.node.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
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
