package network.enigma.runtime.evm.curve;

/** An element {@code c0 + c1·w} of the last extension with {@code w² = v}. */
record Fp12(Fp6 c0, Fp6 c1) {}
