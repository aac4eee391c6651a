/**
 * What authors of contracts see on development networks: what a call does step by step, what a
 * contract logs to the console, and what its variables hold. Reads what an enclave answered and
 * gives it the names of the contract's source.
 */
@NullMarked
package network.enigma.client.author;

import org.jspecify.annotations.NullMarked;
