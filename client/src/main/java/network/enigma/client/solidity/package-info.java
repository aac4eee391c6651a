/**
 * Compiles Solidity sources to what a deployment needs. Runs the Solidity compiler of the installed
 * node packages; imports of {@code enigma/…} come from this product, those of
 * {@code @openzeppelin/…} from the node packages, others from beside the source.
 */
@NullMarked
package network.enigma.client.solidity;

import org.jspecify.annotations.NullMarked;
