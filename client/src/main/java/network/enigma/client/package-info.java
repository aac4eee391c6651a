/**
 * The Java client library: opens realms, deploys and calls secret contracts, and opens their
 * results. It believes no node: keys, assignments and commits are read from the user's own Ethereum
 * endpoint, and every answer is checked against them.
 */
@NullMarked
package network.enigma.client;

import org.jspecify.annotations.NullMarked;
