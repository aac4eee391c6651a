package network.enigma.runtime.evm;

import java.math.BigInteger;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The precompiled contract at 0x05 (EIP-198) with the gas of EIP-2565. */
final class ModularPower implements Precompile {
  private static final BigInteger MAXIMUM_LENGTH = BigInteger.valueOf(1 << 28);

  @Override
  public long gas(byte[] input) {
    BigInteger baseLength = number(input, 0, 32);
    BigInteger exponentLength = number(input, 32, 32);
    BigInteger modulusLength = number(input, 64, 32);
    BigInteger words = baseLength.max(modulusLength).add(BigInteger.valueOf(7)).shiftRight(3);
    BigInteger complexity = words.multiply(words);
    int headLength = exponentLength.min(BigInteger.valueOf(32)).intValue();
    BigInteger head =
        baseLength.bitLength() > 31
            ? BigInteger.ZERO
            : number(input, 96L + baseLength.longValue(), headLength);
    BigInteger iterations = BigInteger.valueOf(Math.max(0, head.bitLength() - 1));
    if (exponentLength.compareTo(BigInteger.valueOf(32)) > 0) {
      iterations = exponentLength.subtract(BigInteger.valueOf(32)).shiftLeft(3).add(iterations);
    }
    BigInteger gas =
        complexity.multiply(iterations.max(BigInteger.ONE)).divide(BigInteger.valueOf(3));
    return gas.bitLength() > 62 ? Long.MAX_VALUE : Math.max(200, gas.longValue());
  }

  @Override
  public byte @Nullable [] run(byte[] input) {
    BigInteger baseLength = number(input, 0, 32);
    BigInteger exponentLength = number(input, 32, 32);
    BigInteger modulusLength = number(input, 64, 32);
    if (baseLength.signum() == 0 && modulusLength.signum() == 0) {
      return Frame.NOTHING;
    }
    if (baseLength.max(exponentLength).max(modulusLength).compareTo(MAXIMUM_LENGTH) > 0) {
      return null;
    }
    int length = modulusLength.intValue();
    long at = 96;
    BigInteger base = number(input, at, baseLength.intValue());
    at += baseLength.longValue();
    BigInteger exponent = number(input, at, exponentLength.intValue());
    at += exponentLength.longValue();
    BigInteger modulus = number(input, at, length);
    byte[] output = new byte[length];
    if (modulus.signum() != 0) {
      byte[] power = base.modPow(exponent, modulus).toByteArray();
      int used = Math.min(length, power.length);
      System.arraycopy(power, power.length - used, output, length - used, used);
    }
    return output;
  }

  /** A number in the input, which counts as followed by zeros. */
  private static BigInteger number(byte[] input, long at, int length) {
    if (at >= input.length || length == 0) {
      return BigInteger.ZERO;
    }
    int present = (int) Math.min(length, input.length - at);
    BigInteger number = new BigInteger(1, Arrays.copyOfRange(input, (int) at, (int) at + present));
    return number.signum() == 0 ? number : number.shiftLeft(8 * (length - present));
  }
}
