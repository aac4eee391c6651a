package network.enigma.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.stream.StreamSupport;
import network.enigma.protocol.crypto.SecretBytes;

/** Reads the committed vectors: bytes are hexadecimal, numbers are decimal texts. */
final class VectorFile {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private VectorFile() {}

  static JsonNode read(String name) {
    try (InputStream stream =
        Objects.requireNonNull(
            VectorFile.class.getResourceAsStream("/vectors/" + name + ".json"))) {
      return MAPPER.readTree(stream);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The entries of a list in the file, at least one. */
  static List<Entry> list(String name, String field) {
    List<Entry> entries =
        StreamSupport.stream(read(name).required(field).spliterator(), false)
            .map(Entry::new)
            .toList();
    if (entries.isEmpty()) {
      throw new IllegalStateException(name + " has no " + field);
    }
    return entries;
  }

  /** One vector. */
  record Entry(JsonNode node) {
    String text(String field) {
      return node.required(field).asText();
    }

    Bytes bytes(String field) {
      return Bytes.fromHex(text(field));
    }

    byte[] raw(String field) {
      return Hex.decode(text(field));
    }

    Bytes32 bytes32(String field) {
      return Bytes32.fromHex(text(field));
    }

    Address address(String field) {
      return Address.fromHex(text(field));
    }

    long uint(String field) {
      return Long.parseUnsignedLong(text(field));
    }

    int small(String field) {
      return Integer.parseInt(text(field));
    }

    boolean flag(String field) {
      return node.required(field).asBoolean();
    }

    SecretBytes secret(String field) {
      return SecretBytes.of(raw(field));
    }

    List<Entry> list(String field) {
      return StreamSupport.stream(node.required(field).spliterator(), false)
          .map(Entry::new)
          .toList();
    }

    List<String> texts(String field) {
      return list(field).stream().map(entry -> entry.node().asText()).toList();
    }

    List<Bytes32> words(String field) {
      return texts(field).stream().map(Bytes32::fromHex).toList();
    }

    Eip712Domain domain() {
      return new Eip712Domain(uint("chainId"), address("enigma"));
    }
  }
}
