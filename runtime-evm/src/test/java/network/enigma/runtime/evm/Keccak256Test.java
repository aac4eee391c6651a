package network.enigma.runtime.evm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import network.enigma.protocol.Keccak;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Keccak256Test {
  private final Keccak256 keccak = new Keccak256();

  private byte[] hash(byte[] bytes, int from, int length) {
    long[] word = new long[Words.SIZE];
    keccak.hash(bytes, from, length, word, 0);
    byte[] hash = new byte[32];
    Words.write(word, 0, hash, 0);
    return hash;
  }

  private void assertHashed(byte[] bytes, int from, int length) {
    assertThat(hash(bytes, from, length))
        .isEqualTo(Keccak.hash(Arrays.copyOfRange(bytes, from, from + length)).toByteArray());
  }

  @Test
  void everyLengthIsHashedLikeTheLibraryDoes() {
    byte[] bytes = new byte[500];
    new Random(1).nextBytes(bytes);
    for (int length = 0; length < 400; length++) {
      assertHashed(bytes, length & 7, length);
    }
  }

  /** Of numbers many fall on one place of what is remembered. */
  @ParameterizedTest
  @ValueSource(ints = {32, 64})
  void whatIsHashedAgainAmongManyHasItsOwnHash(int length) {
    Random random = new Random(2);
    byte[] bytes = new byte[length];
    for (int i = 0; i < 5_000; i++) {
      bytes[length - 1] = (byte) random.nextInt(256);
      bytes[length - 2] = (byte) random.nextInt(3);
      assertHashed(bytes, 0, length);
    }
  }

  @Test
  void aWordIsNotTakenForThePairThatItBegins() {
    byte[] bytes = new byte[64];
    bytes[3] = 1;
    assertHashed(bytes, 0, 64);
    assertHashed(bytes, 0, 32);
    assertHashed(bytes, 0, 64);
  }

  @Test
  void zerosAreHashedAlsoOfAFreshMemory() {
    assertHashed(new byte[64], 0, 32);
    assertHashed(new byte[64], 0, 64);
    keccak.forget();
    assertHashed(new byte[64], 0, 32);
    assertHashed(new byte[64], 0, 64);
  }
}
