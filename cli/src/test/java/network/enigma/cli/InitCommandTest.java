package network.enigma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InitCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir Path temporary = Path.of("");

  private int init(Path directory) {
    return EnigmaCommand.run(
        Map.of(),
        false,
        new PrintWriter(out, true),
        new PrintWriter(err, true),
        "init",
        directory.toString());
  }

  @Test
  void aProjectIsWrittenThatNeedsNothingOfThisCheckout() throws IOException {
    Path project = temporary.resolve("my-dapp");

    assertThat(init(project)).isEqualTo(ExitCode.OK);

    JsonNode manifest = new ObjectMapper().readTree(project.resolve("package.json").toFile());
    assertThat(manifest.path("name").asText()).isEqualTo("my-dapp");
    String client = manifest.path("dependencies").path("@enigma-network/enigma-js").asText();
    assertThat(client).startsWith("file:vendor/");
    assertThat(project.resolve(client.substring("file:".length()))).isNotEmptyFile();
    assertThat(project.resolve("vendor/enigma/Secret.sol")).content().contains("library Secret");
    assertThat(project.resolve("vendor/enigma/console.sol")).content().contains("library console");
    assertThat(project.resolve("contracts/Millionaires.sol"))
        .content()
        .contains("enigma/Secret.sol");
    assertThat(project.resolve(".gitignore")).content().contains("node_modules");
    assertThat(project.resolve(".vscode/settings.json")).content().contains("vendor/enigma/");
    assertThat(out.toString()).contains("npm install");
  }

  @Test
  void whatIsThereIsNeverOverwritten() throws IOException {
    Path file = Files.writeString(temporary.resolve("notes.txt"), "mine");

    assertThat(init(temporary)).isNotEqualTo(ExitCode.OK);

    try (var left = Files.list(temporary)) {
      assertThat(left).containsExactly(file);
    }
    assertThat(file).content().isEqualTo("mine");
  }

  @Test
  void aNameThatNpmWouldRefuseIsRefused() {
    assertThat(init(temporary.resolve("My DApp"))).isNotEqualTo(ExitCode.OK);

    assertThat(err.toString()).contains("INVALID_ARGUMENT");
    assertThat(temporary.resolve("My DApp")).doesNotExist();
  }
}
