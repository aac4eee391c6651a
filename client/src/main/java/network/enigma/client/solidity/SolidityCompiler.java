package network.enigma.client.solidity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import network.enigma.client.abi.ContractAbi;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * The Solidity compiler, run as a child process: {@code node} with the {@code solc} package found
 * in the node packages under {@code home}. Contracts are compiled for the rules the secret EVM runs
 * (Prague).
 */
public final class SolidityCompiler {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SCRIPT = "compile.cjs";
  private static final String LIBRARY = "/network/enigma/contracts/solidity/";
  private static final int TIMEOUT_SECONDS = 120;

  private final Path home;
  private final Map<String, String> library;

  /**
   * With the node packages of {@code home/node_modules} and the sources that come with this
   * product.
   */
  public SolidityCompiler(Path home) {
    this(
        home,
        Map.of(
            "enigma/Secret.sol", resource(LIBRARY + "enigma/Secret.sol"),
            "enigma/Callable.sol", resource(LIBRARY + "enigma/Callable.sol"),
            "enigma/console.sol", resource(LIBRARY + "enigma/console.sol"),
            "enigma/IEnigmaCallback.sol", resource(LIBRARY + "enigma/IEnigmaCallback.sol")));
  }

  /** With the given sources for imports by exactly these names. */
  SolidityCompiler(Path home, Map<String, String> library) {
    this.home = home;
    this.library = Map.copyOf(library);
  }

  /**
   * Compiles a file and returns the contract of the given name; without a name the file's only
   * deployable contract, or the one named like the file.
   *
   * @throws EnigmaException COMPILATION_FAILED with the compiler's messages in full,
   *     FILE_NOT_READABLE, COMPILER_MISSING
   */
  public CompiledContract compile(Path source, @Nullable String name) {
    return choose(source, name, compileAll(source));
  }

  /** Compiles a source that is part of this product, such as {@code samples/Millionaires.sol}. */
  public CompiledContract compileSample(String resource) {
    String text = resource(LIBRARY + resource);
    Path file = Path.of(resource);
    String name = String.valueOf(file.getFileName());
    return choose(file, null, run(name, text, home));
  }

  /** A source that is part of this product. */
  public static String sampleSource(String resource) {
    return resource(LIBRARY + resource);
  }

  /**
   * Reads an artifact (a JSON object with {@code abi} and {@code bytecode}) or compiles a Solidity
   * file, by its extension.
   */
  public CompiledContract load(Path file, @Nullable String name) {
    return String.valueOf(file.getFileName()).endsWith(".json")
        ? readArtifact(file)
        : compile(file, name);
  }

  private List<CompiledContract> compileAll(Path source) {
    Path file = source.toAbsolutePath().normalize();
    Path base = file.getParent();
    return run(String.valueOf(file.getFileName()), read(file), base == null ? Path.of("/") : base);
  }

  private static CompiledContract choose(
      Path source, @Nullable String name, List<CompiledContract> contracts) {
    List<String> names = contracts.stream().map(CompiledContract::name).toList();
    String stem = String.valueOf(source.getFileName()).replaceFirst("\\.sol$", "");
    String wanted = name != null ? name : contracts.size() == 1 ? names.getFirst() : stem;
    return contracts.stream()
        .filter(contract -> contract.name().equals(wanted))
        .findFirst()
        .orElseThrow(() ->
            new EnigmaException(
                ErrorCode.COMPILATION_FAILED,
                contracts.isEmpty()
                    ? source + " holds no contract that can be deployed"
                    : "%s holds no contract %s that can be deployed; choose one of %s"
                        .formatted(source, wanted, String.join(", ", names))));
  }

  private List<CompiledContract> run(String name, String text, Path base) {
    if (!Files.isDirectory(home.resolve("node_modules/solc"))) {
      throw new EnigmaException(
          ErrorCode.COMPILER_MISSING,
          "the Solidity compiler is not installed: run npm ci in " + home);
    }
    ObjectNode request = JSON.createObjectNode();
    request.put("file", name);
    request.put("content", text);
    request.put("base", base.toString());
    request.put("home", home.toString());
    request.set("library", JSON.valueToTree(library));
    JsonNode answer = exchange(request);
    List<String> errors = new ArrayList<>();
    answer.path("errors").forEach(error -> errors.add(error.asText()));
    if (!errors.isEmpty()) {
      throw new EnigmaException(ErrorCode.COMPILATION_FAILED, String.join("\n", errors).strip());
    }
    List<CompiledContract> contracts = new ArrayList<>();
    for (JsonNode contract : answer.path("contracts")) {
      contracts.add(
          new CompiledContract(
              contract.path("name").asText(),
              ContractAbi.parse(contract.path("abi").toString()),
              linked(contract.path("name").asText(), contract.path("bytecode").asText()),
              layout(contract.path("storageLayout"))));
    }
    return contracts;
  }

  private static String layout(JsonNode layout) {
    return layout.path("storage").isArray() ? layout.toString() : "";
  }

  private static Bytes linked(String name, String hex) {
    if (hex.contains("__")) {
      throw new EnigmaException(
          ErrorCode.COMPILATION_FAILED,
          name
              + " calls a library with external functions, which a realm cannot link; make its"
              + " functions internal");
    }
    return Bytes.fromHex("0x" + hex);
  }

  private JsonNode exchange(ObjectNode request) {
    Path output = temporaryFile();
    Path complaints = temporaryFile();
    try {
      Process process;
      try {
        process =
            new ProcessBuilder("node", "-e", resource(SCRIPT))
                .redirectOutput(output.toFile())
                .redirectError(complaints.toFile())
                .start();
      } catch (IOException e) {
        throw new EnigmaException(
            ErrorCode.COMPILER_MISSING, "node is not on the PATH; install Node.js 20 or newer");
      }
      try (OutputStream in = process.getOutputStream()) {
        in.write(JSON.writeValueAsBytes(request));
      }
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new EnigmaException(
            ErrorCode.COMPILATION_FAILED,
            "the compiler gave no answer in " + TIMEOUT_SECONDS + " s");
      }
      if (process.exitValue() != 0) {
        throw new EnigmaException(
            ErrorCode.COMPILATION_FAILED,
            "the compiler stopped: " + Files.readString(complaints).strip());
      }
      return JSON.readTree(Files.readString(output));
    } catch (IOException e) {
      throw new EnigmaException(
          ErrorCode.COMPILATION_FAILED, "the compiler stopped: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EnigmaException(ErrorCode.COMPILATION_FAILED, "interrupted while compiling");
    } finally {
      deleteQuietly(output);
      deleteQuietly(complaints);
    }
  }

  private static Path temporaryFile() {
    try {
      return Files.createTempFile("enigma-solc", ".json");
    } catch (IOException e) {
      throw new EnigmaException(
          ErrorCode.COMPILATION_FAILED, "no temporary file: " + e.getMessage());
    }
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      file.toFile().deleteOnExit();
    }
  }

  private static CompiledContract readArtifact(Path file) {
    try {
      JsonNode artifact = JSON.readTree(read(file));
      JsonNode bytecode =
          artifact.path("bytecode").isObject()
              ? artifact.path("bytecode").path("object")
              : artifact.path("bytecode");
      String hex = bytecode.asText();
      if (!artifact.path("abi").isArray() || !hex.matches("(0x)?([0-9a-fA-F]{2})+")) {
        throw new EnigmaException(
            ErrorCode.COMPILATION_FAILED,
            file + " is no artifact: it needs abi and linked bytecode");
      }
      String stem = String.valueOf(file.getFileName()).replaceFirst("\\.json$", "");
      return new CompiledContract(
          artifact.path("contractName").asText(stem),
          ContractAbi.parse(artifact.path("abi").toString()),
          Bytes.fromHex(hex.startsWith("0x") ? hex : "0x" + hex),
          layout(artifact.path("storageLayout")));
    } catch (JsonProcessingException e) {
      throw new EnigmaException(
          ErrorCode.COMPILATION_FAILED, file + " is not JSON: " + e.getOriginalMessage());
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new EnigmaException(ErrorCode.FILE_NOT_READABLE, "there is no file " + file);
    } catch (IOException e) {
      throw new EnigmaException(
          ErrorCode.FILE_NOT_READABLE, "cannot read " + file + ": " + e.getMessage());
    }
  }

  private static String resource(String name) {
    try (InputStream in = SolidityCompiler.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new EnigmaException(
            ErrorCode.FILE_NOT_READABLE, "this build has no resource " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new EnigmaException(ErrorCode.FILE_NOT_READABLE, "cannot read resource " + name);
    }
  }
}
