package network.enigma.node.rpc;

import io.helidon.common.socket.SocketContext;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.http.WritableHeaders;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.websocket.WsConfig;
import io.helidon.webserver.websocket.WsRouting;
import io.helidon.webserver.websocket.WsUpgrader;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import network.enigma.node.peer.MessageBudget;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;

/** JSON-RPC over HTTP and WebSocket, with health. */
public final class RpcServer implements AutoCloseable {
  /**
   * What the server needs to know.
   *
   * @param host address to bind, by default the loopback
   * @param port 0 for a free one
   * @param origins web origins that browsers may call from; "*" for any
   * @param requestsPerSecond of one address
   * @param connections of all addresses; one may have half of them
   * @param bytes of requests that are read or answered at one time; one address may have half
   */
  public record Settings(
      String host,
      int port,
      Set<String> origins,
      double requestsPerSecond,
      int connections,
      long bytes) {
    private static final long FEWEST_BYTES = 32L << 20;

    public Settings {
      origins = Set.copyOf(origins);
    }

    /** With as many connections and bytes as this process has memory for. */
    public Settings(String host, int port, Set<String> origins, double requestsPerSecond) {
      this(
          host,
          port,
          origins,
          requestsPerSecond,
          UserConnections.most(Runtime.getRuntime().maxMemory()),
          Math.max(FEWEST_BYTES, Runtime.getRuntime().maxMemory() / 16));
    }

    /** Loopback, any origin, and a rate that only a runaway program reaches. */
    public static Settings local(int port) {
      return new Settings("127.0.0.1", port, Set.of("*"), 5_000);
    }
  }

  /** On average: one may have more while others have fewer. */
  private static final int SUBSCRIPTIONS_OF_A_CONNECTION = 4;

  /** How long a request waits for memory. */
  static final Duration ROOM_PATIENCE = Duration.ofSeconds(1);

  private final WebServer server;
  private final String host;

  private RpcServer(WebServer server, String host) {
    this.server = server;
    this.host = host;
  }

  /**
   * Starts a server.
   *
   * @param notReady why the node is not ready, empty when it is
   * @throws EnigmaException {@code PORT_IN_USE}
   */
  public static RpcServer start(
      Settings settings,
      Map<String, RpcMethod> methods,
      RpcSubscriptions subscriptions,
      Supplier<Optional<String>> notReady) {
    RpcDispatcher dispatcher = new RpcDispatcher(methods);
    RateLimit limit = new RateLimit(settings.requestsPerSecond(), settings.requestsPerSecond() * 2);
    MessageBudget bodies = new MessageBudget(settings.bytes(), settings.bytes() / 2);
    Cors cors = new Cors(settings.origins());
    SocketUpgrade upgrade = new SocketUpgrade(cors);
    UserConnections connections =
        new UserConnections(
            Http1ConnectionSelector.builder()
                .config(Http1Config.create())
                .addUpgrader(upgrade)
                .build(),
            settings.connections(),
            Math.max(1, settings.connections() / 2));
    upgrade.refuseOf(connections);
    long most = (long) settings.connections() * SUBSCRIPTIONS_OF_A_CONNECTION;
    WebSocketConnection.Shared shared =
        new WebSocketConnection.Shared(
            limit, bodies, new MessageBudget(most, Math.max(1, most / 2)), connections);
    HttpRouting.Builder http =
        HttpRouting.builder()
            .addFilter((chain, request, response) -> {
              if (cors.handled(request, response)) {
                return;
              }
              if (connections.isCrowded(request.remotePeer().address())) {
                crowded(response);
                return;
              }
              chain.proceed();
            })
            .get("/health/live", (request, response) -> response.send("live\n"))
            .get("/health/ready", (request, response) -> ready(response, notReady.get()))
            .post("/", (request, response) -> post(request, response, dispatcher, limit, bodies));
    Supplier<io.helidon.websocket.WsListener> socket =
        () -> new WebSocketConnection(dispatcher, subscriptions, shared);
    WebServer server =
        WebServer.builder()
            .host(settings.host())
            .port(settings.port())
            .shutdownHook(false)
            .shutdownGracePeriod(Duration.ofMillis(100))
            .connectionOptions(options -> options.tcpNoDelay(true))
            .addConnectionSelector(connections)
            .addRouting(http)
            .addRouting(WsRouting.builder().endpoint("/", socket).endpoint("/ws", socket))
            .build();
    return new RpcServer(start(server, settings.port()), settings.host());
  }

  static WebServer start(WebServer server, int port) {
    server.start();
    // Helidon logs that it could not bind, and returns.
    if (!server.isRunning()) {
      throw new EnigmaException(ErrorCode.PORT_IN_USE, "port " + port + " is taken");
    }
    return server;
  }

  private static void post(
      ServerRequest request,
      ServerResponse response,
      RpcDispatcher dispatcher,
      RateLimit limit,
      MessageBudget bodies)
      throws IOException {
    Optional<byte[]> answer;
    if (limit.admits(host(request), System.nanoTime())) {
      // Room is taken before the request is read, and kept until it is answered.
      Optional<MessageBudget.Reservation> room =
          bodies.reserve(host(request), length(request), ROOM_PATIENCE);
      if (room.isPresent()) {
        try (MessageBudget.Reservation taken = room.get();
            InputStream body = request.content().inputStream()) {
          // One byte more than allowed is enough to see that it is too much.
          byte[] read = body.readNBytes(JsonText.MAXIMUM_BYTES + 1);
          // Who did not say how long it is had room for the longest.
          taken.keep(read.length);
          answer = dispatcher.answer(read, Map.of());
        }
      } else {
        answer = Optional.of(refusal(noRoom()));
      }
    } else {
      answer = Optional.of(refusal(tooMany()));
    }
    if (answer.isEmpty()) {
      response.status(Status.NO_CONTENT_204).send();
    } else {
      response.header(HeaderValues.CONTENT_TYPE_JSON).send(answer.get());
    }
  }

  /** At most so many bytes of a request are read. */
  private static long length(ServerRequest request) {
    long most = JsonText.MAXIMUM_BYTES + 1;
    return Math.min(most, request.headers().contentLength().orElse(most));
  }

  private static byte[] refusal(EnigmaException why) {
    return JsonText.write(RpcDispatcher.failure(JsonText.NODES.nullNode(), why));
  }

  private static void crowded(ServerResponse response) {
    response
        .status(Status.SERVICE_UNAVAILABLE_503)
        .header(HeaderValues.CONNECTION_CLOSE)
        .header(HeaderValues.CONTENT_TYPE_JSON)
        .send(
            refusal(
                new EnigmaException(
                    ErrorCode.TOO_MANY_REQUESTS, "this node has no room for more connections")));
  }

  private static void ready(ServerResponse response, Optional<String> notReady) {
    if (notReady.isEmpty()) {
      response.send("ready\n");
    } else {
      response.status(Status.SERVICE_UNAVAILABLE_503).send(notReady.get() + "\n");
    }
  }

  static EnigmaException noRoom() {
    return new EnigmaException(
        ErrorCode.TOO_MANY_REQUESTS, "this node has no memory for another request now");
  }

  static EnigmaException tooMany() {
    return new EnigmaException(
        ErrorCode.TOO_MANY_REQUESTS, "this address sends more requests than the node answers");
  }

  private static String host(ServerRequest request) {
    return address(request.remotePeer().address());
  }

  static String host(SocketContext socket) {
    return address(socket.remotePeer().address());
  }

  private static String address(java.net.SocketAddress address) {
    return address instanceof InetSocketAddress inet
        ? inet.getAddress().getHostAddress()
        : address.toString();
  }

  /** Host and port, as in a URL. */
  public String authority() {
    return host + ":" + server.port();
  }

  public int port() {
    return server.port();
  }

  @Override
  public void close() {
    server.stop();
  }

  /** Helidon's upgrade to WebSocket, but for the pages that may call over HTTP as well. */
  private static final class SocketUpgrade extends WsUpgrader {
    private final Cors cors;
    private @Nullable UserConnections connections;

    SocketUpgrade(Cors cors) {
      super(WsConfig.builder().maxFrameLength(JsonText.MAXIMUM_BYTES + 16).build());
      this.cors = cors;
    }

    /** Before the server starts: whose connections it does not upgrade when they are too many. */
    void refuseOf(UserConnections crowd) {
      connections = crowd;
    }

    @Override
    public @Nullable ServerConnection upgrade(
        ConnectionContext context, HttpPrologue prologue, WritableHeaders<?> headers) {
      // Not upgraded, it is answered as any other request of a crowd.
      return connections != null && connections.isCrowded(context.remotePeer().address())
          ? null
          : super.upgrade(context, prologue, headers);
    }

    @Override
    protected void validateOrigin(Headers headers, String origin) {
      if (!cors.allows(origin)) {
        throw RequestException.builder()
            .type(DirectHandler.EventType.FORBIDDEN)
            .message("pages of this origin may not call")
            .build();
      }
    }
  }

  /** Which web pages may call: decided here, for every answer. */
  private record Cors(Set<String> origins) {
    boolean allows(String origin) {
      return origins.contains("*") || origins.contains(origin);
    }

    boolean handled(ServerRequest request, ServerResponse response) {
      Optional<String> origin = request.headers().first(HeaderNames.ORIGIN);
      boolean allowed = origin.map(this::allows).orElse(false);
      response.header(HeaderNames.VARY, "Origin");
      if (origin.isPresent() && !allowed) {
        response.status(Status.FORBIDDEN_403).send();
        return true;
      }
      origin.ifPresent(value ->
          response.header(
              HeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, origins.contains("*") ? "*" : value));
      if (request.prologue().method() == io.helidon.http.Method.OPTIONS) {
        response
            .header(HeaderNames.ACCESS_CONTROL_ALLOW_METHODS, "POST, GET")
            .header(HeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, "content-type")
            .header(HeaderNames.ACCESS_CONTROL_MAX_AGE, "600")
            .status(Status.NO_CONTENT_204)
            .send();
        return true;
      }
      return false;
    }
  }
}
