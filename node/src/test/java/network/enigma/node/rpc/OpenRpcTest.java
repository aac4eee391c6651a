package network.enigma.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import network.enigma.protocol.EnigmaException;
import org.junit.jupiter.api.Test;

/** Answers themselves are compared with the document by the TypeScript client's tests. */
final class OpenRpcTest {
  private static Stream<JsonNode> methods() {
    List<JsonNode> methods = new ArrayList<>();
    OpenRpc.document().path("methods").forEach(methods::add);
    return methods.stream();
  }

  @Test
  void everyMethodSaysWhatItTakesAndAnswers() {
    assertThat(methods())
        .hasSizeGreaterThan(8)
        .allSatisfy(method -> {
          assertThat(method.path("summary").asText()).isNotEmpty();
          assertThat(method.path("result").path("schema")).isNotEmpty();
          assertThat(method.path("params"))
              .allSatisfy(param -> assertThat(param.path("schema")).isNotEmpty());
        });
  }

  @Test
  void aMethodThatOnlyOneOfTheTwoKnowsStopsTheNode() {
    Set<String> names =
        methods()
            .filter(method -> method.path("paramStructure").asText().equals("by-name"))
            .map(method -> method.path("name").asText())
            .collect(Collectors.toCollection(TreeSet::new));
    names.add("rpc.discover");
    OpenRpc.requireComplete(names);
    names.add("enigma_forgotten");

    assertThatThrownBy(() -> OpenRpc.requireComplete(names))
        .isInstanceOf(EnigmaException.class)
        .hasMessageContaining("enigma_forgotten");
  }

  @Test
  void everySchemaThatIsReferredToIsThere() {
    List<JsonNode> references = OpenRpc.document().findValues("$ref");

    assertThat(references)
        .isNotEmpty()
        .allSatisfy(reference ->
            assertThat(OpenRpc.document().at(reference.asText().substring(1)))
                .as(reference.asText())
                .isNotEmpty());
  }

  @Test
  void everyMethodOfADocumentedNodeIsWrittenInTheHandbookToo() throws IOException {
    String handbook = Files.readString(Path.of("../docs/json-rpc.md"));

    assertThat(methods().map(method -> method.path("name").asText()))
        .allSatisfy(name -> assertThat(handbook).contains(name));
  }
}
