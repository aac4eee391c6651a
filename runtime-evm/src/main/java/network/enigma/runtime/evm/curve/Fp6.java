package network.enigma.runtime.evm.curve;

/** An element {@code c0 + c1·v + c2·v²} of the cubic extension with {@code v³ = ξ}. */
record Fp6(Fp2 c0, Fp2 c1, Fp2 c2) {}
