package network.enigma.protocol.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.math.BigInteger;
import java.util.Arrays;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import org.junit.jupiter.api.Test;

final class Secp256k1Test {
  private static final Bytes32 DIGEST = Keccak.hashText("digest");
  private static final SigningKey KEY =
      SigningKey.fromHex("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");

  @Test
  void aKnownKeyHasItsKnownAddress() {
    assertThat(KEY.address())
        .isEqualTo(Address.fromHex("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"));
    assertThat(KEY.address().checksummed()).isEqualTo("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
  }

  @Test
  void theSignerIsRecovered() {
    assertThat(Secp256k1.recover(DIGEST, KEY.sign(DIGEST))).isEqualTo(KEY.address());
    assertThat(Secp256k1.recover(Keccak.hashText("other"), KEY.sign(DIGEST)))
        .isNotEqualTo(KEY.address());
  }

  @Test
  void theUpperHalfOfSIsRecoveredWhereAskedFor() {
    byte[] signature = KEY.sign(DIGEST).toByteArray();
    BigInteger s = new BigInteger(1, signature, 32, 32);
    byte[] compact = Arrays.copyOf(signature, 64);
    Bytes32.of(Signature.ORDER.subtract(s)).copyTo(compact, 32);
    int otherRecoveryId = 28 - signature[64];
    assertThat(Secp256k1.recoverAny(DIGEST, compact, otherRecoveryId)).contains(KEY.address());
    assertThat(Secp256k1.recoverAny(new PortableSecp256k1(), DIGEST, compact, otherRecoveryId))
        .contains(KEY.address());
    assertThat(Secp256k1.recoverAny(DIGEST, new byte[64], 0)).isEmpty();
  }

  @Test
  void theNativeLibraryLoadsOnTheMachinesThatRunTheTests() {
    assumeTrue(System.getProperty("os.name").equals("Linux"));
    assertThat(Secp256k1.isNative()).isTrue();
  }

  @Test
  void nativeAndPortableImplementationAgree() {
    assumeTrue(Secp256k1.isNative());
    Secp256k1Engine library = new NativeSecp256k1();
    Secp256k1Engine portable = new PortableSecp256k1();
    for (int i = 0; i < 200; i++) {
      byte[] key = Keccak.hashText("key " + i).toByteArray();
      Bytes32 digest = Keccak.hashText("digest " + i);
      assertThat(library.publicKey(key)).isEqualTo(portable.publicKey(key));
      byte[] bytes = library.sign(key, library.publicKey(key), digest.toByteArray());
      assertThat(bytes)
          .isEqualTo(portable.sign(key, portable.publicKey(key), digest.toByteArray()));
      Signature signature = Signature.of(bytes);
      assertThat(Secp256k1.recover(library, digest, signature))
          .isEqualTo(Secp256k1.recover(portable, digest, signature))
          .isEqualTo(Secp256k1.addressOf(library.publicKey(key)));
      Bytes32 otherDigest = Keccak.hashText("other " + i);
      assertThat(Secp256k1.recover(library, otherDigest, signature))
          .isEqualTo(Secp256k1.recover(portable, otherDigest, signature));
    }
  }

  @Test
  void bothImplementationsRefuseAnRThatIsNoPoint() {
    byte[] bytes = KEY.sign(DIGEST).toByteArray();
    int refused = 0;
    for (int i = 0; i < 32; i++) {
      byte[] changed = bytes.clone();
      changed[31] += (byte) i;
      Signature signature = Signature.of(changed);
      refused += recovers(new PortableSecp256k1(), signature) ? 0 : 1;
      if (Secp256k1.isNative()) {
        assertThat(recovers(new NativeSecp256k1(), signature))
            .isEqualTo(recovers(new PortableSecp256k1(), signature));
      }
    }
    assertThat(refused).isBetween(4, 28);
  }

  private static boolean recovers(Secp256k1Engine engine, Signature signature) {
    try {
      Secp256k1.recover(engine, DIGEST, signature);
      return true;
    } catch (EnigmaException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.BAD_SIGNATURE);
      return false;
    }
  }

  private static void assertRefused(byte[] signature) {
    assertThatThrownBy(() -> Signature.of(signature))
        .isInstanceOfSatisfying(
            EnigmaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_SIGNATURE));
  }

  @Test
  void theMirroredSignatureWithHighSIsRefused() {
    byte[] bytes = KEY.sign(DIGEST).toByteArray();
    Bytes32 mirrored = Bytes32.of(Signature.ORDER.subtract(new BigInteger(1, bytes, 32, 32)));
    mirrored.copyTo(bytes, 32);
    bytes[64] = (byte) (55 - bytes[64]);
    assertRefused(bytes);
  }

  @Test
  void signaturesOutOfRangeAreRefused() {
    byte[] bytes = KEY.sign(DIGEST).toByteArray();
    assertRefused(new byte[64]);
    assertRefused(new byte[66]);
    assertRefused(new byte[65]);
    byte[] recovery = bytes.clone();
    recovery[64] = 29;
    assertRefused(recovery);
    byte[] zeroR = bytes.clone();
    Bytes32.zero().copyTo(zeroR, 0);
    assertRefused(zeroR);
    byte[] zeroS = bytes.clone();
    Bytes32.zero().copyTo(zeroS, 32);
    assertRefused(zeroS);
    byte[] orderR = bytes.clone();
    Bytes32.of(Signature.ORDER).copyTo(orderR, 0);
    assertRefused(orderR);
  }

  @Test
  void privateKeysOutOfRangeAreRefusedWithoutBeingShown() {
    String order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
    for (String text : new String[] {"00".repeat(32), order, "ff".repeat(32), "11", "secret!"}) {
      assertThatThrownBy(() -> SigningKey.fromHex(text))
          .isInstanceOfSatisfying(
              EnigmaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_KEY))
          .hasMessageNotContaining(text);
    }
  }

  @Test
  void aSigningKeyPrintsAsItsAddress() {
    assertThat(KEY.toString()).isEqualTo("SigningKey[" + KEY.address() + "]");
  }
}
