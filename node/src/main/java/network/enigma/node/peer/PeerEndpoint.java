package network.enigma.node.peer;

import network.enigma.protocol.Address;

/**
 * Where another host listens.
 *
 * @param address host and port
 * @param operator who runs it and vouches for its certificate
 */
public record PeerEndpoint(String address, Address operator) {}
