/**
 * Brings released batches onto Ethereum (rule C9). Looks at what the chain has and sends what it
 * lacks, so that lost transactions, reorganisations and restarts need no case of their own.
 */
@NullMarked
package network.enigma.node.commit;

import org.jspecify.annotations.NullMarked;
