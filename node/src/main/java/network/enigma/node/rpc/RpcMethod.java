package network.enigma.node.rpc;

import com.fasterxml.jackson.databind.JsonNode;

/** One method of the node's JSON-RPC. */
@FunctionalInterface
public interface RpcMethod {
  /**
   * Answers a request.
   *
   * @param params as sent, missing if left out
   */
  JsonNode call(JsonNode params);
}
