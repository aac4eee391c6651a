package network.enigma.node.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/** From the bytes of a request or batch to the bytes of its answer, whatever the bytes are. */
final class RpcDispatcher {
  private static final int MAXIMUM_BATCH = 100;

  private final Map<String, RpcMethod> methods;

  RpcDispatcher(Map<String, RpcMethod> methods) {
    this.methods = Map.copyOf(methods);
  }

  /**
   * Answers a text.
   *
   * @param own methods of this connection alone
   * @return the answer; empty if there were only notifications
   */
  Optional<byte[]> answer(byte[] text, Map<String, RpcMethod> own) {
    JsonNode request;
    try {
      if (text.length > JsonText.MAXIMUM_BYTES) {
        throw JsonText.tooLarge();
      }
      request = JsonText.read(text);
    } catch (RuntimeException e) {
      return Optional.of(JsonText.write(failure(JsonText.NODES.nullNode(), e)));
    }
    if (!(request instanceof ArrayNode batch)) {
      return one(request, own).map(JsonText::write);
    }
    if (batch.isEmpty() || batch.size() > MAXIMUM_BATCH) {
      return Optional.of(
          JsonText.write(
              failure(
                  JsonText.NODES.nullNode(),
                  RpcFault.invalidRequest("a batch has 1 to " + MAXIMUM_BATCH + " requests"))));
    }
    ArrayNode answers = JsonText.NODES.arrayNode();
    all(batch, own).forEach(each -> each.ifPresent(answers::add));
    return answers.isEmpty() ? Optional.empty() : Optional.of(JsonText.write(answers));
  }

  /** The requests of a batch are answered beside each other, in the order they were asked. */
  private List<Optional<ObjectNode>> all(ArrayNode batch, Map<String, RpcMethod> own) {
    if (batch.size() == 1) {
      return List.of(one(batch.get(0), own));
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Optional<ObjectNode>>> running = new ArrayList<>();
      batch.forEach(each -> running.add(threads.submit(() -> one(each, own))));
      List<Optional<ObjectNode>> answers = new ArrayList<>();
      for (Future<Optional<ObjectNode>> each : running) {
        answers.add(each.get());
      }
      return answers;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EnigmaException(ErrorCode.NODE_NOT_READY, "the node is closing");
    } catch (ExecutionException e) {
      throw new IllegalStateException("a request of a batch was not answered", e);
    }
  }

  private Optional<ObjectNode> one(JsonNode request, Map<String, RpcMethod> own) {
    JsonNode id = request.path("id");
    boolean notification = request.isObject() && !request.has("id");
    ObjectNode answer;
    try {
      answer = frame(validId(id, notification));
      answer.set("result", dispatch(request, own));
    } catch (RuntimeException e) {
      answer = failure(id.isTextual() || id.isNumber() ? id : JsonText.NODES.nullNode(), e);
    }
    return notification ? Optional.empty() : Optional.of(answer);
  }

  private static JsonNode validId(JsonNode id, boolean notification) {
    if (!notification && !id.isTextual() && !id.isNumber() && !id.isNull()) {
      throw RpcFault.invalidRequest("id must be a string, a number or null");
    }
    return id;
  }

  private JsonNode dispatch(JsonNode request, Map<String, RpcMethod> own) {
    if (!request.isObject() || !request.path("jsonrpc").asText().equals("2.0")) {
      throw RpcFault.invalidRequest("a request is an object with jsonrpc \"2.0\"");
    }
    JsonNode name = request.path("method");
    if (!name.isTextual()) {
      throw RpcFault.invalidRequest("method must be a string");
    }
    JsonNode params = request.path("params");
    if (!params.isMissingNode() && !params.isContainerNode()) {
      throw RpcFault.invalidRequest("params must be an array or an object");
    }
    RpcMethod method = own.getOrDefault(name.textValue(), methods.get(name.textValue()));
    if (method == null) {
      throw RpcFault.methodNotFound(name.textValue());
    }
    return method.call(params);
  }

  static ObjectNode failure(JsonNode id, Throwable failure) {
    ObjectNode answer = frame(id);
    answer.set("error", RpcErrors.toJson(failure));
    return answer;
  }

  private static ObjectNode frame(JsonNode id) {
    ObjectNode answer = JsonText.NODES.objectNode().put("jsonrpc", "2.0");
    answer.set("id", id);
    return answer;
  }
}
