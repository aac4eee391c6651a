package network.enigma.node.rpc;

import com.fasterxml.jackson.databind.node.ObjectNode;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns whatever a method threw into the {@code error} object that the documentation describes. */
final class RpcErrors {
  private static final Logger log = LoggerFactory.getLogger(RpcErrors.class);
  private static final int INTERNAL_ERROR = -32603;

  private RpcErrors() {}

  static ObjectNode toJson(Throwable failure) {
    return switch (failure) {
      case RpcFault fault -> frame(fault);
      case EnigmaException enigma -> typed(enigma.code(), enigma.code().number(), text(enigma));
      default -> {
        // Nothing of an unexpected failure is shown to a stranger: its text may quote anything.
        log.error("unexpected failure of a request: {}", failure.getClass().getName(), failure);
        yield typed(ErrorCode.INTERNAL, INTERNAL_ERROR, "the node failed; its log says more");
      }
    };
  }

  private static ObjectNode frame(RpcFault fault) {
    ObjectNode error = JsonText.NODES.objectNode();
    error.put("code", fault.number()).put("message", text(fault));
    error.putObject("data").put("code", fault.name()).put("kind", "USER");
    return error;
  }

  private static ObjectNode typed(ErrorCode code, int number, String message) {
    ObjectNode error = JsonText.NODES.objectNode();
    error.put("code", number).put("message", message);
    ObjectNode data = error.putObject("data");
    data.put("code", code.name())
        .put("kind", code.kind().name())
        .put("explanation", code.explanation())
        .put("remedy", code.remedy());
    switch (code) {
      case TOO_MANY_REQUESTS, NODE_NOT_READY, KEY_PENDING, NOT_ASSIGNED, HOLDER_UNREACHABLE ->
          data.put("retryAfterMillis", "0x3e8");
      default -> {}
    }
    return error;
  }

  private static String text(Throwable failure) {
    return String.valueOf(failure.getMessage());
  }
}
