package network.enigma.chain;

import com.fasterxml.jackson.databind.JsonNode;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/** What an Ethereum endpoint answered to one request: a result, or an error of JSON-RPC. */
public sealed interface RpcReply {
  /** The result, or the failure as an exception. */
  JsonNode orThrow();

  /** The request succeeded; the result may be JSON's null. */
  record Result(JsonNode value) implements RpcReply {
    @Override
    public JsonNode orThrow() {
      return value;
    }
  }

  /**
   * The endpoint refused the request.
   *
   * @param method what was asked
   * @param code of JSON-RPC or the node; 3 is a revert
   * @param message the node's own words
   * @param data revert data, empty if there is none
   */
  record Failure(String method, int code, String message, Bytes data) implements RpcReply {
    /** Whether a contract reverted. */
    public boolean isRevert() {
      return code == 3 || !data.isEmpty() || message.contains("execution reverted");
    }

    /** The failure as a typed error; a contract's custom error keeps its meaning. */
    public EnigmaException toException() {
      return isRevert()
          ? Revert.exception(data)
          : new EnigmaException(
              ErrorCode.CHAIN_UNREACHABLE,
              "the Ethereum endpoint refused " + method + ": " + message + " (" + code + ")");
    }

    @Override
    public JsonNode orThrow() {
      throw toException();
    }
  }
}
