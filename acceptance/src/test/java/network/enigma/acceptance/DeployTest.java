package network.enigma.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import network.enigma.platform.EnclaveChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What deploy/ promises, as far as this machine can try it. */
class DeployTest {
  private static final Path DEPLOY = Path.of("..", "deploy").toAbsolutePath().normalize();
  private static final long START_SECONDS = 120;
  @TempDir Path directory;

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Set<String> found(String text, String pattern) {
    Set<String> names = new HashSet<>();
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    while (matcher.find()) {
      names.add(matcher.group(1));
    }
    return names;
  }

  private static boolean isOnPath(String program) {
    return Stream.of(
            Objects.requireNonNullElse(System.getenv("PATH"), "").split(File.pathSeparator, -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  @Test
  void theScriptGivesTheManifestEachOfItsNames() {
    String template = read(DEPLOY.resolve("gramine/enclave.manifest.template"));
    Set<String> used = found(template, "\\{\\{ ([a-z_]+) }}");
    used.addAll(found(template, "\\{% if ([a-z_]+) "));

    assertThat(found(read(DEPLOY.resolve("gramine/build.sh")), "-D([a-z_]+)=")).isEqualTo(used);
  }

  @Test
  void theManifestNamesTheMainClassAndLeavesNothingToTheHost() {
    String template = read(DEPLOY.resolve("gramine/enclave.manifest.template"));

    assertThat(template)
        .contains(EnclaveChannel.class.getPackageName() + ".EnclaveProcessMain")
        .contains("sgx.debug = false", "sgx.use_exinfo = true", "sgx.remote_attestation = \"dcap\"")
        .doesNotContain("insecure__", "passthrough", "allowed_files");
  }

  @Test
  void scriptsAreReadableByAShell() throws Exception {
    try (Stream<Path> files = Files.walk(DEPLOY)) {
      for (Path script : files.filter(file -> file.toString().endsWith(".sh")).toList()) {
        assertThat(new ProcessBuilder("sh", "-n", script.toString()).start().waitFor())
            .as(script.toString())
            .isZero();
      }
    }
  }

  /** The enclave process says that it is there, and ends when its host ends. */
  @ParameterizedTest
  @ValueSource(strings = {"worker", "key_manager"})
  void theProcessRunsUnderGramineWithoutSgx(String role) throws Exception {
    prepare(role, "simulation");
    Process process = start(role);
    try (DataInputStream out = new DataInputStream(process.getInputStream())) {
      assertThat(out.readInt()).isEqualTo(Long.BYTES);
      assertThat(out.readLong()).isZero();
      process.getOutputStream().close();
      assertThat(process.waitFor(START_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  /** Gramine without SGX shows no attestation files: no hardware, and no simulation instead. */
  @Test
  void hardwareModeUnderGramineWithoutSgxRefuses() throws Exception {
    prepare("worker", "hardware");
    Process process = start("worker");
    try {
      assertThat(process.waitFor(START_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isNotZero();
      assertThat(read(directory.resolve("log"))).contains("HARDWARE_MISSING");
    } finally {
      process.destroyForcibly();
    }
  }

  private void prepare(String role, String mode) throws Exception {
    assumeTrue(
        isOnPath("gramine-direct") && isOnPath("gramine-manifest"),
        "gramine-direct is not on the PATH: the manifest is not tried");
    ProcessBuilder build =
        new ProcessBuilder(
            List.of(
                DEPLOY.resolve("gramine/build.sh").toString(), role, directory.toString(), mode));
    build.environment().put("ENIGMA_JAVA_HOME", System.getProperty("java.home"));
    if (mode.equals("hardware")) {
      // The mount with SGX's key wants SGX; the refusal comes before anything is sealed.
      build.environment().put("ENIGMA_SGX_MOUNTS", "0");
    }
    Process made = build.redirectErrorStream(true).start();
    String output = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(made.waitFor()).as(output).isZero();
  }

  private Process start(String role) throws IOException {
    return new ProcessBuilder("gramine-direct", role)
        .directory(directory.toFile())
        .redirectError(directory.resolve("log").toFile())
        .start();
  }
}
