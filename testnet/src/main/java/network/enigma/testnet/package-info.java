/** Starts a whole network in one process or as a tree of processes. */
@NullMarked
package network.enigma.testnet;

import org.jspecify.annotations.NullMarked;
