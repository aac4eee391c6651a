package network.enigma.testnet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import network.enigma.protocol.Address;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/**
 * Where a running testnet is found: what {@code /addresses.json} serves, also kept in a file of the
 * user so that commands in other terminals find the network.
 *
 * @param pid of the process that runs it
 * @param startedAt milliseconds since 1970
 * @param chainId of its Ethereum chain
 * @param ethereum its Ethereum endpoint
 * @param nodes its nodes' endpoints, the first first
 * @param page where {@code /addresses.json} is served
 * @param enigma the Enigma contract
 * @param token the ENG token
 * @param forwarder who calls callbacks
 * @param state its directory, with the logs
 */
public record TestnetRecord(
    long pid,
    long startedAt,
    long chainId,
    URI ethereum,
    List<URI> nodes,
    URI page,
    Address enigma,
    Address token,
    Address forwarder,
    Path state) {
  private static final ObjectMapper JSON = new ObjectMapper();

  public TestnetRecord {
    nodes = List.copyOf(nodes);
  }

  /** As {@code /addresses.json} has it. */
  public ObjectNode toJson() {
    ObjectNode json = JSON.createObjectNode();
    json.put("mode", "SIMULATION");
    json.put("chainId", chainId);
    json.put("ethereum", ethereum.toString());
    nodes.forEach(node -> json.withArray("/nodes").add(node.toString()));
    json.put("page", page.toString());
    json.put("enigma", enigma.checksummed());
    json.put("token", token.checksummed());
    json.put("forwarder", forwarder.checksummed());
    json.put("state", state.toString());
    json.put("pid", pid);
    json.put("startedAt", startedAt);
    return json;
  }

  private static TestnetRecord parse(JsonNode json) {
    List<URI> nodes = new ArrayList<>();
    json.path("nodes").forEach(node -> nodes.add(URI.create(node.asText())));
    return new TestnetRecord(
        json.path("pid").asLong(),
        json.path("startedAt").asLong(),
        json.path("chainId").asLong(),
        URI.create(json.path("ethereum").asText()),
        nodes,
        URI.create(json.path("page").asText()),
        Address.fromHex(json.path("enigma").asText()),
        Address.fromHex(json.path("token").asText()),
        Address.fromHex(json.path("forwarder").asText()),
        Path.of(json.path("state").asText()));
  }

  private static Path directory(Path userDirectory) {
    return userDirectory.resolve("testnets");
  }

  /** Writes the record so that other processes of the user find it. */
  void publish(Path userDirectory) {
    Path directory = directory(userDirectory);
    Path file = directory.resolve(pid + ".json");
    try {
      Files.createDirectories(directory);
      Path fresh = Files.createTempFile(directory, ".new", ".tmp");
      Files.write(fresh, JSON.writeValueAsBytes(toJson()));
      Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new EnigmaException(
          ErrorCode.STATE_DIRECTORY_UNUSABLE, "cannot write %s: %s".formatted(file, e), e);
    }
  }

  void withdraw(Path userDirectory) {
    try {
      Files.deleteIfExists(directory(userDirectory).resolve(pid + ".json"));
    } catch (IOException e) {
      // A record of a process that is gone is ignored by every reader.
      return;
    }
  }

  /** The latest testnet of this user that still runs. */
  public static Optional<TestnetRecord> latest(Path userDirectory) {
    Path directory = directory(userDirectory);
    if (!Files.isDirectory(directory)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> String.valueOf(file.getFileName()).matches("[0-9]+\\.json"))
          .flatMap(file -> read(file).stream())
          .filter(TestnetRecord::isRunning)
          .max(Comparator.comparingLong(TestnetRecord::startedAt));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<TestnetRecord> read(Path file) {
    try {
      return Optional.of(parse(JSON.readTree(file.toFile())));
    } catch (IOException | EnigmaException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private boolean isRunning() {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }
}
