/** Tests of the testnet's parts that need no network. */
@NullMarked
package network.enigma.testnet;

import org.jspecify.annotations.NullMarked;
