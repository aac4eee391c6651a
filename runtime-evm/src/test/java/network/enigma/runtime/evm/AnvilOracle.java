package network.enigma.runtime.evm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** An anvil under the Prague rules, asked by {@code eth_simulateV1}: the fuzzer's oracle. */
final class AnvilOracle implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String EXECUTABLE = "node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil";

  private final Process process;
  private final Thread reader;
  private final URI url;
  private final HttpClient http = HttpClient.newHttpClient();

  private AnvilOracle(Process process, Thread reader, URI url) {
    this.process = process;
    this.reader = reader;
    this.url = url;
  }

  /** Where the program is, or nothing if the Node packages are not installed. */
  static Optional<Path> executable() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path candidate = at.resolve(EXECUTABLE);
      if (Files.isExecutable(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  static AnvilOracle start() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                executable().orElseThrow().toString(),
                "--host",
                "127.0.0.1",
                "--port",
                "0",
                "--hardfork",
                "prague",
                "--no-request-size-limit")
            .redirectErrorStream(true)
            .start();
    java.lang.Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
    AtomicReference<String> address = new AtomicReference<>("");
    String line = output.readLine();
    while (line != null) {
      if (line.startsWith("Listening on ")) {
        address.set(line.substring("Listening on ".length()).trim());
        break;
      }
      line = output.readLine();
    }
    if (address.get().isEmpty()) {
      throw new IOException("anvil did not start");
    }
    Thread reader =
        Thread.ofVirtual()
            .start(() -> {
              try {
                while (output.readLine() != null) {
                  // Its output must be read so that it does not wait.
                }
              } catch (IOException e) {
                // The process has ended.
              }
            });
    return new AnvilOracle(process, reader, URI.create("http://" + address.get()));
  }

  static ObjectNode object() {
    return JSON.createObjectNode();
  }

  /** The result of a request with the parameters in a JSON array. */
  JsonNode call(String method, Object... parameters) throws IOException, InterruptedException {
    ObjectNode request = object().put("jsonrpc", "2.0").put("id", 1).put("method", method);
    request.set("params", JSON.valueToTree(parameters));
    HttpResponse<byte[]> response =
        http.send(
            HttpRequest.newBuilder(url)
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(request)))
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());
    JsonNode answer = JSON.readTree(response.body());
    if (!answer.has("result")) {
      throw new IOException(method + ": " + answer);
    }
    return Objects.requireNonNull(answer.get("result"));
  }

  @Override
  public void close() throws InterruptedException {
    http.close();
    process.destroyForcibly().waitFor();
    reader.join();
  }
}
