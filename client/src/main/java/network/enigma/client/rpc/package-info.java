/**
 * Talks JSON-RPC to Enigma nodes. What a node answers is data to be verified, never trusted; its
 * errors come out as typed errors.
 */
@NullMarked
package network.enigma.client.rpc;

import org.jspecify.annotations.NullMarked;
