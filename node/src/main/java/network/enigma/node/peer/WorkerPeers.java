package network.enigma.node.peer;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import network.enigma.protocol.Address;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/** The hosts of other workers, by operator. */
public final class WorkerPeers implements AutoCloseable {
  private final PeerIdentity identity;
  private final Map<Address, PeerClient> clients = new ConcurrentHashMap<>();

  public WorkerPeers(PeerIdentity identity) {
    this.identity = identity;
  }

  /** Learns where a worker listens; this host itself is passed over. */
  public synchronized void meet(PeerEndpoint endpoint) {
    if (endpoint.operator().equals(identity.operator())) {
      return;
    }
    PeerClient known = clients.get(endpoint.operator());
    if (known != null && known.address().equals(endpoint.address())) {
      return;
    }
    PeerClient client = PeerClient.to(endpoint.address(), identity, endpoint.operator()::equals);
    PeerClient old = clients.put(endpoint.operator(), client);
    if (old != null) {
      old.close();
    }
  }

  /** Operators whose hosts are known. */
  public List<Address> operators() {
    return List.copyOf(clients.keySet());
  }

  /**
   * Sends a message to a worker's host.
   *
   * @throws EnigmaException what the other host threw, or {@code HOLDER_UNREACHABLE}
   */
  public byte[] call(Address operator, byte[] request, Duration timeout) {
    PeerClient client = clients.get(operator);
    if (client == null) {
      throw new EnigmaException(
          ErrorCode.HOLDER_UNREACHABLE, "no address of the worker of " + operator + " is known");
    }
    return client.call(PeerService.PEER, request, timeout);
  }

  @Override
  public void close() {
    clients.values().forEach(PeerClient::close);
  }
}
