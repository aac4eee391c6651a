package network.enigma.runtime.evm;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.crypto.Secp256k1;
import network.enigma.runtime.evm.curve.Bn254;
import org.bouncycastle.crypto.digests.RIPEMD160Digest;
import org.jspecify.annotations.Nullable;

/** Ethereum's pure precompiled contracts, with the gas of the Istanbul and Berlin rules. */
final class Precompiles {
  private static final BigInteger SECP256K1_ORDER =
      new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);

  /** At 0x01: the address that signed a hash. */
  static final Precompile RECOVER =
      new Pure(3_000, 0) {
        @Override
        public byte[] run(byte[] input) {
          return recover(Arrays.copyOf(input, 128));
        }
      };

  /** At 0x02. */
  static final Precompile SHA256 =
      new Pure(60, 12) {
        @Override
        public byte[] run(byte[] input) {
          try {
            return MessageDigest.getInstance("SHA-256").digest(input);
          } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
          }
        }
      };

  /** At 0x03. */
  static final Precompile RIPEMD160 =
      new Pure(600, 120) {
        @Override
        public byte[] run(byte[] input) {
          RIPEMD160Digest digest = new RIPEMD160Digest();
          digest.update(input, 0, input.length);
          byte[] output = new byte[32];
          digest.doFinal(output, 12);
          return output;
        }
      };

  /** At 0x04. */
  static final Precompile IDENTITY =
      new Pure(15, 3) {
        @Override
        public byte[] run(byte[] input) {
          return input;
        }
      };

  /** At 0x05. */
  static final Precompile MODULAR_POWER = new ModularPower();

  /** At 0x06 (EIP-1108). */
  static final Precompile BN254_ADD =
      new Pure(150, 0) {
        @Override
        public byte @Nullable [] run(byte[] input) {
          return Bn254.add(Arrays.copyOf(input, 128));
        }
      };

  /** At 0x07 (EIP-1108). */
  static final Precompile BN254_MULTIPLY =
      new Pure(6_000, 0) {
        @Override
        public byte @Nullable [] run(byte[] input) {
          return Bn254.multiply(Arrays.copyOf(input, 96));
        }
      };

  /** At 0x08 (EIP-1108). */
  static final Precompile BN254_PAIRING =
      new Precompile() {
        @Override
        public long gas(byte[] input) {
          return 45_000 + 34_000L * (input.length / 192);
        }

        @Override
        public byte @Nullable [] run(byte[] input) {
          return Bn254.pairing(input);
        }
      };

  /** At 0x09 (EIP-152). */
  static final Precompile BLAKE2F = new Blake2Compression();

  /** At 0x100 (RIP-7212, EIP-7951). */
  static final Precompile P256_VERIFY = new P256Verification();

  /** Prague's contracts in the order of their addresses, from 0x01 on. */
  static final List<Precompile> FROM_ONE =
      List.of(
          RECOVER,
          SHA256,
          RIPEMD160,
          IDENTITY,
          MODULAR_POWER,
          BN254_ADD,
          BN254_MULTIPLY,
          BN254_PAIRING,
          BLAKE2F,
          BlsPrecompiles.POINT_EVALUATION,
          BlsPrecompiles.G1_ADD,
          BlsPrecompiles.G1_MULTIPLY,
          BlsPrecompiles.G2_ADD,
          BlsPrecompiles.G2_MULTIPLY,
          BlsPrecompiles.PAIRING,
          BlsPrecompiles.MAP_TO_G1,
          BlsPrecompiles.MAP_TO_G2);

  private Precompiles() {}

  /** A contract whose gas is a base and a price per word of input. */
  private abstract static class Pure implements Precompile {
    private final long base;
    private final long perWord;

    Pure(long base, long perWord) {
      this.base = base;
      this.perWord = perWord;
    }

    @Override
    public long gas(byte[] input) {
      return base + perWord * Instructions.words(input.length);
    }
  }

  private static byte[] recover(byte[] input) {
    for (int i = 32; i < 63; i++) {
      if (input[i] != 0) {
        return Frame.NOTHING;
      }
    }
    int v = input[63] & 0xff;
    BigInteger r = new BigInteger(1, input, 64, 32);
    BigInteger s = new BigInteger(1, input, 96, 32);
    if ((v != 27 && v != 28)
        || r.signum() == 0
        || s.signum() == 0
        || r.compareTo(SECP256K1_ORDER) >= 0
        || s.compareTo(SECP256K1_ORDER) >= 0) {
      return Frame.NOTHING;
    }
    return Secp256k1.recoverAny(
            Bytes32.of(Arrays.copyOf(input, 32)), Arrays.copyOfRange(input, 64, 128), v - 27)
        .map(Precompiles::word)
        .orElse(Frame.NOTHING);
  }

  private static byte[] word(Address address) {
    byte[] word = new byte[32];
    address.copyTo(word, 12);
    return word;
  }
}
