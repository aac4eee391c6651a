package network.enigma.runtime.evm.curve;

/** A point {@code (x/z², y/z³)} of a curve; the point at infinity has z = 0. */
record Point<E>(E x, E y, E z) {}
