package network.enigma.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
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
