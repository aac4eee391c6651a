/** Ethereum access for hosts and clients. */
@NullMarked
package network.enigma.chain;

import org.jspecify.annotations.NullMarked;
