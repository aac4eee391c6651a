package network.enigma.acceptance;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.function.IntConsumer;
import network.enigma.protocol.Role;
import network.enigma.testnet.Testnet;

/**
 * Lets a test that runs in another process, such as one of a page, stop the testnet's workers: by
 * HTTP on the loopback, {@code POST /arm/N}, {@code /kill/N} and {@code /restart/N} with the
 * position of the worker's node.
 *
 * <p>After {@code arm} the worker's host stops at the next batch, before its enclave hears of it;
 * {@code kill} waits until it has come to that and kills it.
 */
final class WorkerSwitch implements AutoCloseable {
  private final HttpServer server;

  WorkerSwitch(Testnet testnet, FaultPoint faults) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    on("/arm/", worker -> faults.arm(Role.WORKER, worker, FaultPoint.Moment.BEFORE_EXECUTION));
    on(
        "/kill/",
        worker -> {
          faults.await(Role.WORKER, worker);
          testnet.killWorker(worker);
          faults.disarm(Role.WORKER, worker);
        });
    on("/restart/", testnet::restartWorker);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void on(String path, IntConsumer action) {
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            String worker = exchange.getRequestURI().getPath().substring(path.length());
            action.accept(Integer.parseInt(worker));
            answer(exchange, 200, "done");
          } catch (RuntimeException | AssertionError e) {
            answer(exchange, 500, e.toString());
          }
        });
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
