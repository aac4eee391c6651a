/**
 * The Ethereum virtual machine for secret contracts (Rule E1): Prague rules on a realm's world of
 * accounts. Every call runs in one loop over explicit frames, so that no contract can exhaust a
 * thread's stack.
 */
@NullMarked
package network.enigma.runtime.evm;

import org.jspecify.annotations.NullMarked;
