package network.enigma.node.rpc;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Counts the connections of users, WebSockets among them, and knows those that are too many: of all
 * or of one address. These are told so when they ask something; when there are too many even of
 * them, they are closed.
 */
final class UserConnections implements ServerConnectionSelector {
  private static final int MOST_CROWDED = 256;
  private static final long HEAP_OF_A_CONNECTION = 256 << 10;
  private static final int FEWEST = 512;
  private static final int MOST = 8_192;

  private final ServerConnectionSelector served;
  private final int total;
  private final int share;

  // Guarded by this object.
  private int open;
  private final Map<String, Integer> openOf = new HashMap<>();
  private final Set<SocketAddress> crowded = new HashSet<>();
  private final Map<SocketAddress, Runnable> atEnd = new HashMap<>();

  /**
   * @param total connections of all users
   * @param share connections of one address
   */
  UserConnections(ServerConnectionSelector served, int total, int share) {
    this.served = served;
    this.total = total;
    this.share = share;
  }

  /** How many connections a process with so much heap serves. */
  static int most(long heap) {
    return Math.toIntExact(Math.clamp(heap / HEAP_OF_A_CONNECTION, FEWEST, MOST));
  }

  /** Whether the connection from there is one too many. */
  synchronized boolean isCrowded(SocketAddress from) {
    return crowded.contains(from);
  }

  /** Whether the connection is to be handled at all. */
  private synchronized boolean begin(String host, SocketAddress from) {
    int own = openOf.getOrDefault(host, 0);
    if (open < total && own < share) {
      open++;
      openOf.put(host, own + 1);
      return true;
    }
    return crowded.size() < MOST_CROWDED && crowded.add(from);
  }

  private void end(String host, SocketAddress from) {
    Runnable last;
    synchronized (this) {
      last = atEnd.remove(from);
      if (!crowded.remove(from)) {
        open--;
        openOf.computeIfPresent(host, (each, own) -> own == 1 ? null : own - 1);
      }
    }
    if (last != null) {
      last.run();
    }
  }

  /** Has something done when the connection from there ends, however it ends. */
  synchronized void whenEnded(SocketAddress from, Runnable what) {
    atEnd.put(from, what);
  }

  @Override
  public int bytesToIdentifyConnection() {
    return served.bytesToIdentifyConnection();
  }

  @Override
  public Support supports(BufferData begin) {
    return served.supports(begin);
  }

  @Override
  public Set<String> supportedApplicationProtocols() {
    return served.supportedApplicationProtocols();
  }

  @Override
  public ServerConnection connection(ConnectionContext context) {
    return new Counted(
        served.connection(context), RpcServer.host(context), context.remotePeer().address());
  }

  private final class Counted implements ServerConnection {
    private final ServerConnection connection;
    private final String host;
    private final SocketAddress from;

    Counted(ServerConnection connection, String host, SocketAddress from) {
      this.connection = connection;
      this.host = host;
      this.from = from;
    }

    @Override
    public void handle(Limit limit) throws InterruptedException {
      if (begin(host, from)) {
        try {
          connection.handle(limit);
        } finally {
          end(host, from);
        }
      }
    }

    @Override
    public Duration idleTime() {
      return connection.idleTime();
    }

    @Override
    public void close(boolean interrupt) {
      connection.close(interrupt);
    }
  }
}
