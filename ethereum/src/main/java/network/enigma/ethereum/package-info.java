/** Headers, RLP, trie proofs and the storage layout of the Enigma contract. */
@NullMarked
package network.enigma.ethereum;

import org.jspecify.annotations.NullMarked;
