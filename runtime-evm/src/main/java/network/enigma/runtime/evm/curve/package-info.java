/**
 * Pairing-friendly elliptic curves for the machine's precompiled contracts: prime fields, their
 * extensions, points and pairings. Inputs are public, so nothing here runs in constant time.
 */
@NullMarked
package network.enigma.runtime.evm.curve;

import org.jspecify.annotations.NullMarked;
