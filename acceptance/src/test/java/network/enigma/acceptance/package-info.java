/** End-to-end tests against a real Ethereum node, and the rules of the architecture. */
@NullMarked
package network.enigma.acceptance;

import org.jspecify.annotations.NullMarked;
