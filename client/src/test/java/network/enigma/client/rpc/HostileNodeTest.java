package network.enigma.client.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes that stop in the middle of an answer, or answer what they should not. */
@Timeout(300)
class HostileNodeTest {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch over = new CountDownLatch(1);
  private HttpServer server;
  private HttpClient http;
  private volatile String text = "";
  private volatile boolean stalls;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
    http = HttpClient.newHttpClient();
  }

  @AfterEach
  void stop() {
    over.countDown();
    server.stop(0);
    http.shutdownNow();
    http.close();
    threads.close();
  }

  private void handle(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (stalls) {
      exchange.sendResponseHeaders(200, 1_000);
      exchange.getResponseBody().write(bytes);
      exchange.getResponseBody().flush();
      try {
        over.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    } else {
      exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
    exchange.close();
  }

  private void assertUnreachable(Duration timeout) {
    NodeConnection connection =
        new NodeConnection(
            URI.create("http://127.0.0.1:" + server.getAddress().getPort()), http, timeout);
    assertThatThrownBy(() -> connection.call("enigma_status", null))
        .isInstanceOfSatisfying(
            EnigmaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NODE_UNREACHABLE));
    assertThatThrownBy(() -> connection.callAlone("enigma_getTask", null))
        .isInstanceOfSatisfying(
            EnigmaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NODE_UNREACHABLE));
  }

  @Test
  void anAnswerThatNeverEndsIsNotWaitedForForEver() {
    stalls = true;
    text = "{\"jsonrpc\":\"2.0\",";
    assertUnreachable(Duration.ofMillis(300));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "7",
        "[]",
        "{}",
        "{\"error\":null}",
        "{\"error\":7}",
        "{\"error\":{\"data\":{\"code\":\"NO_SUCH_CODE\"},\"message\":{}}}",
        "<html>"
      })
  void nonsenseIsATypedError(String nonsense) {
    text = nonsense;
    assertUnreachable(Duration.ofSeconds(20));
  }

  @Test
  void anAnswerNestedWithoutEndIsATypedError() {
    text = "[".repeat(200_000);
    assertUnreachable(Duration.ofSeconds(20));
  }
}
