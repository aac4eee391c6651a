package network.enigma.acceptance;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import network.enigma.attestation.Collateral;
import network.enigma.attestation.simulation.SimulatedMachine;
import network.enigma.platform.collateral.CollateralOptions;
import network.enigma.protocol.Bytes;

/** Serves what the simulated authority signs about its machines, as a PCCS serves Intel's. */
final class SimulatedVendor implements AutoCloseable {
  private final Collateral.Intel collateral =
      SimulatedMachine.builder(SimulatedMachine.around(Instant.now())).build().collateral();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicInteger answers = new AtomicInteger();
  private final HttpServer server;
  private volatile boolean away;

  SimulatedVendor() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /** What an operator says to have it asked. */
  String words() {
    return "pccs=http://127.0.0.1:" + server.getAddress().getPort();
  }

  CollateralOptions options() {
    return CollateralOptions.parse(words());
  }

  /** From now on it answers that it has nothing. */
  void leave() {
    away = true;
  }

  void comeBack() {
    away = false;
  }

  /** Documents served so far. */
  int answers() {
    return answers.get();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      switch (exchange.getRequestURI().toString()) {
        case "/sgx/certification/v4/tcb?fmspc=53494D000000" ->
            send(
                exchange,
                signed("tcbInfo", collateral.tcbInfo(), collateral.tcbInfoSignature()),
                "TCB-Info-Issuer-Chain",
                collateral.tcbInfoChain());
        case "/sgx/certification/v4/qe/identity" ->
            send(
                exchange,
                signed(
                    "enclaveIdentity", collateral.qeIdentity(), collateral.qeIdentitySignature()),
                "SGX-Enclave-Identity-Issuer-Chain",
                collateral.qeIdentityChain());
        case "/sgx/certification/v4/pckcrl?ca=processor&encoding=der" ->
            send(exchange, collateral.pckCrl(), "", Bytes.empty());
        case "/sgx/certification/v4/rootcacrl" ->
            send(exchange, collateral.rootCrl(), "", Bytes.empty());
        default -> exchange.sendResponseHeaders(404, -1);
      }
    }
  }

  private static Bytes signed(String member, Bytes value, Bytes signature) {
    return Bytes.ofText(
        "{\"%s\":%s,\"signature\":\"%s\"}"
            .formatted(member, text(value), signature.hex().substring(2)));
  }

  private static String text(Bytes bytes) {
    return new String(bytes.toByteArray(), StandardCharsets.UTF_8);
  }

  private void send(HttpExchange exchange, Bytes body, String header, Bytes chain)
      throws IOException {
    if (away) {
      exchange.sendResponseHeaders(404, -1);
      return;
    }
    if (!header.isEmpty()) {
      exchange
          .getResponseHeaders()
          .add(header, URLEncoder.encode(text(chain), StandardCharsets.UTF_8));
    }
    exchange.sendResponseHeaders(200, body.length());
    exchange.getResponseBody().write(body.toByteArray());
    answers.incrementAndGet();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
