package network.enigma.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What another worker's host answers is not trusted to be an answer. */
class JsonTextTest {
  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "null", "7", "{", "{\"a\":1,\"a\":2}", "{} {}", "\"text\""})
  void nonsenseOfAnotherHostIsThatHostsFault(String text) {
    assertThatThrownBy(() -> JsonText.readAnswer(text.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOfSatisfying(
            EnigmaException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.HOLDER_UNREACHABLE));
  }

  @Test
  void anObjectIsAnAnswer() {
    byte[] text = "{\"status\":\"ANCHORED\"}".getBytes(StandardCharsets.UTF_8);
    assertThat(JsonText.readAnswer(text).path("status").asText()).isEqualTo("ANCHORED");
  }
}
