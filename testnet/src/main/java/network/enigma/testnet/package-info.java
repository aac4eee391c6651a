/**
 * A whole Enigma network on one machine: Ethereum node, contracts, key managers and workers. Owns
 * everything it starts and stops it in reverse order.
 */
@NullMarked
package network.enigma.testnet;

import org.jspecify.annotations.NullMarked;
