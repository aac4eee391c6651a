/**
 * What the host sees of Ethereum: realms, workers, key managers and posted tasks as the chain has
 * them now. Later rooms ask here instead of the endpoint.
 */
@NullMarked
package network.enigma.node.follow;

import org.jspecify.annotations.NullMarked;
