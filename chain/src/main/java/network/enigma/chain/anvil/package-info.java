/** The Ethereum development node anvil as a child process: for test networks and tests. */
@NullMarked
package network.enigma.chain.anvil;

import org.jspecify.annotations.NullMarked;
