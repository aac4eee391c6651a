package network.enigma.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RpcServerTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final AtomicBoolean subscriptionOpen = new AtomicBoolean();
  private RpcServer server;

  @BeforeEach
  void start() {
    server = start(RpcServer.Settings.local(0));
  }

  private RpcServer start(RpcServer.Settings settings) {
    return RpcServer.start(
        settings,
        Map.of(
            "echo",
            params -> {
              Parameters given = Parameters.of(params);
              String text = given.bytes("text").hex();
              given.end();
              return JsonText.NODES.textNode(text);
            },
            "refuse",
            params -> {
              throw new EnigmaException(ErrorCode.USED_SALT, "that salt was used");
            },
            "fail",
            params -> {
              throw new IllegalStateException("a secret detail");
            }),
        (params, sink) -> {
          subscriptionOpen.set(true);
          sink.accept(JsonText.NODES.textNode("first"));
          return () -> subscriptionOpen.set(false);
        },
        () -> Optional.of("still starting"));
  }

  @AfterEach
  void stop() {
    server.close();
    http.close();
  }

  @Test
  void aRequestIsAnswered() throws Exception {
    JsonNode answer = post(call("echo", "[{\"text\":\"0x0A\"}]"));
    assertThat(answer.path("result").asText()).isEqualTo("0x0a");
    assertThat(answer.path("id").asInt()).isEqualTo(7);
    assertThat(answer.path("jsonrpc").asText()).isEqualTo("2.0");
  }

  @Test
  void aBatchIsAnsweredInOrderAndNotificationsAreNot() throws Exception {
    JsonNode answer =
        post(
            "["
                + call("echo", "[{\"text\":\"0x01\"}]")
                + ",{\"jsonrpc\":\"2.0\",\"method\":\"echo\",\"params\":[{\"text\":\"0x02\"}]},"
                + call("nothing", "[]")
                + ",5]");
    assertThat(answer).hasSize(3);
    assertThat(answer.get(0).path("result").asText()).isEqualTo("0x01");
    assertThat(answer.get(1).at("/error/code").asInt()).isEqualTo(-32601);
    assertThat(answer.get(2).at("/error/code").asInt()).isEqualTo(-32600);
  }

  @Test
  void anOverlongBatchIsRefused() throws Exception {
    assertThat(errorName(post("[" + "1,".repeat(100) + "1]"))).isEqualTo("INVALID_REQUEST");
    assertThat(errorName(post("[]"))).isEqualTo("INVALID_REQUEST");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "nonsense", "{\"a\":1,\"a\":2}", "{} {}", "\u0000"})
  void whatIsNotJsonIsNamedSo(String text) throws Exception {
    assertThat(errorName(post(text))).isEqualTo("MALFORMED_JSON");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"a\":"})
  void aTextNestedTooDeepIsRefusedAndTheServerLives(String level) throws Exception {
    String close = level.equals("[") ? "]" : "}";
    String bomb = level.repeat(4500) + "1" + close.repeat(4500);
    assertThat(errorName(post(bomb))).isEqualTo("INPUT_TOO_DEEP");
    assertThat(errorName(post(level.repeat(129) + "1" + close.repeat(129))))
        .isEqualTo("INPUT_TOO_DEEP");
    assertThat(post(call("echo", "[{\"text\":\"0x01\"}]")).path("result").asText())
        .isEqualTo("0x01");
  }

  @Test
  void aBodyThatIsTooLargeIsRefusedAndOneThatJustFitsIsRead() throws Exception {
    assertThat(errorName(post(" ".repeat(JsonText.MAXIMUM_BYTES + 1))))
        .isEqualTo("INPUT_TOO_LARGE");
    String request = call("echo", "[{\"text\":\"0x" + "00".repeat(1 << 20) + "\"}]");
    assertThat(post(request).path("result").asText()).hasSize(2 + (2 << 20));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "{}", "0"})
  void aTextThatWouldTakeManyTimesItsLengthInMemoryIsRefused(String part) throws Exception {
    String bomb = "[" + (part + ",").repeat(800_000) + part + "]";
    assertThat(errorName(post(bomb))).isEqualTo("INPUT_TOO_LARGE");
    assertThat(post(call("echo", "[{\"text\":\"0x01\"}]")).path("result").asText())
        .isEqualTo("0x01");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "[{}]",
        "[{\"text\":5}]",
        "[{\"text\":null}]",
        "[{\"text\":\"0x1\"}]",
        "[{\"text\":\"12\"}]",
        "[{\"text\":\"0x01\",\"txet\":\"0x01\"}]",
        "[{\"text\":\"0x01\"},{}]"
      })
  void wrongParametersAreNamedSo(String params) throws Exception {
    assertThat(errorName(post(call("echo", params)))).isEqualTo("INVALID_ARGUMENT");
  }

  @Test
  void aTypedErrorCarriesNameKindAndRemedy() throws Exception {
    JsonNode error = post(call("refuse", "[]")).path("error");
    assertThat(error.path("code").asInt()).isEqualTo(ErrorCode.USED_SALT.number());
    assertThat(error.path("message").asText()).isEqualTo("that salt was used");
    assertThat(error.at("/data/code").asText()).isEqualTo("USED_SALT");
    assertThat(error.at("/data/kind").asText()).isEqualTo("USER");
    assertThat(error.at("/data/remedy").asText()).isEqualTo(ErrorCode.USED_SALT.remedy());
  }

  @Test
  void anUnexpectedFailureTellsNothingOfItself() throws Exception {
    JsonNode answer = post(call("fail", "[]"));
    assertThat(errorName(answer)).isEqualTo("INTERNAL");
    assertThat(answer.toString()).doesNotContain("secret detail");
  }

  @Test
  void aFloodOfRequestsIsTurnedAway() throws Exception {
    try (RpcServer slow = start(new RpcServer.Settings("127.0.0.1", 0, Set.of("*"), 0.001 * 500))) {
      String request = call("echo", "[{\"text\":\"0x01\"}]");
      assertThat(post(slow, request).has("result")).isTrue();
      assertThat(errorName(post(slow, request))).isEqualTo("TOO_MANY_REQUESTS");
    }
  }

  private RpcServer startFor(int connections, long bytes) {
    return start(new RpcServer.Settings("127.0.0.1", 0, Set.of("*"), 5_000, connections, bytes));
  }

  /** A connection that has asked something and stays open. */
  private static Socket keptOpen(RpcServer to) throws Exception {
    Socket socket = new Socket("127.0.0.1", to.port());
    socket.getOutputStream().write("GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n".getBytes());
    assertThat(socket.getInputStream().read()).isEqualTo('H');
    return socket;
  }

  @Test
  void connectionsOfOneAddressAreBoundedAndServedAgainWhenOthersEnd() throws Exception {
    try (RpcServer small = startFor(4, 32 << 20)) {
      Socket first = keptOpen(small);
      Socket second = keptOpen(small);
      String request = call("echo", "[{\"text\":\"0x01\"}]");

      HttpResponse<String> refused = send(small, request);

      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(errorName(JSON.readTree(refused.body()))).isEqualTo("TOO_MANY_REQUESTS");
      assertThatThrownBy(() -> connectFrom(small, "http://localhost:5173"))
          .hasCauseInstanceOf(java.net.http.WebSocketHandshakeException.class);

      first.close();
      second.close();
      Instant deadline = Instant.now().plusSeconds(30);
      while (send(small, request).statusCode() == 503) {
        assertThat(Instant.now()).isBefore(deadline);
      }
    }
  }

  @Test
  void aWebSocketCountsAsAConnectionAsLongAsItIsOpen() throws Exception {
    try (RpcServer small = startFor(2, 32 << 20)) {
      WebSocket socket = connectFrom(small, "http://localhost:5173");
      String request = call("echo", "[{\"text\":\"0x01\"}]");
      assertThat(send(small, request).statusCode()).isEqualTo(503);

      socket.abort();

      Instant deadline = Instant.now().plusSeconds(30);
      while (send(small, request).statusCode() == 503) {
        assertThat(Instant.now()).isBefore(deadline);
      }
    }
  }

  @Test
  void subscriptionsOfOneAddressAreBoundedAndEndWithTheirConnection() throws Exception {
    try (RpcServer small = startFor(2, 32 << 20)) {
      Received received = new Received();
      WebSocket socket =
          http.newWebSocketBuilder()
              .buildAsync(URI.create("ws://" + small.authority() + "/ws"), received)
              .get(10, TimeUnit.SECONDS);
      int answered = 0;
      for (int i = 0; i < 5; i++) {
        socket.sendText(call("enigma_subscribe", "[\"log\"]"), true).join();
      }
      JsonNode refused = null;
      while (refused == null || answered < 4) {
        JsonNode message = received.next();
        refused = message.has("error") ? message : refused;
        answered += message.has("result") ? 1 : 0;
      }
      assertThat(errorName(refused)).isEqualTo("TOO_MANY_REQUESTS");
      assertThat(subscriptionOpen).isTrue();

      socket.abort();

      Instant deadline = Instant.now().plusSeconds(30);
      while (subscriptionOpen.get()) {
        assertThat(Instant.now()).isBefore(deadline);
      }
    }
  }

  @Test
  void noMoreBytesOfRequestsAreReadThanThereIsRoomFor() throws Exception {
    try (RpcServer small = startFor(100, 4_000)) {
      String request = call("echo", "[{\"text\":\"0x01\"}]");
      try (Socket slow = new Socket("127.0.0.1", small.port())) {
        slow.getOutputStream()
            .write(
                "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3990\r\n\r\n"
                    .getBytes());
        // The node has room for it, and waits.
        assertThat(slow.getInputStream().read()).isEqualTo('H');
        assertThat(errorName(post(small, request))).isEqualTo("TOO_MANY_REQUESTS");
      }
      Instant deadline = Instant.now().plusSeconds(30);
      while (!post(small, request).has("result")) {
        assertThat(Instant.now()).isBefore(deadline);
      }
      assertThat(errorName(post(small, " ".repeat(5_000)))).isEqualTo("TOO_MANY_REQUESTS");
    }
  }

  @Test
  void healthTellsLifeAndReadiness() throws Exception {
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
    HttpResponse<String> ready = get("/health/ready");
    assertThat(ready.statusCode()).isEqualTo(503);
    assertThat(ready.body()).contains("still starting");
  }

  @Test
  void browsersMayCallFromAllowedOriginsOnly() throws Exception {
    RpcServer.Settings settings =
        new RpcServer.Settings("127.0.0.1", 0, Set.of("https://mine.example"), 1_000);
    try (RpcServer restricted = start(settings)) {
      HttpResponse<String> mine = preflight(restricted, "https://mine.example");
      assertThat(mine.statusCode()).isEqualTo(204);
      assertThat(mine.headers().firstValue("access-control-allow-origin"))
          .contains("https://mine.example");
      HttpResponse<String> other = preflight(restricted, "https://other.example");
      assertThat(other.statusCode()).isEqualTo(403);
      assertThat(other.headers().firstValue("access-control-allow-origin")).isEmpty();
    }
    assertThat(
            preflight(server, "https://any.example")
                .headers()
                .firstValue("access-control-allow-origin"))
        .contains("*");
  }

  @Test
  void aTakenPortIsNamed() {
    assertThatThrownBy(() -> start(RpcServer.Settings.local(server.port())))
        .isInstanceOfSatisfying(
            EnigmaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PORT_IN_USE));
  }

  @Test
  void aWebSocketAnswersSubscribesAndUnsubscribes() throws Exception {
    for (String path : new String[] {"/", "/ws"}) {
      Received received = new Received();
      WebSocket socket =
          http.newWebSocketBuilder()
              .buildAsync(URI.create("ws://" + server.authority() + path), received)
              .get(60, TimeUnit.SECONDS);
      socket.sendText(call("echo", "[{\"text\":\"0x03\"}]"), true).join();
      assertThat(received.next().path("result").asText()).isEqualTo("0x03");
      socket.sendText(call("enigma_subscribe", "[\"log\"]"), true).join();
      JsonNode one = received.next();
      JsonNode two = received.next();
      JsonNode event = one.has("method") ? one : two;
      JsonNode answer = one.has("method") ? two : one;
      assertThat(event.at("/params/result").asText()).isEqualTo("first");
      assertThat(event.at("/params/subscription")).isEqualTo(answer.path("result"));
      socket.sendText(call("enigma_unsubscribe", "[" + answer.path("result") + "]"), true).join();
      assertThat(received.next().path("result").asBoolean()).isTrue();
      assertThat(subscriptionOpen).isFalse();
      socket.sendText("nonsense", true).join();
      assertThat(errorName(received.next())).isEqualTo("MALFORMED_JSON");
      socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
    }
  }

  @Test
  void pagesOpenAWebSocketFromAllowedOriginsOnly() {
    connectFrom(server, "http://localhost:5173").sendClose(WebSocket.NORMAL_CLOSURE, "").join();
    RpcServer.Settings settings =
        new RpcServer.Settings("127.0.0.1", 0, Set.of("https://dapp.example"), 5_000);
    try (RpcServer strict = start(settings)) {
      connectFrom(strict, "https://dapp.example").sendClose(WebSocket.NORMAL_CLOSURE, "").join();
      assertThatThrownBy(() -> connectFrom(strict, "https://evil.example"))
          .hasCauseInstanceOf(java.net.http.WebSocketHandshakeException.class);
    }
  }

  private WebSocket connectFrom(RpcServer to, String origin) {
    return http.newWebSocketBuilder()
        .header("Origin", origin)
        .buildAsync(URI.create("ws://" + to.authority() + "/ws"), new Received())
        .join();
  }

  @Test
  void aWebSocketMessageMayComeInPartsAndBeLarge() throws Exception {
    Received received = new Received();
    WebSocket socket =
        http.newWebSocketBuilder()
            .buildAsync(URI.create("ws://" + server.authority() + "/ws"), received)
            .get(60, TimeUnit.SECONDS);
    String request = call("echo", "[{\"text\":\"0x" + "00".repeat(1 << 20) + "\"}]");
    socket.sendText(request.substring(0, 1000), false).join();
    socket.sendText(request.substring(1000), true).join();
    assertThat(received.next().path("result").asText()).hasSize(2 + (2 << 20));
    socket.abort();
  }

  private static final class Received implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();
    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        messages.add(text.toString());
        text.setLength(0);
      }
      socket.request(1);
      return CompletableFuture.completedFuture("read");
    }

    JsonNode next() throws Exception {
      String message = messages.poll(60, TimeUnit.SECONDS);
      assertThat(message).as("a message within 60 s").isNotNull();
      return JSON.readTree(message);
    }
  }

  private static String call(String method, String params) {
    return "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"" + method + "\",\"params\":" + params + "}";
  }

  private static String errorName(JsonNode answer) {
    return answer.at("/error/data/code").asText();
  }

  private JsonNode post(String body) throws Exception {
    return post(server, body);
  }

  private JsonNode post(RpcServer to, String body) throws Exception {
    HttpResponse<String> response = send(to, body);
    assertThat(response.statusCode()).isEqualTo(200);
    return JSON.readTree(response.body());
  }

  private HttpResponse<String> send(RpcServer to, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + to.authority() + "/"))
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> get(String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://" + server.authority() + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> preflight(RpcServer to, String origin) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://" + to.authority() + "/"))
            .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
            .header("Origin", origin)
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
