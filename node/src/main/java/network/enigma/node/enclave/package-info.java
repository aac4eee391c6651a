/**
 * The host's side of the enclave channel: typed requests and answers, and the headers the enclave
 * is fed. Nothing here knows what the bytes it passes mean to the enclave.
 */
@NullMarked
package network.enigma.node.enclave;

import org.jspecify.annotations.NullMarked;
