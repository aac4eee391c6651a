package network.enigma.testnet;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/**
 * Serves the explorer and the sample dApp on the loopback, {@code /addresses.json} for programs,
 * and the testnet's three logs: each as text at {@code /logs/PART}, all of them live at {@code
 * /logs/events}.
 *
 * <p>Only requests for this machine by name are answered, so that no foreign web page gets here by
 * a name of its own. The pages may load and call nothing but this server and the loopback.
 */
final class ExplorerServer implements AutoCloseable {
  /** First segments of the explorer's own paths; others are answered with its page and a 404. */
  static final Set<String> ROUTES =
      Set.of(
          "",
          "workers",
          "epochs",
          "realms",
          "tasks",
          "blocks",
          "addresses",
          "logs",
          "search",
          "settings");

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern HERE =
      Pattern.compile("(localhost|127\\.0\\.0\\.1|\\[::1])(:[0-9]{1,5})?");
  private static final String PLAIN = "text/plain; charset=utf-8";
  private static final String POLICY =
      String.join(
          "; ",
          "default-src 'none'",
          "script-src 'self'",
          "style-src 'self'",
          "img-src 'self' data:",
          "connect-src 'self' http://localhost:* http://127.0.0.1:* ws://localhost:*"
              + " ws://127.0.0.1:*",
          "base-uri 'none'",
          "form-action 'none'",
          "frame-ancestors 'none'",
          "require-trusted-types-for 'script'",
          "trusted-types 'none'");
  private static final Map<String, String> GUARDS =
      Map.of(
          "Content-Security-Policy", POLICY,
          "X-Content-Type-Options", "nosniff",
          "Referrer-Policy", "no-referrer",
          "Cross-Origin-Opener-Policy", "same-origin",
          "Permissions-Policy", "camera=(), geolocation=(), microphone=()");

  private final HttpServer server;
  private final ExecutorService threads;
  private final WebPages explorer;
  private final WebPages dapp = new WebPages("dapp");
  private final Supplier<TestnetRecord> record;
  private final Path logs;

  private ExplorerServer(
      HttpServer server,
      ExecutorService threads,
      WebPages explorer,
      Supplier<TestnetRecord> record,
      Path logs) {
    this.server = server;
    this.threads = threads;
    this.explorer = explorer;
    this.record = record;
    this.logs = logs;
  }

  /**
   * Starts the server.
   *
   * @param port 0 for a free one
   * @param logs directory of the logs
   * @throws EnigmaException PORT_IN_USE
   */
  static ExplorerServer start(
      int port, WebPages explorer, Supplier<TestnetRecord> record, Path logs) {
    HttpServer server;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (IOException e) {
      throw new EnigmaException(
          ErrorCode.PORT_IN_USE, "cannot serve the explorer on port " + port, e);
    }
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    ExplorerServer started = new ExplorerServer(server, threads, explorer, record, logs);
    server.setExecutor(threads);
    server.createContext("/", started::answer);
    server.start();
    return started;
  }

  URI url() {
    return URI.create("http://localhost:" + server.getAddress().getPort());
  }

  // --------------------------------------------------------------------------------------- routing

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      GUARDS.forEach(exchange.getResponseHeaders()::set);
      String host = exchange.getRequestHeaders().getFirst("Host");
      if (host == null || !HERE.matcher(host).matches()) {
        fail(exchange, 421, "WRONG_HOST", "this server answers for localhost");
        return;
      }
      if (!List.of("GET", "HEAD").contains(exchange.getRequestMethod())) {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        fail(exchange, 405, "METHOD_NOT_ALLOWED", "one can GET here");
        return;
      }
      route(exchange, exchange.getRequestURI().getPath());
    }
  }

  private void route(HttpExchange exchange, String path) throws IOException {
    try {
      if (path.equals("/addresses.json")) {
        // For dApps on other ports; there is nothing secret in it.
        exchange.getResponseHeaders().set("Access-Control-Allow-Origin", "*");
        send(
            exchange,
            200,
            WebPages.text("application/json", record.get().toJson().toPrettyString()));
      } else if (path.equals("/logs/events")) {
        stream(exchange);
      } else if (path.startsWith("/logs/")) {
        log(exchange, path.substring("/logs/".length()));
      } else if (path.equals("/dapp")) {
        // Its files are named relative to it.
        exchange.getResponseHeaders().set("Location", "/dapp/");
        exchange.sendResponseHeaders(308, -1);
      } else if (path.startsWith("/dapp/")) {
        sample(exchange, path.substring("/dapp/".length()));
      } else {
        page(exchange, path.substring(1));
      }
    } catch (EnigmaException e) {
      fail(exchange, 503, e.code().name(), String.valueOf(e.getMessage()));
    }
  }

  /** The sample dApp: one page and its files. */
  private void sample(HttpExchange exchange, String path) throws IOException {
    Optional<WebPages.Asset> file = path.isEmpty() ? dapp.index() : dapp.find(path);
    if (file.isEmpty()) {
      fail(exchange, 404, "NOT_FOUND", "there is nothing at /dapp/" + path);
      return;
    }
    send(exchange, 200, file.get());
  }

  private void page(HttpExchange exchange, String path) throws IOException {
    Optional<WebPages.Asset> file = explorer.find(path);
    if (file.isPresent()) {
      send(exchange, 200, file.get());
      return;
    }
    if (path.indexOf('.') >= 0 || path.startsWith("assets/")) {
      fail(exchange, 404, "NOT_FOUND", "there is nothing at /" + path);
      return;
    }
    Optional<WebPages.Asset> index = explorer.index();
    if (index.isEmpty()) {
      fail(exchange, 503, "NOT_BUILT", "the explorer is not built; see CONTRIBUTING.md");
      return;
    }
    boolean known = ROUTES.contains(path.split("/", -1)[0]);
    send(exchange, known ? 200 : 404, index.get());
  }

  // ------------------------------------------------------------------------------------------ logs

  private void log(HttpExchange exchange, String label) throws IOException {
    Optional<Path> file = LogStream.Part.of(label).map(part -> part.file(logs));
    if (file.isEmpty() || !Files.isReadable(file.get())) {
      fail(exchange, 404, "NOT_FOUND", "there is no log " + label);
      return;
    }
    exchange.getResponseHeaders().set("Content-Type", PLAIN);
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    if (isHead(exchange)) {
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    // Its length changes while it is sent.
    exchange.sendResponseHeaders(200, 0);
    Files.copy(file.get(), exchange.getResponseBody());
  }

  private void stream(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    if (isHead(exchange)) {
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    exchange.sendResponseHeaders(200, 0);
    String last = exchange.getRequestHeaders().getFirst("Last-Event-ID");
    try {
      new LogStream(logs, exchange.getResponseBody(), last == null ? "" : last).run();
    } catch (IOException e) {
      // The reader is gone.
      return;
    }
  }

  // --------------------------------------------------------------------------------------- answers

  private static boolean isHead(HttpExchange exchange) {
    return exchange.getRequestMethod().equals("HEAD");
  }

  private static void send(HttpExchange exchange, int status, WebPages.Asset asset)
      throws IOException {
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Type", asset.type());
    headers.set("Cache-Control", asset.caching());
    if (!asset.tag().isEmpty()) {
      headers.set("ETag", asset.tag());
      String held = exchange.getRequestHeaders().getFirst("If-None-Match");
      if (status == 200 && held != null && held.contains(asset.tag())) {
        exchange.sendResponseHeaders(304, -1);
        return;
      }
    }
    byte[] content = asset.content();
    if (isHead(exchange)) {
      headers.set("Content-Length", String.valueOf(content.length));
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, content.length == 0 ? -1 : content.length);
    exchange.getResponseBody().write(content);
  }

  private static void fail(HttpExchange exchange, int status, String code, String message)
      throws IOException {
    ObjectNode answer = JSON.createObjectNode();
    answer.putObject("error").put("code", code).put("message", message);
    byte[] body = JSON.writeValueAsString(answer).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.sendResponseHeaders(status, isHead(exchange) ? -1 : body.length);
    if (!isHead(exchange)) {
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
