package network.enigma.chain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** An Ethereum endpoint as public ones are: it refuses to search many blocks for logs at once. */
final class LimitedEndpoint implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final URI upstream;
  private final int most;
  private final HttpServer server;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final AtomicInteger searches = new AtomicInteger();

  LimitedEndpoint(URI upstream, int most) {
    this.upstream = upstream;
    this.most = most;
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

  /** Searches for logs since the last call. */
  int searches() {
    return searches.getAndSet(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] request = exchange.getRequestBody().readAllBytes();
      JsonNode call = JSON.readTree(request);
      byte[] reply = isTooMuch(call) ? refusal(call) : forward(request);
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, reply.length);
      exchange.getResponseBody().write(reply);
    }
  }

  private boolean isTooMuch(JsonNode call) {
    if (!call.path("method").asText().equals("eth_getLogs")) {
      return false;
    }
    searches.incrementAndGet();
    JsonNode filter = call.path("params").path(0);
    return number(filter.path("toBlock")) - number(filter.path("fromBlock")) >= most;
  }

  private static long number(JsonNode quantity) {
    return Long.decode(quantity.asText());
  }

  private static byte[] refusal(JsonNode call) throws IOException {
    return JSON.writeValueAsBytes(
        JSON.createObjectNode()
            .put("jsonrpc", "2.0")
            .<com.fasterxml.jackson.databind.node.ObjectNode>set("id", call.path("id"))
            .set(
                "error",
                JSON.createObjectNode().put("code", -32_602).put("message", "range too large")));
  }

  private byte[] forward(byte[] request) throws IOException {
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
    server.stop(0);
    http.close();
  }
}
