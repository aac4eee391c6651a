/**
 * Calls and results of contracts by their Solidity ABI. Turns what a caller writes (Java values,
 * command-line words, JSON) into encoded calls, and encoded results into Java values; a value that
 * does not fit is refused with the function, the expected and the given type.
 */
@NullMarked
package network.enigma.client.abi;

import org.jspecify.annotations.NullMarked;
