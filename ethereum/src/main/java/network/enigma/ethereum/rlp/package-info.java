/**
 * Recursive length prefix, the encoding of Ethereum's headers, transactions and trie nodes. The
 * reader is strict: a value has exactly one encoding, everything else is refused.
 */
@NullMarked
package network.enigma.ethereum.rlp;

import org.jspecify.annotations.NullMarked;
