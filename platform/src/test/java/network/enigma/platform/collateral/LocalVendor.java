package network.enigma.platform.collateral;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import network.enigma.protocol.Bytes;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A server on this machine that answers as the vendors' services do. */
final class LocalVendor implements AutoCloseable {
  private static final KeyPair KEY = key();

  /** What one address answers. */
  record Answer(int status, Bytes body, Map<String, String> headers) {}

  private final HttpServer server;
  private final Map<String, Answer> answers = new HashMap<>();
  private final Map<String, Deque<Answer>> before = new HashMap<>();
  private final List<String> requests = new ArrayList<>();

  LocalVendor() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  CollateralServices services() {
    URI base = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    return new CollateralServices(base, base.resolve("/root.crl"), base);
  }

  /** Answers an address, query included, from now on. */
  synchronized void serve(String address, Bytes body, String... headers) {
    Map<String, String> named = new HashMap<>();
    for (int i = 0; i < headers.length; i += 2) {
      named.put(headers[i], URLEncoder.encode(headers[i + 1], StandardCharsets.UTF_8));
    }
    answers.put(address, new Answer(200, body, named));
  }

  synchronized void withdraw(String address) {
    answers.remove(address);
  }

  /** Answers an address once in another way, before what is served. */
  synchronized void first(String address, int status, String... headers) {
    Map<String, String> named = new HashMap<>();
    for (int i = 0; i < headers.length; i += 2) {
      named.put(headers[i], headers[i + 1]);
    }
    before
        .computeIfAbsent(address, absent -> new ArrayDeque<>())
        .add(new Answer(status, Bytes.empty(), named));
  }

  /** The addresses asked for so far, in order. */
  synchronized List<String> requests() {
    return List.copyOf(requests);
  }

  private void answer(HttpExchange exchange) throws IOException {
    Answer answer;
    synchronized (this) {
      String address = exchange.getRequestURI().toString();
      requests.add(address);
      Deque<Answer> once = before.getOrDefault(address, new ArrayDeque<>());
      answer =
          once.isEmpty()
              ? answers.getOrDefault(address, new Answer(404, Bytes.empty(), Map.of()))
              : once.remove();
    }
    try (exchange) {
      answer.headers().forEach(exchange.getResponseHeaders()::add);
      byte[] body = answer.body().toByteArray();
      exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
      if (body.length > 0) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  /** The signed JSON of Intel's service, with these dates and a signature of ones. */
  static Bytes json(String member, Instant from, Instant until) {
    return Bytes.ofText(
        "{\"%s\":%s,\"signature\":\"%s\"}".formatted(member, value(from, until), "11".repeat(64)));
  }

  static String value(Instant from, Instant until) {
    return "{\"id\":\"a } \\\" {\",\"issueDate\":\"%s\",\"nextUpdate\":\"%s\",\"levels\":[{}]}"
        .formatted(from, until);
  }

  static Bytes crl(Instant from, Instant until) {
    try {
      X509v2CRLBuilder builder =
          new X509v2CRLBuilder(new X500Name("CN=local vendor"), Date.from(from));
      builder.setNextUpdate(Date.from(until));
      return Bytes.of(
          builder
              .build(new JcaContentSignerBuilder("SHA256withECDSA").build(KEY.getPrivate()))
              .getEncoded());
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  static Bytes certificate(String name, Instant from, Instant until) {
    try {
      X500Name subject = new X500Name("CN=" + name);
      return Bytes.of(
          new X509v3CertificateBuilder(
                  subject,
                  BigInteger.ONE,
                  Date.from(from),
                  Date.from(until),
                  subject,
                  SubjectPublicKeyInfo.getInstance(KEY.getPublic().getEncoded()))
              .build(new JcaContentSignerBuilder("SHA256withECDSA").build(KEY.getPrivate()))
              .getEncoded());
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  static Bytes pem(Bytes... certificates) {
    StringBuilder text = new StringBuilder();
    for (Bytes certificate : certificates) {
      text.append("-----BEGIN CERTIFICATE-----\n")
          .append(
              Base64.getMimeEncoder(64, new byte[] {'\n'})
                  .encodeToString(certificate.toByteArray()))
          .append("\n-----END CERTIFICATE-----\n");
    }
    return Bytes.ofText(text.toString());
  }

  private static KeyPair key() {
    try {
      return KeyPairGenerator.getInstance("EC").generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
