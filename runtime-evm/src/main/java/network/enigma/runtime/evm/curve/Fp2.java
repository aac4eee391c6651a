package network.enigma.runtime.evm.curve;

/** An element {@code a + b·i} of the quadratic extension with {@code i² = −1}. */
record Fp2(long[] a, long[] b) {}
