package network.enigma.runtime.evm;

import java.util.function.Function;
import network.enigma.runtime.evm.curve.Bls12381;
import org.jspecify.annotations.Nullable;

/** The precompiled contracts on BLS12-381: point evaluation and those of EIP-2537. */
final class BlsPrecompiles {
  private static final int G1_PAIR = 160;
  private static final int G2_PAIR = 288;
  private static final int PAIRING_PAIR = 384;

  /** Price of the k-th number of terms in thousandths; the last holds for more. */
  private static final int[] G1_DISCOUNTS = {
    1000, 949, 848, 797, 764, 750, 738, 728, 719, 712, 705, 698, 692, 687, 682, 677, 673, 669, 665,
    661, 658, 654, 651, 648, 645, 642, 640, 637, 635, 632, 630, 627, 625, 623, 621, 619, 617, 615,
    613, 611, 609, 608, 606, 604, 603, 601, 599, 598, 596, 595, 593, 592, 591, 589, 588, 586, 585,
    584, 582, 581, 580, 579, 577, 576, 575, 574, 573, 572, 570, 569, 568, 567, 566, 565, 564, 563,
    562, 561, 560, 559, 558, 557, 556, 555, 554, 553, 552, 551, 550, 549, 548, 547, 547, 546, 545,
    544, 543, 542, 541, 540, 540, 539, 538, 537, 536, 536, 535, 534, 533, 532, 532, 531, 530, 529,
    528, 528, 527, 526, 525, 525, 524, 523, 522, 522, 521, 520, 520, 519
  };

  private static final int[] G2_DISCOUNTS = {
    1000, 1000, 923, 884, 855, 832, 812, 796, 782, 770, 759, 749, 740, 732, 724, 717, 711, 704, 699,
    693, 688, 683, 679, 674, 670, 666, 663, 659, 655, 652, 649, 646, 643, 640, 637, 634, 632, 629,
    627, 624, 622, 620, 618, 615, 613, 611, 609, 607, 606, 604, 602, 600, 598, 597, 595, 593, 592,
    590, 589, 587, 586, 584, 583, 582, 580, 579, 578, 576, 575, 574, 573, 571, 570, 569, 568, 567,
    566, 565, 563, 562, 561, 560, 559, 558, 557, 556, 555, 554, 553, 552, 552, 551, 550, 549, 548,
    547, 546, 545, 545, 544, 543, 542, 541, 541, 540, 539, 538, 537, 537, 536, 535, 535, 534, 533,
    532, 532, 531, 530, 530, 529, 528, 528, 527, 526, 526, 525, 524, 524
  };

  /** At 0x0a (EIP-4844). */
  static final Precompile POINT_EVALUATION = of(input -> 50_000L, Bls12381::evaluate);

  /** At 0x0b. */
  static final Precompile G1_ADD = of(input -> 375L, Bls12381::addG1);

  /** At 0x0c. */
  static final Precompile G1_MULTIPLY =
      of(input -> terms(input, G1_PAIR, 12_000, G1_DISCOUNTS), Bls12381::multiplyG1);

  /** At 0x0d. */
  static final Precompile G2_ADD = of(input -> 600L, Bls12381::addG2);

  /** At 0x0e. */
  static final Precompile G2_MULTIPLY =
      of(input -> terms(input, G2_PAIR, 22_500, G2_DISCOUNTS), Bls12381::multiplyG2);

  /** At 0x0f. */
  static final Precompile PAIRING =
      of(input -> 37_700 + 32_600L * (input.length / PAIRING_PAIR), Bls12381::pairing);

  /** At 0x10. */
  static final Precompile MAP_TO_G1 = of(input -> 5_500L, Bls12381::mapToG1);

  /** At 0x11. */
  static final Precompile MAP_TO_G2 = of(input -> 23_800L, Bls12381::mapToG2);

  private BlsPrecompiles() {}

  private static long terms(byte[] input, int length, long price, int[] discounts) {
    int terms = input.length / length;
    return terms == 0
        ? 0
        : terms * price * discounts[Math.min(terms, discounts.length) - 1] / 1_000;
  }

  private static Precompile of(
      Function<byte[], Long> gas, Function<byte[], byte @Nullable []> run) {
    return new Precompile() {
      @Override
      public long gas(byte[] input) {
        return gas.apply(input);
      }

      @Override
      public byte @Nullable [] run(byte[] input) {
        return run.apply(input);
      }
    };
  }
}
