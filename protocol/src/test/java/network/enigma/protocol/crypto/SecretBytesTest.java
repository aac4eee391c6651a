package network.enigma.protocol.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import network.enigma.protocol.Hex;
import org.junit.jupiter.api.Test;

final class SecretBytesTest {
  @Test
  void aSecretPrintsAsItsLengthOnly() {
    SecretBytes secret = SecretBytes.of(new byte[] {0x5a, 0x5b});
    assertThat(secret.toString()).isEqualTo("SecretBytes[2 bytes]");
    assertThat(String.valueOf(Optional.of(secret))).doesNotContain("5a").doesNotContain("90");
  }

  @Test
  void aSecretIsACopyGoingInAndComingOut() {
    byte[] bytes = {1, 2, 3};
    SecretBytes secret = SecretBytes.of(bytes);
    bytes[0] = 9;
    secret.toByteArray(SecretAccess.granted())[1] = 9;
    assertThat(secret.toByteArray(SecretAccess.granted())).containsExactly(1, 2, 3);
  }

  @Test
  void equalSecretsAreEqual() {
    assertThat(SecretBytes.of(new byte[] {1})).isEqualTo(SecretBytes.of(new byte[] {1}));
    assertThat(SecretBytes.of(new byte[] {1})).isNotEqualTo(SecretBytes.of(new byte[] {2}));
    assertThat(SecretBytes.random(32)).isNotEqualTo(SecretBytes.random(32));
  }

  /** Test case 1 of RFC 5869. */
  @Test
  void derivationFollowsTheStandard() {
    SecretBytes derived =
        Hkdf.derive(
            SecretBytes.of(Hex.decode("0b".repeat(22))),
            Hex.decode("000102030405060708090a0b0c"),
            Hex.decode("f0f1f2f3f4f5f6f7f8f9"),
            42);
    assertThat(Hex.encode(derived.toByteArray(SecretAccess.granted())))
        .isEqualTo(
            "0x3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  }

  @Test
  void authenticatedEncryptionOpensOnlyWhatItSealed() {
    SecretBytes key = SecretBytes.random(Aead.KEY_LENGTH);
    byte[] nonce = new byte[Aead.NONCE_LENGTH];
    byte[] aad = {7};
    byte[] plaintext = "text".getBytes(StandardCharsets.UTF_8);
    byte[] ciphertext = Aead.seal(key, nonce, plaintext, aad);
    assertThat(Aead.open(key, nonce, ciphertext, aad)).hasValue(plaintext);
    assertThat(Aead.open(key, nonce, ciphertext, new byte[0])).isEmpty();
    assertThat(Aead.open(key, nonce, new byte[15], aad)).isEmpty();
    assertThat(Aead.open(SecretBytes.random(32), nonce, ciphertext, aad)).isEmpty();
    ciphertext[0] ^= 1;
    assertThat(Aead.open(key, nonce, ciphertext, aad)).isEmpty();
  }
}
