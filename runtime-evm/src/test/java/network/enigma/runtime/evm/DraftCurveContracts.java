package network.enigma.runtime.evm;

import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The contracts of EIP-2537 as its draft had them until 2024: nine at 0x0b to 0x13 instead of
 * seven, with other prices. The official folder stEIP2537 was filled with them; the arithmetic is
 * that of the final contracts.
 */
final class DraftCurveContracts {
  private static final int[] DISCOUNTS = {
    1200, 888, 764, 641, 594, 547, 500, 453, 438, 423, 408, 394, 379, 364, 349, 334, 330, 326, 322,
    318, 314, 310, 306, 302, 298, 294, 289, 285, 281, 277, 273, 269, 268, 266, 265, 263, 262, 260,
    259, 257, 256, 254, 253, 251, 250, 248, 247, 245, 244, 242, 241, 239, 238, 236, 235, 233, 232,
    231, 229, 228, 226, 225, 223, 222, 221, 220, 219, 219, 218, 217, 216, 216, 215, 214, 213, 213,
    212, 211, 211, 210, 209, 208, 208, 207, 206, 205, 205, 204, 203, 202, 202, 201, 200, 199, 199,
    198, 197, 196, 196, 195, 194, 193, 193, 192, 191, 191, 190, 189, 188, 188, 187, 186, 185, 185,
    184, 183, 182, 182, 181, 180, 179, 179, 178, 177, 176, 176, 175, 174
  };

  /** All contracts from 0x01 on. */
  static final List<Precompile> WITH_OTHERS =
      Stream.concat(
              Precompiles.FROM_ONE.stream().limit(10),
              Stream.of(
                  priced(input -> 500, BlsPrecompiles.G1_ADD),
                  priced(input -> 12_000, BlsPrecompiles.G1_MULTIPLY),
                  priced(input -> terms(input, 160, 12_000), BlsPrecompiles.G1_MULTIPLY),
                  priced(input -> 800, BlsPrecompiles.G2_ADD),
                  priced(input -> 45_000, BlsPrecompiles.G2_MULTIPLY),
                  priced(input -> terms(input, 288, 45_000), BlsPrecompiles.G2_MULTIPLY),
                  priced(input -> 65_000 + 43_000L * (input.length / 384), BlsPrecompiles.PAIRING),
                  priced(input -> 5_500, BlsPrecompiles.MAP_TO_G1),
                  priced(input -> 75_000, BlsPrecompiles.MAP_TO_G2)))
          .toList();

  private DraftCurveContracts() {}

  private static long terms(byte[] input, int length, long price) {
    int terms = input.length / length;
    return terms == 0
        ? 0
        : terms * price * DISCOUNTS[Math.min(terms, DISCOUNTS.length) - 1] / 1_000;
  }

  private static Precompile priced(ToLongFunction<byte[]> gas, Precompile contract) {
    return new Precompile() {
      @Override
      public long gas(byte[] input) {
        return gas.applyAsLong(input);
      }

      @Override
      public byte @Nullable [] run(byte[] input) {
        return contract.run(input);
      }
    };
  }
}
