package network.enigma.testnet;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/** Serves where everything is: a plain page at {@code /} and {@code /addresses.json}. */
final class AddressPage implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads;

  private AddressPage(HttpServer server, ExecutorService threads) {
    this.server = server;
    this.threads = threads;
  }

  static AddressPage start(int port, Supplier<TestnetRecord> record) {
    HttpServer server;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (IOException e) {
      throw new EnigmaException(
          ErrorCode.PORT_IN_USE, "cannot serve the address page on port " + port, e);
    }
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    server.setExecutor(threads);
    server.createContext(
        "/addresses.json",
        exchange ->
            answer(
                exchange,
                "/addresses.json",
                "application/json",
                record.get().toJson().toPrettyString()));
    server.createContext(
        "/", exchange -> answer(exchange, "/", "text/html; charset=utf-8", html(record.get())));
    server.start();
    return new AddressPage(server, threads);
  }

  URI url() {
    return URI.create("http://localhost:" + server.getAddress().getPort());
  }

  private static void answer(HttpExchange exchange, String path, String type, String text)
      throws IOException {
    try (exchange) {
      boolean found = exchange.getRequestURI().getPath().equals(path);
      byte[] body = (found ? text : "not found\n").getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", found ? type : "text/plain");
      exchange.getResponseHeaders().set("Access-Control-Allow-Origin", "*");
      exchange.sendResponseHeaders(found ? 200 : 404, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static String html(TestnetRecord record) {
    StringBuilder rows = new StringBuilder();
    row(rows, "Ethereum", record.ethereum() + " (chain " + record.chainId() + ")");
    for (int i = 0; i < record.nodes().size(); i++) {
      row(rows, "Node " + (i + 1), String.valueOf(record.nodes().get(i)));
    }
    row(rows, "Enigma", record.enigma().checksummed());
    row(rows, "ENG token", record.token().checksummed());
    row(rows, "Callback forwarder", record.forwarder().checksummed());
    row(rows, "Directory", record.state().toString());
    return """
    <!doctype html><html lang="en"><head><meta charset="utf-8"><title>Enigma testnet</title>
    <style>body{font:16px/1.5 system-ui,sans-serif;max-width:48rem;margin:3rem auto;padding:0 1rem}
    td{padding:.2rem 1.2rem .2rem 0;vertical-align:top}code{font-size:.95em}.warn{background:#fff3cd;padding:.5rem 1rem}
    @media(prefers-color-scheme:dark){body{background:#111;color:#ddd}.warn{background:#443500}a{color:#9cf}}</style></head>
    <body><h1>Enigma testnet</h1><p class="warn">SIMULATED enclaves: nothing here is secret from this machine.</p>
    <table>%s</table><p>For programs: <a href="/addresses.json">addresses.json</a></p></body></html>
    """
        .formatted(rows);
  }

  private static void row(StringBuilder rows, String name, String value) {
    rows.append("<tr><td>")
        .append(name)
        .append("</td><td><code>")
        .append(value.replace("&", "&amp;").replace("<", "&lt;"))
        .append("</code></td></tr>");
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
