package network.enigma.client.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.ResponseKey;
import network.enigma.protocol.TaskOrder;
import network.enigma.protocol.crypto.SecretAccess;
import network.enigma.protocol.crypto.SecretBytes;

/**
 * One JSON file per record under a directory that only its owner may enter ({@code rwx------},
 * files {@code rw-------}). A record is written beside its place, forced to disk and moved there,
 * so a crash leaves the old one or the new one.
 */
public final class FileClientStore implements ClientStore {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final SecretAccess ACCESS = SecretAccess.granted();
  private static final boolean POSIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

  private final Path tasks;
  private final Path contracts;
  private final Path gas;

  /**
   * What the files in {@code gas} say, as far as it was asked for or written here. Others that
   * write them at the same time are not heard of: these are estimates.
   */
  private final Map<Path, Map<String, Long>> knownGas = new ConcurrentHashMap<>();

  /** Where records of tasks that are over go; empty if they are deleted. */
  private final Optional<Path> done;

  /**
   * Opens or creates the store. What opens the result of a task is deleted when the task is over.
   *
   * @throws EnigmaException STATE_DIRECTORY_UNUSABLE when the directory cannot be made or written
   */
  public FileClientStore(Path directory) {
    this(directory, false);
  }

  /**
   * Opens or creates the store.
   *
   * @param keepsDone whether the record of a task that is over moves to {@code done} instead of
   *     being deleted: its owner can then open the result again, and so can whoever copies the file
   * @throws EnigmaException STATE_DIRECTORY_UNUSABLE when the directory cannot be made or written
   */
  public FileClientStore(Path directory, boolean keepsDone) {
    this.tasks = directory.resolve("tasks");
    this.contracts = directory.resolve("contracts");
    this.gas = directory.resolve("gas");
    this.done = keepsDone ? Optional.of(directory.resolve("done")) : Optional.empty();
    try {
      Files.createDirectories(tasks, ownerOnly("rwx------"));
      if (done.isPresent()) {
        Files.createDirectories(done.get(), ownerOnly("rwx------"));
      }
      Files.createDirectories(contracts, ownerOnly("rwx------"));
      Files.createDirectories(gas, ownerOnly("rwx------"));
    } catch (IOException e) {
      throw unusable(directory, e);
    }
  }

  private static FileAttribute<?>[] ownerOnly(String permissions) {
    return POSIX
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  @Override
  public void save(TaskRecord task) {
    ObjectNode json = JSON.createObjectNode();
    json.put("taskId", task.taskId().hex());
    json.put("order", Bytes.of(task.order().encode()).hex());
    json.put("envelope", task.envelope().hex());
    json.put(
        "responseKey", HexFormat.of().formatHex(task.responseKey().encode().toByteArray(ACCESS)));
    json.put("contract", task.contract().hex());
    json.put("signature", task.signature());
    json.put("outputs", task.outputs());
    json.put("abi", task.abi());
    json.put("posted", task.posted());
    write(tasks.resolve(task.taskId().hex() + ".json"), json);
  }

  @Override
  public Optional<TaskRecord> task(Bytes32 taskId) {
    return read(tasks.resolve(taskId.hex() + ".json"))
        .map(json ->
            new TaskRecord(
                Bytes32.fromHex(json.path("taskId").asText()),
                TaskOrder.decode(Bytes.fromHex(json.path("order").asText()).toByteArray()),
                Bytes.fromHex(json.path("envelope").asText()),
                ResponseKey.decode(
                    SecretBytes.of(HexFormat.of().parseHex(json.path("responseKey").asText()))),
                Address.fromHex(json.path("contract").asText()),
                json.path("signature").asText(),
                json.path("outputs").asText(),
                json.path("abi").asText(),
                json.path("posted").asBoolean()));
  }

  @Override
  public void remove(Bytes32 taskId) {
    Path file = tasks.resolve(taskId.hex() + ".json");
    try {
      if (done.isPresent() && Files.exists(file)) {
        Files.move(
            file,
            done.get().resolve(String.valueOf(file.getFileName())),
            StandardCopyOption.REPLACE_EXISTING);
      } else {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw unusable(tasks, e);
    }
  }

  @Override
  public List<Bytes32> tasks() {
    return names(tasks).stream().map(Bytes32::fromHex).toList();
  }

  @Override
  public void save(ContractRecord contract) {
    ObjectNode json = JSON.createObjectNode();
    json.put("name", contract.name());
    json.put("address", contract.address().hex());
    json.put("realm", contract.realm().hex());
    json.put("abi", contract.abi());
    json.put("layout", contract.layout());
    json.put("savedAt", contract.savedAt());
    write(contracts.resolve(contract.address().hex() + ".json"), json);
  }

  @Override
  public Optional<ContractRecord> contract(Address address) {
    return read(contracts.resolve(address.hex() + ".json"))
        .map(json ->
            new ContractRecord(
                json.path("name").asText(),
                Address.fromHex(json.path("address").asText()),
                Bytes32.fromHex(json.path("realm").asText()),
                json.path("abi").asText(),
                json.path("layout").asText(),
                json.path("savedAt").asLong()));
  }

  @Override
  public void saveGas(Address contract, String signature, long gasUsed) {
    Path file = gasFile(contract);
    if (gasUsed <= gasOf(file).getOrDefault(signature, -1L)) {
      return;
    }
    synchronized (knownGas) {
      // Read again, to keep what another process wrote meanwhile.
      Map<String, Long> all = new TreeMap<>(readGas(file));
      all.merge(signature, gasUsed, Math::max);
      ObjectNode json = JSON.createObjectNode();
      all.forEach((function, most) -> json.put(function, most));
      write(file, json);
      knownGas.put(file, Map.copyOf(all));
    }
  }

  @Override
  public OptionalLong mostGas(Address contract, String signature) {
    Long most = gasOf(gasFile(contract)).get(signature);
    return most == null ? OptionalLong.empty() : OptionalLong.of(most);
  }

  private Path gasFile(Address contract) {
    return gas.resolve(contract.hex() + ".json");
  }

  private Map<String, Long> gasOf(Path file) {
    return knownGas.computeIfAbsent(file, FileClientStore::readGas);
  }

  private static Map<String, Long> readGas(Path file) {
    Map<String, Long> most = new HashMap<>();
    read(file)
        .ifPresent(json ->
            json.properties().stream()
                .filter(entry -> entry.getValue().isIntegralNumber())
                .forEach(entry -> most.put(entry.getKey(), entry.getValue().asLong())));
    return Map.copyOf(most);
  }

  @Override
  public List<ContractRecord> contracts() {
    return names(contracts).stream()
        .flatMap(name -> contract(Address.fromHex(name)).stream())
        .sorted(Comparator.comparingLong(ContractRecord::savedAt))
        .toList();
  }

  private static List<String> names(Path directory) {
    List<String> names = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> name.matches("0x[0-9a-f]+\\.json"))
          .forEach(name -> names.add(name.substring(0, name.length() - ".json".length())));
    } catch (IOException e) {
      throw unusable(directory, e);
    }
    return names;
  }

  private static Optional<JsonNode> read(Path file) {
    try {
      return Optional.of(JSON.readTree(Files.readAllBytes(file)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw unusable(file, e);
    }
  }

  private static void write(Path file, JsonNode json) {
    Path fresh = file.resolveSibling("." + UUID.randomUUID() + ".tmp");
    try {
      Set<OpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      try (FileChannel channel = FileChannel.open(fresh, options, ownerOnly("rw-------"))) {
        ByteBuffer bytes = ByteBuffer.wrap(JSON.writeValueAsBytes(json));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      try {
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw unusable(file, e);
    }
  }

  private static EnigmaException unusable(Path path, IOException e) {
    return new EnigmaException(
        ErrorCode.STATE_DIRECTORY_UNUSABLE, "cannot use %s: %s".formatted(path, e.getMessage()), e);
  }
}
