/**
 * Ethereum's hexary Merkle Patricia tries: reading a value, or its absence, out of a set of nodes
 * under a trusted root, and building tries with their proofs. Nodes come from strangers; only what
 * hashes up to the root is ever looked at.
 */
@NullMarked
package network.enigma.ethereum.trie;

import org.jspecify.annotations.NullMarked;
