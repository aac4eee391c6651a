package network.enigma.protocol.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Hex;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class HpkeTest {
  private static final byte[] INFO = {1, 2, 3};
  private static final byte[] AAD = {4, 5};
  private static final byte[] PLAINTEXT = "a secret".getBytes(StandardCharsets.UTF_8);

  private static byte[] utf8(JsonNode vector, String field) {
    return vector.required(field).asText().getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] hex(JsonNode vector, String field) {
    return Hex.decode(vector.required(field).asText());
  }

  @Test
  void theSharedVectorsOpenAndExportInBothSuites() throws IOException {
    JsonNode file =
        new ObjectMapper()
            .readTree(
                Objects.requireNonNull(HpkeTest.class.getResourceAsStream("/vectors/hpke.json")));
    assertThat(file.required("vectors")).hasSize(2);
    for (JsonNode vector : file.required("vectors")) {
      Suite suite = Suite.fromId(vector.required("kem_id").asInt()).orElseThrow();
      SealingKeyPair pair =
          SealingKeyPair.of(suite, SecretBytes.of(hex(vector, "recipient_private_key")));
      assertThat(pair.publicKey()).isEqualTo(Bytes.of(hex(vector, "recipient_public_key")));
      Hpke.Opened opened =
          Hpke.open(
              pair,
              Bytes.of(hex(vector, "enc")),
              utf8(vector, "info"),
              utf8(vector, "aad"),
              hex(vector, "ciphertext"));
      assertThat(opened.plaintext()).isEqualTo(SecretBytes.of(utf8(vector, "plaintext")));
      assertThat(vector.required("exporter_context").asText()).isEqualTo(Hpke.RESPONSE_CONTEXT);
      assertThat(opened.responseSecret()).isEqualTo(SecretBytes.of(hex(vector, "exported")));
    }
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void whatIsSealedOpensWithTheSameResponseSecret(Suite suite) {
    SealingKeyPair pair = SealingKeyPair.generate(suite);
    Hpke.Sealed sealed = Hpke.seal(suite, pair.publicKey(), INFO, AAD, PLAINTEXT);
    Hpke.Opened opened =
        Hpke.open(pair, sealed.encapsulation(), INFO, AAD, sealed.ciphertext().toByteArray());
    assertThat(opened.plaintext()).isEqualTo(SecretBytes.of(PLAINTEXT));
    assertThat(opened.responseSecret()).isEqualTo(sealed.responseSecret());
    assertThat(sealed.encapsulation().length()).isEqualTo(suite.encapsulationLength());
  }

  private static void assertDoesNotOpen(
      SealingKeyPair pair, byte[] encapsulation, byte[] info, byte[] aad, byte[] ciphertext) {
    assertThatThrownBy(() -> Hpke.open(pair, Bytes.of(encapsulation), info, aad, ciphertext))
        .isInstanceOfSatisfying(
            EnigmaException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.DECRYPTION_FAILED);
              assertThat(e.getMessage()).isEqualTo("the ciphertext does not open");
            });
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void anyFlippedByteIsRefusedWithOneMessage(Suite suite) {
    SealingKeyPair pair = SealingKeyPair.generate(suite);
    Hpke.Sealed sealed = Hpke.seal(suite, pair.publicKey(), INFO, AAD, PLAINTEXT);
    byte[] encapsulation = sealed.encapsulation().toByteArray();
    byte[] ciphertext = sealed.ciphertext().toByteArray();
    for (int i = 0; i < ciphertext.length; i++) {
      byte[] flipped = ciphertext.clone();
      flipped[i] ^= 1;
      assertDoesNotOpen(pair, encapsulation, INFO, AAD, flipped);
    }
    for (int i = 0; i < encapsulation.length; i += suite == Suite.X25519 ? 1 : 37) {
      byte[] flipped = encapsulation.clone();
      flipped[i] ^= 1;
      assertDoesNotOpen(pair, flipped, INFO, AAD, ciphertext);
    }
    assertDoesNotOpen(pair, encapsulation, new byte[0], AAD, ciphertext);
    assertDoesNotOpen(pair, encapsulation, INFO, new byte[0], ciphertext);
    assertDoesNotOpen(SealingKeyPair.generate(suite), encapsulation, INFO, AAD, ciphertext);
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void degenerateInputsAreRefused(Suite suite) {
    SealingKeyPair pair = SealingKeyPair.generate(suite);
    byte[] zero = new byte[suite.encapsulationLength()];
    assertDoesNotOpen(pair, zero, INFO, AAD, new byte[16]);
    assertDoesNotOpen(pair, new byte[0], INFO, AAD, new byte[16]);
    assertDoesNotOpen(pair, zero, INFO, AAD, new byte[0]);
    assertDoesNotOpen(pair, zero, INFO, AAD, new byte[15]);
  }

  @Test
  void lowOrderPointsAreRefused() {
    SealingKeyPair pair = SealingKeyPair.generate(Suite.X25519);
    for (String point :
        new String[] {
          "0000000000000000000000000000000000000000000000000000000000000000",
          "0100000000000000000000000000000000000000000000000000000000000000",
          "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
          "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"
        }) {
      assertDoesNotOpen(pair, Hex.decode(point), INFO, AAD, new byte[40]);
      assertThatThrownBy(() -> Hpke.seal(Suite.X25519, Bytes.fromHex(point), INFO, AAD, PLAINTEXT))
          .isInstanceOfSatisfying(
              EnigmaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_KEY));
    }
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void keysOfTheWrongLengthAreRefused(Suite suite) {
    assertThatThrownBy(() -> Hpke.seal(suite, Bytes.of(new byte[31]), INFO, AAD, PLAINTEXT))
        .isInstanceOfSatisfying(
            EnigmaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_KEY));
    assertThatThrownBy(() -> SealingKeyPair.of(suite, SecretBytes.random(31)))
        .isInstanceOfSatisfying(
            EnigmaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_KEY));
  }

  @Test
  void aKeyPairPrintsWithoutItsSecret() {
    SecretBytes secret = SecretBytes.random(32);
    String text = SealingKeyPair.of(Suite.X_WING, secret).toString();
    assertThat(text)
        .doesNotContain(Hex.encode(secret.toByteArray(SecretAccess.granted())).substring(2))
        .contains("X_WING");
  }
}
