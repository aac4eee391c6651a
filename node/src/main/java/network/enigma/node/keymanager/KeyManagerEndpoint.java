package network.enigma.node.keymanager;

import java.util.List;
import network.enigma.node.peer.HostDirectory;
import network.enigma.protocol.Address;

/**
 * Where a key manager is reached.
 *
 * @param address host and port of its peer server
 * @param operator the account its certificate must belong to
 */
public record KeyManagerEndpoint(String address, Address operator) {
  /** The key managers that the registry names. */
  public static List<KeyManagerEndpoint> registered(HostDirectory directory) {
    return directory.keyManagers().stream()
        .map(each -> new KeyManagerEndpoint(each.address(), each.operator()))
        .toList();
  }
}
