package network.enigma.node.keymanager;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import network.enigma.node.peer.PeerClient;
import network.enigma.node.peer.PeerEndpoint;
import network.enigma.node.peer.PeerIdentity;
import network.enigma.node.peer.PeerService;

/**
 * Connections to the key managers, which may move or change. Owns the connections. May be used by
 * many threads.
 */
public final class KnownKeyManagers implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final PeerIdentity identity;
  private final Map<PeerEndpoint, PeerClient> connections = new HashMap<>();
  private volatile List<KeyManagerClient> clients = List.of();

  public KnownKeyManagers(PeerIdentity identity) {
    this.identity = identity;
  }

  /** Where they are reached from now on, in the order in which {@link #all} gives them. */
  public synchronized void reachAt(List<PeerEndpoint> endpoints) {
    Set<PeerEndpoint> gone = new HashSet<>(connections.keySet());
    List<KeyManagerClient> now = new ArrayList<>();
    for (PeerEndpoint endpoint : endpoints) {
      gone.remove(endpoint);
      PeerClient connection =
          connections.computeIfAbsent(
              endpoint, each -> PeerClient.to(each.address(), identity, each.operator()::equals));
      now.add(
          new KeyManagerClient(
              request -> connection.call(PeerService.KEY_MANAGER, request, PATIENCE)));
    }
    clients = List.copyOf(now);
    for (PeerEndpoint each : gone) {
      PeerClient connection = connections.remove(each);
      if (connection != null) {
        connection.close();
      }
    }
  }

  public List<KeyManagerClient> all() {
    return clients;
  }

  @Override
  public synchronized void close() {
    connections.values().forEach(PeerClient::close);
    connections.clear();
    clients = List.of();
  }
}
