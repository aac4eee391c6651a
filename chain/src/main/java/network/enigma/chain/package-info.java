/**
 * Ethereum access for hosts and clients: JSON-RPC with typed errors, accounts that send
 * transactions, following blocks and events over reorganisations, proofs of state on demand.
 * Nothing here is trusted by an enclave.
 */
@NullMarked
package network.enigma.chain;

import org.jspecify.annotations.NullMarked;
