package network.enigma.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import network.enigma.client.rpc.NodeConnection;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;

/**
 * Which of the nodes a client knows holds a realm, by the nodes' own word: any of them would pass
 * an order on, so a wrong answer costs time and nothing else. It is found out in the background.
 */
final class HolderRoutes {
  private static final long FRESH = Duration.ofSeconds(5).toNanos();

  private static final class Route {
    private final AtomicBoolean asking = new AtomicBoolean();
    private volatile Optional<Integer> index = Optional.empty();
    private volatile long readAt;
    private volatile boolean known;
  }

  private final Supplier<List<NodeConnection>> nodes;
  private final Map<NodeConnection, String> operators = new ConcurrentHashMap<>();
  private final Map<Bytes32, Route> routes = new ConcurrentHashMap<>();

  /**
   * @param nodes the nodes known at the time; the list only grows at its end
   */
  HolderRoutes(Supplier<List<NodeConnection>> nodes) {
    this.nodes = nodes;
  }

  /**
   * The position of the realm's holder among the nodes, if it is known.
   *
   * @param asked the node that is asked who holds the realm
   */
  Optional<Integer> of(Bytes32 realm, NodeConnection asked) {
    if (nodes.get().size() < 2) {
      return Optional.empty();
    }
    Route route = routes.computeIfAbsent(realm, unused -> new Route());
    boolean stale = !route.known || System.nanoTime() - route.readAt > FRESH;
    if (stale && route.asking.compareAndSet(false, true)) {
      Thread.ofVirtual().name("find-holder").start(() -> find(realm, route, asked));
    }
    return route.index;
  }

  /** The route led to a node that does not do. */
  void forget(Bytes32 realm) {
    routes.remove(realm);
  }

  private void find(Bytes32 realm, Route route, NodeConnection asked) {
    try {
      JsonNode parameters = new ObjectMapper().createObjectNode().put("realm", realm.hex());
      String holder =
          asked.call("enigma_getRealm", parameters).path("holder").path("operator").asText();
      route.index = indexOf(holder);
    } catch (EnigmaException e) {
      route.index = Optional.empty();
    } finally {
      route.readAt = System.nanoTime();
      route.known = true;
      route.asking.set(false);
    }
  }

  private Optional<Integer> indexOf(String operator) {
    List<NodeConnection> connections = nodes.get();
    for (int i = 0; i < connections.size(); i++) {
      if (operatorOf(connections.get(i)).equals(operator)) {
        return Optional.of(i);
      }
    }
    return Optional.empty();
  }

  private String operatorOf(NodeConnection connection) {
    String known = operators.get(connection);
    if (known != null) {
      return known;
    }
    try {
      String operator = connection.call("enigma_status", null).path("operator").asText();
      operators.put(connection, operator);
      return operator;
    } catch (EnigmaException e) {
      return "";
    }
  }
}
