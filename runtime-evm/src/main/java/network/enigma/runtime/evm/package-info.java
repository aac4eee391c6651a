/** The EVM interpreter for secret contracts. */
@NullMarked
package network.enigma.runtime.evm;

import org.jspecify.annotations.NullMarked;
