package network.enigma.chain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** An Ethereum endpoint that does with the next requests what a test has ordered. */
final class FaultyEndpoint implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What happens to a request. */
  sealed interface Fault {
    /** Answered with this text. */
    record Text(String text) implements Fault {}

    /** The answer begins and never ends. */
    record Stalled() implements Fault {}

    /** The connection is closed in the middle of the answer. */
    record BrokenOff() implements Fault {}

    /** What upstream answers, but this result for a method; other requests pass by. */
    record Instead(String method, String result) implements Fault {}
  }

  private final @Nullable URI upstream;
  private final HttpServer server;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * @param upstream answers when no fault is ordered
   */
  FaultyEndpoint(@Nullable URI upstream) {
    this.upstream = upstream;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  void order(Fault fault) {
    faults.add(fault);
  }

  /** Whether every fault ordered has happened. */
  boolean isSpent() {
    return faults.isEmpty();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] request = exchange.getRequestBody().readAllBytes();
      Fault fault = faults.peek();
      if (fault instanceof Fault.Instead(String method, String result)
          && !new String(request, StandardCharsets.UTF_8).contains(method)) {
        fault = null;
      } else {
        faults.poll();
      }
      switch (fault) {
        case null -> send(exchange, forward(request));
        case Fault.Text(String text) -> send(exchange, text.getBytes(StandardCharsets.UTF_8));
        case Fault.Stalled() -> {
          begin(exchange);
          closed.await();
        }
        case Fault.BrokenOff() -> begin(exchange);
        case Fault.Instead(String method, String result) ->
            send(exchange, instead(request, method, JSON.readTree(result)));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void begin(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 1_000);
    exchange.getResponseBody().write("{\"jsonrpc\":".getBytes(StandardCharsets.UTF_8));
    exchange.getResponseBody().flush();
  }

  private static void send(HttpExchange exchange, byte[] reply) throws IOException {
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, reply.length == 0 ? -1 : reply.length);
    exchange.getResponseBody().write(reply);
  }

  private byte[] instead(byte[] request, String method, JsonNode result) throws IOException {
    JsonNode calls = JSON.readTree(request);
    JsonNode answers = JSON.readTree(forward(request));
    if (!calls.isArray()) {
      ((ObjectNode) answers).set("result", result);
      return JSON.writeValueAsBytes(answers);
    }
    for (JsonNode call : calls) {
      if (call.path("method").asText().equals(method)) {
        for (JsonNode answer : answers) {
          if (answer.path("id").equals(call.path("id"))) {
            ((ObjectNode) answer).set("result", result);
          }
        }
      }
    }
    return JSON.writeValueAsBytes(answers);
  }

  private byte[] forward(byte[] request) throws IOException {
    if (upstream == null) {
      throw new IOException("no request was expected");
    }
    try {
      return http.send(
              HttpRequest.newBuilder(upstream)
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofByteArray(request))
                  .build(),
              HttpResponse.BodyHandlers.ofByteArray())
          .body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    http.close();
  }
}
