package network.enigma.runtime.evm;

import org.jspecify.annotations.Nullable;

/**
 * A word of the stack while code is compiled. A limb that is null has not been read yet from the
 * word's home, its place in the stack's array.
 */
final class StackWord {
  final @Nullable Limb[] limbs = new Limb[Words.SIZE];

  /** Where the stack's array holds the word, if some limb is null. */
  final int home;

  /** Whether the word is 0 or 1. */
  final boolean isBit;

  private StackWord(int home, boolean isBit) {
    this.home = home;
    this.isBit = isBit;
  }

  /** A word that lies in the stack's array. */
  static StackWord at(int home) {
    return new StackWord(home, false);
  }

  static StackWord of(Limb l0, Limb l1, Limb l2, Limb l3) {
    return of(l0, l1, l2, l3, false);
  }

  /** A word of 0 or 1. */
  static StackWord bit(Limb l0) {
    return of(l0, Limbs.ZERO, Limbs.ZERO, Limbs.ZERO, true);
  }

  /** A word below 2^64. */
  static StackWord small(Limb l0) {
    return of(l0, Limbs.ZERO, Limbs.ZERO, Limbs.ZERO, false);
  }

  private static StackWord of(Limb l0, Limb l1, Limb l2, Limb l3, boolean isBit) {
    StackWord word = new StackWord(0, isBit);
    word.limbs[0] = l0;
    word.limbs[1] = l1;
    word.limbs[2] = l2;
    word.limbs[3] = l3;
    return word;
  }

  static StackWord constant(long[] s, int at) {
    return of(Limb.of(s[at]), Limb.of(s[at + 1]), Limb.of(s[at + 2]), Limb.of(s[at + 3]));
  }

  boolean isLoaded() {
    for (Limb limb : limbs) {
      if (limb == null) {
        return false;
      }
    }
    return true;
  }

  boolean isConstant() {
    for (Limb limb : limbs) {
      if (limb == null || !limb.isConstant()) {
        return false;
      }
    }
    return true;
  }

  /** Whether all limbs but the lowest are known to be zero. */
  boolean isSmall() {
    for (int i = 1; i < limbs.length; i++) {
      Limb limb = limbs[i];
      if (limb == null || !limb.is(0)) {
        return false;
      }
    }
    return true;
  }

  /** The value if it is known and below 2^31, or −1. */
  int asInt() {
    return isSmall() && limbs[0] instanceof Limb.Constant(long value) && value >>> 31 == 0
        ? (int) value
        : -1;
  }

  /** Writes a constant word. */
  void copyTo(long[] s, int at) {
    for (int i = 0; i < limbs.length; i++) {
      s[at + i] = limbs[i] instanceof Limb.Constant(long value) ? value : 0;
    }
  }
}
