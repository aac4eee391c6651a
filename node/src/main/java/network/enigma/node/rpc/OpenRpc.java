package network.enigma.node.rpc;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** The list of methods in OpenRPC's form. */
final class OpenRpc {
  private record Method(String name, String summary, List<String> parameters) {}

  private static final List<Method> METHODS =
      List.of(
          new Method(
              "enigma_submit",
              "Hands an order with its sealed input to the network",
              List.of("order", "envelope", "deploy", "signature", "session")),
          new Method("enigma_getTask", "What became of a task", List.of("realm", "taskId")),
          new Method(
              "enigma_getTasks",
              "The latest tasks of this node",
              List.of("realm", "before", "limit")),
          new Method(
              "enigma_query",
              "Asks a contract without changing anything",
              List.of("realm", "target", "sender", "salt", "envelope")),
          new Method("enigma_getRealm", "A realm and who holds it", List.of("realm")),
          new Method("enigma_workers", "The registered workers", List.of()),
          new Method("enigma_status", "This node", List.of()),
          new Method("enigma_subscribe", "Events over a WebSocket", List.of("kind", "filter")),
          new Method("enigma_unsubscribe", "Ends a subscription", List.of("subscription")));

  private OpenRpc() {}

  static ObjectNode document() {
    ObjectNode document = JsonText.NODES.objectNode().put("openrpc", "1.3.2");
    document.putObject("info").put("title", "Enigma node").put("version", "0.1.0");
    ArrayNode methods = document.putArray("methods");
    for (Method method : METHODS) {
      ObjectNode json = methods.addObject().put("name", method.name).put("summary", method.summary);
      ArrayNode params = json.putArray("params");
      method.parameters.forEach(each -> params.addObject().put("name", each).putObject("schema"));
      json.putObject("result").put("name", "result").putObject("schema");
    }
    return document;
  }
}
