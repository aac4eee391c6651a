package network.enigma.acceptance;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

/**
 * Stands between a client and an HTTP endpoint and keeps every byte that passes. Some requests it
 * may refuse as the endpoint would.
 */
final class RecordingProxy implements AutoCloseable {
  private final URI upstream;
  private final HttpServer server;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ByteArrayOutputStream passed = new ByteArrayOutputStream();

  private final Predicate<String> refused;

  private RecordingProxy(URI upstream, Predicate<String> refused) throws IOException {
    this.upstream = upstream;
    this.refused = refused;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::pass);
    server.setExecutor(threads);
    server.start();
  }

  static RecordingProxy before(URI upstream) throws IOException {
    return new RecordingProxy(upstream, request -> false);
  }

  /** The same, but it answers some requests with an error itself. */
  static RecordingProxy refusing(URI upstream, Predicate<String> refused) throws IOException {
    return new RecordingProxy(upstream, refused);
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  byte[] passed() {
    synchronized (passed) {
      return passed.toByteArray();
    }
  }

  private void pass(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] request = exchange.getRequestBody().readAllBytes();
      if (refused.test(new String(request, StandardCharsets.UTF_8))) {
        exchange.sendResponseHeaders(413, -1);
        return;
      }
      HttpResponse<byte[]> answer =
          http.send(
              HttpRequest.newBuilder(upstream)
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofByteArray(request))
                  .build(),
              HttpResponse.BodyHandlers.ofByteArray());
      keep(request);
      keep(answer.body());
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(answer.statusCode(), answer.body().length);
      exchange.getResponseBody().write(answer.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void keep(byte[] bytes) {
    synchronized (passed) {
      passed.writeBytes(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    http.shutdownNow();
    threads.shutdownNow();
  }
}
