package network.enigma.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the compiler made of the contracts keeps the limits that Ethereum and the design set. */
class ArtifactsTest {
  private static final int CODE_LIMIT = 24_576;

  /** The pieces of code behind the one address. */
  private static final List<String> PARTS = List.of("Enigma", "EnigmaRegistry", "EnigmaReader");

  private static JsonNode artifact(String name) throws IOException {
    try (InputStream stream =
        ArtifactsTest.class.getResourceAsStream("artifacts/" + name + ".json")) {
      assertThat(stream).as("artifact of %s", name).isNotNull();
      return new ObjectMapper().readTree(stream);
    }
  }

  private static String type(JsonNode parameter) {
    String type = parameter.get("type").asText();
    if (!type.startsWith("tuple")) {
      return type;
    }
    List<String> parts = new ArrayList<>();
    parameter.get("components").forEach(component -> parts.add(type(component)));
    return "(" + String.join(",", parts) + ")" + type.substring("tuple".length());
  }

  private static String types(JsonNode parameters) {
    List<String> parts = new ArrayList<>();
    parameters.forEach(parameter -> parts.add(type(parameter)));
    return "(" + String.join(",", parts) + ")";
  }

  private static Map<String, String> functions(String name) throws IOException {
    Map<String, String> functions = new TreeMap<>();
    for (JsonNode entry : artifact(name).get("abi")) {
      if (entry.get("type").asText().equals("function")) {
        functions.put(
            entry.get("name").asText() + types(entry.get("inputs")),
            types(entry.get("outputs")) + " " + entry.get("stateMutability").asText());
      }
    }
    return functions;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Enigma", "EnigmaRegistry", "EnigmaReader", "EnigmaToken", "CallbackForwarder"})
  void codeFitsInAContract(String name) throws IOException {
    int bytes = (artifact(name).get("deployedBytecode").asText().length() - 2) / 2;
    assertThat(bytes).isPositive().isLessThanOrEqualTo(CODE_LIMIT);
  }

  @Test
  void allPartsHaveTheSameStorage() throws IOException {
    assertThat(layout("Enigma"))
        .isNotEmpty()
        .isEqualTo(layout("EnigmaRegistry"))
        .isEqualTo(layout("EnigmaReader"));
  }

  private static List<String> layout(String name) throws IOException {
    JsonNode layout = artifact(name).get("storageLayout");
    List<String> lines = new ArrayList<>();
    for (JsonNode variable : layout.get("storage")) {
      lines.add(
          String.join(
              " ",
              variable.get("slot").asText(),
              variable.get("offset").asText(),
              variable.get("label").asText(),
              layout.get("types").get(variable.get("type").asText()).get("label").asText()));
    }
    return lines;
  }

  @Test
  void everyFunctionOfTheInterfaceIsInExactlyOnePart() throws IOException {
    Map<String, String> all = new TreeMap<>();
    for (String part : PARTS) {
      Map<String, String> functions = functions(part);
      assertThat(all.keySet()).doesNotContainAnyElementsOf(functions.keySet());
      all.putAll(functions);
    }
    // Ownable brings it; it always fails.
    all.remove("renounceOwnership()");
    assertThat(all.keySet()).isEqualTo(functions("IEnigma").keySet());
  }

  @Test
  void everyFunctionReturnsWhatTheInterfaceSays() throws IOException {
    Map<String, String> all = new TreeMap<>();
    for (String part : PARTS) {
      all.putAll(functions(part));
    }
    all.keySet().retainAll(functions("IEnigma").keySet());
    assertThat(all).isEqualTo(functions("IEnigma"));
  }

  @Test
  void everyErrorAndEventIsInTheInterface() throws IOException {
    List<String> declared = errorsAndEvents("IEnigma");
    List<String> inherited =
        List.of(
            "error OwnableInvalidOwner(address)",
            "error OwnableUnauthorizedAccount(address)",
            "event OwnershipTransferStarted(address,address)",
            "event OwnershipTransferred(address,address)",
            "error ReentrancyGuardReentrantCall()",
            "error AddressEmptyCode(address)",
            "error FailedCall()");
    for (String part : PARTS) {
      assertThat(errorsAndEvents(part))
          .allSatisfy(entry ->
              assertThat(declared.contains(entry) || inherited.contains(entry)).as(entry).isTrue());
    }
  }

  private static List<String> errorsAndEvents(String name) throws IOException {
    List<String> all = new ArrayList<>();
    for (JsonNode entry : artifact(name).get("abi")) {
      String kind = entry.get("type").asText();
      if (kind.equals("error") || kind.equals("event")) {
        all.add(kind + " " + entry.get("name").asText() + types(entry.get("inputs")));
      }
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "enigma/Secret.sol",
        "enigma/Callable.sol",
        "enigma/IEnigmaCallback.sol",
        "samples/Millionaires.sol",
        "samples/RichestBoard.sol",
        "samples/SecretToken.sol",
        "samples/PlainToken.sol",
        "samples/Misbehaving.sol",
        "samples/CreditLine.sol"
      })
  void sourcesThatUsersCompileAreOnTheClassPath(String source) throws IOException {
    try (InputStream stream = ArtifactsTest.class.getResourceAsStream("solidity/" + source)) {
      assertThat(stream).isNotNull();
    }
  }
}
