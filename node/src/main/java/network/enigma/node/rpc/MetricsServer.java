package network.enigma.node.rpc;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Prometheus text at {@code /metrics}. */
public final class MetricsServer implements AutoCloseable {
  private final WebServer server;

  private MetricsServer(WebServer server) {
    this.server = server;
  }

  /** Starts on the port, 0 for a free one. */
  public static MetricsServer start(String host, int port, NodeMetrics metrics) {
    HttpRouting.Builder routing =
        HttpRouting.builder()
            .get(
                "/metrics",
                (request, response) ->
                    response
                        .header(HeaderNames.CONTENT_TYPE, PrometheusTextFormatWriter.CONTENT_TYPE)
                        .send(text(metrics)));
    WebServer server =
        WebServer.builder().host(host).port(port).shutdownHook(false).addRouting(routing).build();
    return new MetricsServer(RpcServer.start(server, port));
  }

  private static byte[] text(NodeMetrics metrics) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrometheusTextFormatWriter.create().write(out, metrics.registry().scrape());
    return out.toByteArray();
  }

  public int port() {
    return server.port();
  }

  @Override
  public void close() {
    server.stop();
  }
}
