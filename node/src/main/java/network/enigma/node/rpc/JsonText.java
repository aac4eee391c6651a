package network.enigma.node.rpc;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/** Reads JSON of strangers, within limits, and writes JSON. */
final class JsonText {
  /** Greatest nesting of a text that is read. */
  static final int MAXIMUM_DEPTH = 128;

  /** Longest text that is read, in bytes. */
  static final int MAXIMUM_BYTES = 2_500_000;

  /**
   * Most brackets, names and values of a text that is read. A batch of a hundred orders has some
   * thousands; a text of empty lists would become a hundred times its length in memory.
   */
  static final int MAXIMUM_TOKENS = 50_000;

  static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private static final ObjectMapper MAPPER =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAXIMUM_DEPTH)
                          .maxStringLength(MAXIMUM_BYTES)
                          .maxNumberLength(100)
                          .maxNameLength(256)
                          .maxDocumentLength(MAXIMUM_BYTES)
                          .maxTokenCount(MAXIMUM_TOKENS)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

  private JsonText() {}

  static JsonNode read(byte[] text) {
    try {
      JsonNode node = MAPPER.readTree(text);
      if (node == null || node.isMissingNode()) {
        throw RpcFault.malformedJson("the text is empty");
      }
      return node;
    } catch (StreamConstraintsException e) {
      throw tooDeepOrLarge(e);
    } catch (JsonProcessingException e) {
      throw RpcFault.malformedJson(e.getOriginalMessage());
    } catch (java.io.IOException e) {
      throw RpcFault.malformedJson(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Reads what another host answered. Whatever is wrong with it is that host's fault, and not that
   * of the user whose request led there.
   *
   * @throws EnigmaException {@code HOLDER_UNREACHABLE} if it is no object
   */
  static ObjectNode readAnswer(byte[] text) {
    try {
      if (read(text) instanceof ObjectNode answer) {
        return answer;
      }
    } catch (RuntimeException e) {
      throw new EnigmaException(
          ErrorCode.HOLDER_UNREACHABLE, "the holder's host answers nonsense: " + e.getMessage(), e);
    }
    throw new EnigmaException(
        ErrorCode.HOLDER_UNREACHABLE, "the holder's host answers something that is no object");
  }

  private static RuntimeException tooDeepOrLarge(StreamConstraintsException e) {
    String message = e.getOriginalMessage();
    if (message.contains("nesting depth")) {
      return new EnigmaException(
          ErrorCode.INPUT_TOO_DEEP, "the text is nested more than " + MAXIMUM_DEPTH + " levels");
    }
    if (message.contains("Document length")) {
      return tooLarge();
    }
    if (message.contains("Token count")) {
      return new EnigmaException(
          ErrorCode.INPUT_TOO_LARGE, "a request has at most " + MAXIMUM_TOKENS + " parts");
    }
    return RpcFault.malformedJson(message);
  }

  static EnigmaException tooLarge() {
    return new EnigmaException(
        ErrorCode.INPUT_TOO_LARGE, "a request has at most " + MAXIMUM_BYTES + " bytes");
  }

  static byte[] write(JsonNode node) {
    try {
      return MAPPER.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new EnigmaException(ErrorCode.INTERNAL, "cannot write JSON");
    }
  }
}
