package network.enigma.runtime.evm;

/** Limbs that occur everywhere. */
final class Limbs {
  static final Limb ZERO = new Limb.Constant(0);
  static final Limb ONES = new Limb.Constant(-1);

  private Limbs() {}
}
