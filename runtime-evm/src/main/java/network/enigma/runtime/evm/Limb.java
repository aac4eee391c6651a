package network.enigma.runtime.evm;

/** A quarter of a word while code is compiled: a constant, or a local variable written once. */
sealed interface Limb {
  /** A number known at compile time. */
  record Constant(long value) implements Limb {}

  /** A local variable of type long. */
  record Local(int slot) implements Limb {}

  static Limb of(long value) {
    return value == 0 ? Limbs.ZERO : new Constant(value);
  }

  default boolean isConstant() {
    return this instanceof Constant;
  }

  default boolean is(long number) {
    return this instanceof Constant(long value) && value == number;
  }
}
