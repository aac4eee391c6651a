package network.enigma.testnet;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import network.enigma.protocol.Address;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
final class ExplorerServerTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Address ENIGMA =
      Address.fromHex("0x00000000000000000000000000000000000000e1");

  private final HttpClient http = HttpClient.newHttpClient();
  private final Path classes;
  private final Path logs;
  private final URLClassLoader loader;
  private ExplorerServer server;

  ExplorerServerTest(@TempDir Path directory) throws IOException {
    classes = directory.resolve("classes/network/enigma/web/explorer");
    logs = Files.createDirectories(directory.resolve("logs"));
    Files.createDirectories(classes.resolve("assets"));
    Files.writeString(classes.resolve("index.html"), "<!doctype html><title>page</title>");
    Files.writeString(classes.resolve("assets/index-abc123.js"), "export {};");
    Files.writeString(directory.resolve("classes/secret.txt"), "not for the web");
    loader =
        new URLClassLoader(
            new URL[] {directory.resolve("classes").toUri().toURL()},
            ClassLoader.getPlatformClassLoader());
    server = start();
  }

  private ExplorerServer start() {
    return ExplorerServer.start(
        0, new WebPages("explorer", loader), ExplorerServerTest::record, logs);
  }

  private static TestnetRecord record() {
    URI here = URI.create("http://localhost:1");
    return new TestnetRecord(
        1, 2, 31_337, here, List.of(here), here, ENIGMA, ENIGMA, ENIGMA, Path.of("net"));
  }

  @BeforeEach
  void bothLogsThatTestsAddToExist() throws IOException {
    Files.writeString(logs.resolve("host.log"), "first\nsecond\n");
    Files.writeString(logs.resolve("chain.log"), "");
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    http.close();
    loader.close();
  }

  private HttpResponse<String> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(server.url().resolve(path));
    if (headers.length != 0) {
      request.headers(headers);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/workers", "/realms/0x01/tasks/0x02", "/logs"})
  void everyPageOfTheExplorerIsItsShell(String path) throws Exception {
    HttpResponse<String> answer = get(path);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(header(answer, "Content-Type")).startsWith("text/html");
    assertThat(header(answer, "Cache-Control")).isEqualTo("no-cache");
    assertThat(answer.body()).contains("<title>page</title>");
  }

  @Test
  void thePolicyAllowsNothingInlineAndNoOtherHost() throws Exception {
    HttpResponse<String> answer = get("/");

    assertThat(header(answer, "Content-Security-Policy"))
        .contains("default-src 'none'", "script-src 'self';", "style-src 'self';")
        .contains("frame-ancestors 'none'")
        .doesNotContain("unsafe", "https:");
    assertThat(header(answer, "X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(header(answer, "Referrer-Policy")).isEqualTo("no-referrer");
  }

  @Test
  void filesWithAHashInTheirNameAreKeptAndOthersAskedForAgain() throws Exception {
    HttpResponse<String> script = get("/assets/index-abc123.js");
    assertThat(script.statusCode()).isEqualTo(200);
    assertThat(header(script, "Content-Type")).startsWith("text/javascript");
    assertThat(header(script, "Cache-Control")).contains("immutable");

    HttpResponse<String> again = get("/", "If-None-Match", header(get("/"), "ETag"));
    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/assets/none.js",
        "/robots.txt",
        "/assets/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/secret.txt",
        "/logs/none",
        "/logs/enclave",
        "/assets/"
      })
  void whatIsNotThereIsATypedError(String path) throws Exception {
    HttpResponse<String> answer = get(path);

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(JSON.readTree(answer.body()).at("/error/code").asText()).isEqualTo("NOT_FOUND");
  }

  @Test
  void anUnknownPageIsShownButNotAsOneThatExists() throws Exception {
    HttpResponse<String> answer = get("/nonsense");

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(header(answer, "Content-Type")).startsWith("text/html");
  }

  @Test
  void addressesAreForProgramsAndForPagesOnOtherPorts() throws Exception {
    HttpResponse<String> answer = get("/addresses.json", "Origin", "http://localhost:5173");

    assertThat(JSON.readTree(answer.body()).path("enigma").asText())
        .isEqualTo(ENIGMA.checksummed());
    assertThat(header(answer, "Access-Control-Allow-Origin")).isEqualTo("*");
    assertThat(header(answer, "Cache-Control")).isEqualTo("no-store");
  }

  @Test
  void logsAreNotForOtherPages() throws Exception {
    HttpResponse<String> answer = get("/logs/host", "Origin", "http://localhost:5173");

    assertThat(answer.body()).isEqualTo("first\nsecond\n");
    assertThat(header(answer, "Access-Control-Allow-Origin")).isEmpty();
  }

  @Test
  void aForeignNameForThisMachineIsRefused() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.url().getPort())) {
      socket
          .getOutputStream()
          .write(
              "GET /logs/host HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 421").contains("WRONG_HOST").doesNotContain("second");
    }
  }

  @Test
  void onlyReadingIsAllowed() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(server.url().resolve("/"))
            .POST(HttpRequest.BodyPublishers.ofString("x"))
            .build();

    HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());

    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(header(answer, "Allow")).contains("GET");
  }

  @Test
  void withoutABuiltPageTheAnswerSaysSo() throws Exception {
    Files.delete(classes.resolve("index.html"));
    server.close();
    server = start();

    HttpResponse<String> answer = get("/");

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).contains("NOT_BUILT");
  }

  /** The next event of a stream, its name first. */
  private static List<String> event(BufferedReader in) throws IOException {
    String name = "";
    String data = "";
    String line = String.valueOf(in.readLine());
    while (!line.isEmpty() || data.isEmpty()) {
      if (line.startsWith("event: ")) {
        name = line.substring("event: ".length());
      } else if (line.startsWith("data: ")) {
        data = line.substring("data: ".length());
      }
      line = String.valueOf(in.readLine());
    }
    return List.of(name, data);
  }

  private BufferedReader stream(String lastEvent) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(server.url().resolve("/logs/events"))
            .header("Last-Event-ID", lastEvent)
            .build();
    HttpResponse<java.io.InputStream> answer =
        http.send(request, HttpResponse.BodyHandlers.ofInputStream());
    assertThat(header(answer, "Content-Type")).isEqualTo("text/event-stream");
    return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
  }

  @Test
  void theStreamTellsWhatIsThereAndThenWhatIsAdded() throws Exception {
    try (BufferedReader in = stream("")) {
      List<String> missing = event(in);
      assertThat(missing.getFirst()).isEqualTo("missing");
      assertThat(missing.getLast()).contains("enclave");
      JsonNode there = JSON.readTree(event(in).getLast());
      assertThat(there.path("part").asText()).isEqualTo("host");
      assertThat(there.path("lines").toString()).isEqualTo("[\"first\",\"second\"]");

      Files.writeString(logs.resolve("host.log"), "third", StandardOpenOption.APPEND);
      Files.writeString(logs.resolve("chain.log"), "block\n", StandardOpenOption.APPEND);
      JsonNode added = JSON.readTree(event(in).getLast());
      assertThat(added.path("part").asText()).isEqualTo("chain");
      Files.writeString(logs.resolve("host.log"), " line\n", StandardOpenOption.APPEND);
      assertThat(JSON.readTree(event(in).getLast()).path("lines").toString())
          .isEqualTo("[\"third line\"]");
    }
  }

  @Test
  void aLostConnectionGoesOnWhereItEnded() throws Exception {
    try (BufferedReader in = stream("host=6 chain=0")) {
      assertThat(event(in).getFirst()).isEqualTo("missing");
      JsonNode rest = JSON.readTree(event(in).getLast());
      assertThat(rest.path("lines").toString()).isEqualTo("[\"second\"]");
      assertThat(rest.path("from").asLong()).isEqualTo(6);
    }
  }
}
