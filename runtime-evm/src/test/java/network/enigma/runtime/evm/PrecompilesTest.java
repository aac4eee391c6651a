package network.enigma.runtime.evm;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Random;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Keccak;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrecompilesTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 31, 32, 135, 136, 137, 271, 272, 273, 5_000})
  void keccakEqualsTheProtocols(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    assertThat(new Keccak256().hash(bytes)).isEqualTo(Keccak.hash(bytes).toByteArray());
  }

  @Test
  void aSignatureOfTheJdkIsVerifiedAndAChangedOneIsNot() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair keys = generator.generateKeyPair();
    byte[] message = "a message".getBytes(StandardCharsets.UTF_8);
    Signature signer = Signature.getInstance("SHA256withECDSA");
    signer.initSign(keys.getPrivate());
    signer.update(message);
    ASN1Sequence rs = ASN1Sequence.getInstance(signer.sign());
    ECPublicKey key = (ECPublicKey) keys.getPublic();
    Bytes input =
        Bytes.concat(
            Bytes.of(MessageDigest.getInstance("SHA-256").digest(message)),
            word(ASN1Integer.getInstance(rs.getObjectAt(0)).getPositiveValue()),
            word(ASN1Integer.getInstance(rs.getObjectAt(1)).getPositiveValue()),
            word(key.getW().getAffineX()),
            word(key.getW().getAffineY()));
    byte[] valid = input.toByteArray();
    assertThat(Precompiles.P256_VERIFY.run(valid)).isEqualTo(Bytes32.ofUnsigned(1).toByteArray());
    for (int at = 0; at < valid.length; at += 16) {
      byte[] changed = valid.clone();
      changed[at] ^= 1;
      assertThat(Precompiles.P256_VERIFY.run(changed)).isEmpty();
    }
    assertThat(Precompiles.P256_VERIFY.run(Arrays.copyOf(valid, 159))).isEmpty();
    assertThat(Precompiles.P256_VERIFY.run(new byte[160])).isEmpty();
  }

  private static Bytes word(BigInteger number) {
    return Bytes32.of(number).bytes();
  }

  @Test
  void theCodeCacheForgetsWhatWasUsedLeastRecently() {
    CodeCache cache = new CodeCache(3_000);
    Bytes32 first = Bytes32.ofUnsigned(1);
    Bytes32 second = Bytes32.ofUnsigned(2);
    cache.put(first, new Code(new byte[1_000]));
    cache.put(second, new Code(new byte[1_000]));
    assertThat(cache.get(first)).isNotNull();
    cache.put(Bytes32.ofUnsigned(3), new Code(new byte[1_000]));
    assertThat(cache.get(first)).isNotNull();
    assertThat(cache.get(second)).isNull();
    assertThat(cache.size()).isLessThanOrEqualTo(3_000);
  }

  @Test
  void theCurveContractsHaveTheFinalPricesOfEip2537() {
    assertThat(BlsPrecompiles.G1_ADD.gas(new byte[256])).isEqualTo(375);
    assertThat(BlsPrecompiles.G1_MULTIPLY.gas(new byte[160])).isEqualTo(12_000);
    assertThat(BlsPrecompiles.G1_MULTIPLY.gas(new byte[160 * 2])).isEqualTo(22_776);
    assertThat(BlsPrecompiles.G1_MULTIPLY.gas(new byte[160 * 200])).isEqualTo(1_245_600);
    assertThat(BlsPrecompiles.G2_ADD.gas(new byte[512])).isEqualTo(600);
    assertThat(BlsPrecompiles.G2_MULTIPLY.gas(new byte[288])).isEqualTo(22_500);
    assertThat(BlsPrecompiles.G2_MULTIPLY.gas(new byte[288 * 128])).isEqualTo(1_509_120);
    assertThat(BlsPrecompiles.PAIRING.gas(new byte[384 * 2])).isEqualTo(102_900);
    assertThat(BlsPrecompiles.MAP_TO_G1.gas(new byte[64])).isEqualTo(5_500);
    assertThat(BlsPrecompiles.MAP_TO_G2.gas(new byte[128])).isEqualTo(23_800);
  }
}
