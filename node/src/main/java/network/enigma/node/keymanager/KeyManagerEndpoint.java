package network.enigma.node.keymanager;

import network.enigma.protocol.Address;

/**
 * Where a key manager is reached.
 *
 * @param address host and port of its peer server
 * @param operator the account its certificate must belong to
 */
public record KeyManagerEndpoint(String address, Address operator) {}
