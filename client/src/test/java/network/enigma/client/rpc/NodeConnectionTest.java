package network.enigma.client.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against an HTTP server that says what it was asked, and refuses "bad". */
class NodeConnectionTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int CALLS = 40;

  private final ConcurrentLinkedQueue<JsonNode> messages = new ConcurrentLinkedQueue<>();
  private final Semaphore arrived = new Semaphore(0);
  private final CountDownLatch answer = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private HttpServer server;
  private HttpClient http;
  private NodeConnection connection;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
    http = HttpClient.newHttpClient();
    connection =
        new NodeConnection(
            URI.create("http://127.0.0.1:" + server.getAddress().getPort()),
            http,
            Duration.ofSeconds(20));
  }

  @AfterEach
  void stop() {
    answer.countDown();
    server.stop(0);
    http.close();
    threads.close();
  }

  private void handle(HttpExchange exchange) throws IOException {
    JsonNode message = JSON.readTree(exchange.getRequestBody());
    messages.add(message);
    arrived.release();
    try {
      answer.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    JsonNode reply;
    if (message.isArray()) {
      // In another order than asked: answers are told apart by their ids.
      List<JsonNode> replies = new ArrayList<>();
      message.forEach(each -> replies.addFirst(reply(each)));
      ArrayNode array = JSON.createArrayNode();
      replies.forEach(array::add);
      reply = array;
    } else {
      reply = reply(message);
    }
    byte[] bytes = JSON.writeValueAsBytes(reply);
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static JsonNode reply(JsonNode request) {
    ObjectNode reply = JSON.createObjectNode().put("jsonrpc", "2.0");
    reply.set("id", request.get("id"));
    if (request.path("method").asText().equals("bad")) {
      reply
          .putObject("error")
          .put("code", 1)
          .put("message", "no")
          .putObject("data")
          .put("code", "USED_SALT");
    } else {
      reply.set("result", request.path("params").path(0).path("number"));
    }
    return reply;
  }

  private static JsonNode number(int number) {
    return JSON.createObjectNode().put("number", number);
  }

  @Test
  @Timeout(300)
  void callsThatComeWhileOthersAreUnderWayGoTogetherAndGetTheirOwnAnswers() throws Exception {
    List<Future<JsonNode>> running = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      int number = i;
      running.add(threads.submit(() -> connection.call("say", number(number))));
    }
    Future<JsonNode> refused = threads.submit(() -> connection.call("bad", null));
    // The first ones are on their way; the others wait for them.
    arrived.acquire(3);
    while (connection.callsWaiting() < CALLS - 2) {
      Thread.onSpinWait();
    }
    answer.countDown();
    for (int i = 0; i < CALLS; i++) {
      assertThat(running.get(i).get().asInt()).isEqualTo(i);
    }
    assertThatThrownBy(refused::get)
        .hasCauseInstanceOf(EnigmaException.class)
        .cause()
        .satisfies(e -> assertThat(((EnigmaException) e).code()).isEqualTo(ErrorCode.USED_SALT));
    assertThat(messages).hasSizeLessThan(CALLS / 4);
    assertThat(messages.stream().mapToInt(each -> each.isArray() ? each.size() : 1).sum())
        .isEqualTo(CALLS + 1);
  }

  @Test
  void aCallThatMayTakeLongDelaysNoOther() throws Exception {
    List<Future<JsonNode>> running = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      int number = i;
      running.add(threads.submit(() -> connection.callAlone("wait", number(number))));
    }
    arrived.acquire(CALLS);
    answer.countDown();
    for (int i = 0; i < CALLS; i++) {
      assertThat(running.get(i).get().asInt()).isEqualTo(i);
    }
  }

  @Test
  void everyCallThatWaitsHearsThatTheNodeIsGone() throws Exception {
    server.stop(0);
    List<Future<JsonNode>> running = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      running.add(threads.submit(() -> connection.call("say", null)));
    }
    for (Future<JsonNode> each : running) {
      assertThatThrownBy(each::get)
          .cause()
          .satisfies(
              e -> assertThat(((EnigmaException) e).code()).isEqualTo(ErrorCode.NODE_UNREACHABLE));
    }
  }
}
