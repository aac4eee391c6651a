package network.enigma.client.rpc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * One node's JSON-RPC endpoint over HTTP. Safe for use by many threads; the connection is kept
 * alive.
 */
public final class NodeConnection {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_ANSWER = 16 << 20;

  /** Exchanges at a time before calls begin to go together. */
  private static final int MOST_UNDER_WAY = 3;

  /** Calls that go together; a node takes up to 100. */
  private static final int MOST_TOGETHER = 32;

  private static final int MOST_BYTES = 1 << 20;

  private record Call(long id, byte[] message, CompletableFuture<JsonNode> answer) {}

  private final URI url;
  private final HttpClient http;
  private final Duration timeout;
  private final AtomicLong nextId = new AtomicLong();

  // Guarded by `waiting`.
  private final Deque<Call> waiting = new ArrayDeque<>();
  private int underWay;

  /**
   * @param url an http or https address
   * @param timeout for connecting and for each answer
   */
  public NodeConnection(URI url, HttpClient http, Duration timeout) {
    this.url = url;
    this.http = http;
    this.timeout = timeout;
  }

  public URI url() {
    return url;
  }

  /**
   * Calls a method with one parameter object, or none, and returns its result. While several calls
   * are under way, further ones wait for one of them to come back and then go together.
   *
   * @throws EnigmaException NODE_UNREACHABLE, or the error the node answered
   */
  public JsonNode call(String method, @Nullable JsonNode parameters) {
    Call call = message(method, parameters);
    boolean now;
    synchronized (waiting) {
      now = underWay < MOST_UNDER_WAY;
      if (now) {
        underWay++;
      } else {
        waiting.add(call);
      }
    }
    if (now) {
      try {
        exchange(List.of(call));
      } finally {
        goOn();
      }
    }
    return result(call);
  }

  /** How many calls wait for others to come back. */
  int callsWaiting() {
    synchronized (waiting) {
      return waiting.size();
    }
  }

  /** Calls a method whose answer may take long by intention: it shares its way with no other. */
  public JsonNode callAlone(String method, @Nullable JsonNode parameters) {
    Call call = message(method, parameters);
    exchange(List.of(call));
    return result(call);
  }

  private Call message(String method, @Nullable JsonNode parameters) {
    long id = nextId.incrementAndGet();
    ObjectNode request = JSON.createObjectNode();
    request.put("jsonrpc", "2.0");
    request.put("id", id);
    request.put("method", method);
    if (parameters != null) {
      request.putArray("params").add(parameters);
    } else {
      request.putArray("params");
    }
    try {
      return new Call(id, JSON.writeValueAsBytes(request), new CompletableFuture<>());
    } catch (JsonProcessingException e) {
      throw new EnigmaException(ErrorCode.INTERNAL, "a request does not become JSON", e);
    }
  }

  /** An exchange is over: its place goes to the calls that wait. */
  private void goOn() {
    synchronized (waiting) {
      if (waiting.isEmpty()) {
        underWay--;
        return;
      }
    }
    Thread.ofVirtual()
        .name("node-calls")
        .start(() -> {
          for (List<Call> next = next(); !next.isEmpty(); next = next()) {
            exchange(next);
          }
        });
  }

  /** The calls that go next; when there are none, the place is given back. */
  private List<Call> next() {
    List<Call> next = new ArrayList<>();
    synchronized (waiting) {
      int bytes = 0;
      while (!waiting.isEmpty()
          && next.size() < MOST_TOGETHER
          && (next.isEmpty() || bytes + waiting.getFirst().message.length < MOST_BYTES)) {
        Call call = waiting.removeFirst();
        bytes += call.message.length;
        next.add(call);
      }
      if (next.isEmpty()) {
        underWay--;
      }
    }
    return next;
  }

  /** Completes every call, whatever happens. */
  private void exchange(List<Call> calls) {
    try {
      if (calls.size() == 1) {
        calls.getFirst().answer.complete(exchange(calls.getFirst().message));
        return;
      }
      JsonNode answers = exchange(together(calls));
      if (!answers.isArray()) {
        // A refused batch is answered by one error.
        calls.forEach(call -> call.answer.complete(answers));
        return;
      }
      Map<Long, JsonNode> byId = new HashMap<>();
      answers.forEach(answer -> byId.put(answer.path("id").asLong(), answer));
      calls.forEach(
          call -> call.answer.complete(byId.getOrDefault(call.id, MissingNode.getInstance())));
    } catch (RuntimeException e) {
      calls.forEach(call -> call.answer.completeExceptionally(e));
    }
  }

  private static byte[] together(List<Call> calls) {
    ByteArrayOutputStream batch = new ByteArrayOutputStream();
    for (Call call : calls) {
      batch.write(batch.size() == 0 ? '[' : ',');
      batch.writeBytes(call.message);
    }
    batch.write(']');
    return batch.toByteArray();
  }

  private JsonNode result(Call call) {
    JsonNode answer;
    try {
      answer = call.answer.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EnigmaException(ErrorCode.TIMEOUT, "interrupted while waiting for " + url);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof EnigmaException failure
          ? failure
          : new EnigmaException(ErrorCode.INTERNAL, String.valueOf(e.getCause()), e);
    }
    JsonNode error = answer.get("error");
    if (error != null && !error.isNull()) {
      throw typed(error);
    }
    JsonNode result = answer.get("result");
    if (result == null) {
      throw new EnigmaException(
          ErrorCode.NODE_UNREACHABLE, url + " answered neither result nor error");
    }
    return result;
  }

  private JsonNode exchange(byte[] message) {
    HttpRequest post =
        HttpRequest.newBuilder(url)
            .timeout(timeout)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(message))
            .build();
    CompletableFuture<HttpResponse<byte[]>> answer =
        http.sendAsync(
            post,
            HttpResponse.BodyHandlers.limiting(
                HttpResponse.BodyHandlers.ofByteArray(), MAX_ANSWER));
    try {
      // The request's own time limit ends with the answer's headers.
      return JSON.readTree(answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS).body());
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw unreachable("no answer in " + timeout, e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw unreachable(reason(failure), failure);
      }
      throw new EnigmaException(ErrorCode.INTERNAL, String.valueOf(e.getCause()), e);
    } catch (IOException e) {
      throw unreachable(reason(e), e);
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new EnigmaException(ErrorCode.TIMEOUT, "interrupted while waiting for " + url);
    }
  }

  private EnigmaException unreachable(String why, Exception cause) {
    return new EnigmaException(
        ErrorCode.NODE_UNREACHABLE, "node " + url + " does not answer: " + why, cause);
  }

  private static String reason(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private static EnigmaException typed(JsonNode error) {
    String name = error.path("data").path("code").asText();
    String message = error.path("message").asText("the node gave no message");
    for (ErrorCode code : ErrorCode.values()) {
      if (code.name().equals(name)) {
        return new EnigmaException(code, message);
      }
    }
    return new EnigmaException(
        ErrorCode.NODE_UNREACHABLE,
        "the node answered error %d: %s".formatted(error.path("code").asInt(), message));
  }
}
