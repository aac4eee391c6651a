package network.enigma.client.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
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

  private final URI url;
  private final HttpClient http;
  private final Duration timeout;
  private final AtomicLong nextId = new AtomicLong();

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
   * Calls a method with one parameter object, or none, and returns its result.
   *
   * @throws EnigmaException NODE_UNREACHABLE, or the error the node answered
   */
  public JsonNode call(String method, @Nullable JsonNode parameters) {
    ObjectNode request = JSON.createObjectNode();
    request.put("jsonrpc", "2.0");
    request.put("id", nextId.incrementAndGet());
    request.put("method", method);
    if (parameters != null) {
      request.putArray("params").add(parameters);
    } else {
      request.putArray("params");
    }
    JsonNode answer = exchange(request);
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

  private JsonNode exchange(ObjectNode request) {
    try {
      HttpRequest post =
          HttpRequest.newBuilder(url)
              .timeout(timeout)
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(request)))
              .build();
      HttpResponse<InputStream> response =
          http.send(post, HttpResponse.BodyHandlers.ofInputStream());
      byte[] body;
      try (InputStream in = response.body()) {
        body = in.readNBytes(MAX_ANSWER + 1);
      }
      if (body.length > MAX_ANSWER) {
        throw new EnigmaException(
            ErrorCode.NODE_UNREACHABLE, url + " answered more than " + MAX_ANSWER + " bytes");
      }
      return JSON.readTree(body);
    } catch (IOException e) {
      throw new EnigmaException(
          ErrorCode.NODE_UNREACHABLE, "node " + url + " does not answer: " + reason(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EnigmaException(ErrorCode.TIMEOUT, "interrupted while waiting for " + url);
    }
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
