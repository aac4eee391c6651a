package network.enigma.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import network.enigma.cli.EnigmaCommand;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the command shows the author of a contract on a development network. */
@ExtendWith(SharedNetwork.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuthorToolsTest {
  private static final int AUTHOR = 2;
  private static final int SOMEBODY = 3;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Network network;
  private Map<String, String> environment = Map.of();

  AuthorToolsTest(Network network) {
    this.network = network;
  }

  /** What the command answered. */
  private record Ended(int exit, String out, String err) {
    JsonNode json() throws IOException {
      return JSON.readTree(out);
    }
  }

  private Ended run(int account, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(1, List.of("-a", String.valueOf(account)));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit =
        EnigmaCommand.run(
            environment,
            false,
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            all.toArray(String[]::new));
    return new Ended(exit, out.toString(), err.toString());
  }

  @BeforeAll
  void deploy(@TempDir Path directory) {
    environment =
        Map.of(
            "ENIGMA_HOME",
            directory.toString(),
            "ENIGMA_RPC",
            network.testnet().nodeUrls().getFirst().toString(),
            "ETH_RPC",
            network.testnet().ethereumUrl().toString(),
            "ENIGMA_ADDRESS",
            network.testnet().enigma().hex(),
            "ENIGMA_ALLOW_SIMULATED",
            "1");
    Ended deployed =
        run(
            AUTHOR,
            "deploy",
            Network.home().resolve("contracts/samples/Notebook.sol").toString(),
            "--wait",
            "ANCHORED");
    assertThat(deployed.exit).as(deployed.toString()).isZero();
  }

  private String author() {
    return network.key(AUTHOR).address().checksummed();
  }

  @Test
  void aCallShowsItsConsoleItsTraceAndItsStorage() throws IOException {
    Ended call =
        run(AUTHOR, "call", "Notebook", "write", "hello", "1", "--trace", "--wait", "ANCHORED");
    assertThat(call.exit).as(call.toString()).isZero();
    assertThat(call.out)
        .contains("Notebook.write(\"hello\", 1)  → ")
        .contains("console  note of " + author())
        .contains("console  stamping hello")
        .contains("event    Noted(author: " + author() + ", number: ")
        .contains("Console\n  note of " + author() + "\n  stamping hello\n");

    Ended asJson =
        run(
            AUTHOR,
            "call",
            "Notebook",
            "write",
            "hello",
            "1",
            "--trace",
            "--json",
            "--wait",
            "ANCHORED");
    JsonNode answer = asJson.json();
    assertThat(answer.path("console").get(1).asText()).isEqualTo("stamping hello");
    JsonNode trace = answer.path("trace");
    assertThat(trace.path("succeeded").asBoolean()).isTrue();
    assertThat(trace.path("gasUsed")).isEqualTo(answer.path("gasUsed"));
    assertThat(trace.path("call").path("call").asText()).isEqualTo("Notebook.write(\"hello\", 1)");
    assertThat(trace.path("call").path("steps"))
        .anySatisfy(step -> {
          assertThat(step.path("kind").asText()).isEqualTo("call");
          assertThat(step.path("steps").get(0).path("text").asText()).isEqualTo("stamping hello");
        });

    Ended storage =
        run(
            AUTHOR,
            "storage",
            "Notebook",
            "notes[0]",
            "words[" + author() + "][hello]",
            "title",
            "--json");
    assertThat(storage.exit).as(storage.toString()).isZero();
    JsonNode variables = storage.json().path("variables");
    assertThat(variables.path("notes[0]").path("value").path("text").asText()).isEqualTo("hello");
    assertThat(variables.path("notes[0]").path("value").path("author").asText())
        .isEqualTo(author());
    assertThat(variables.path("words[" + author() + "][hello]").path("value").asInt())
        .isGreaterThanOrEqualTo(2);
    assertThat(variables.path("title").path("value").asText()).startsWith("Notes that nobody");
  }

  @Test
  void aCallThatRevertsShowsWhereAndWhy() {
    Ended call = run(AUTHOR, "call", "Notebook", "read", "99", "--trace", "--wait", "ANCHORED");
    assertThat(call.exit).isEqualTo(3);
    assertThat(call.out)
        .contains("✗ reverted: NoSuchNote(number: 99, notes: ")
        .contains("Console\n  reading 99\n");
    assertThat(call.err).contains("NoSuchNote(number: 99");
  }

  @Test
  void aDryRunSendsNothing() {
    String before = run(AUTHOR, "storage", "Notebook", "stamp", "notes").out;
    Ended dry = run(AUTHOR, "call", "Notebook", "write", "unsent", "0", "--dry-run");
    assertThat(dry.exit).as(dry.toString()).isZero();
    assertThat(dry.out).contains("Notebook.write(\"unsent\", 0)  → ");
    assertThat(run(AUTHOR, "storage", "Notebook").out).doesNotContain("unsent");
    assertThat(before).isNotEmpty();
  }

  @Test
  void aQueryShowsItsTraceAndItsConsole() {
    Ended traced = run(SOMEBODY, "query", "Notebook", "read", "99", "--trace");
    assertThat(traced.exit).isEqualTo(3);
    assertThat(traced.out).contains("read     notes: ").contains("console  reading 99");
  }

  @Test
  void nobodyButTheOwnerOfItsRealmReadsAContractsStorage() {
    Ended storage = run(SOMEBODY, "storage", "Notebook");
    assertThat(storage.exit).isEqualTo(3);
    assertThat(storage.err).contains("NOT_REALM_OWNER");
  }
}
