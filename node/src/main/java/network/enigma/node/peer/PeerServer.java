package network.enigma.node.peer;

import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManager;
import network.enigma.protocol.Address;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves other hosts over gRPC; only operators that are wanted get through the TLS handshake. */
public final class PeerServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PeerServer.class);
  private static final Attributes.Key<Address> CALLER = Attributes.Key.create("caller");

  /** Set of a connection of an operator that has enough others. */
  private static final Attributes.Key<Boolean> CROWD = Attributes.Key.create("crowd");

  /** Connections of one operator that are served: one is enough, but the old may linger. */
  private static final int MOST_CONNECTIONS = 4;

  private static final int HANDSHAKE_SECONDS = 10;
  private static final int IDLE_SECONDS = 600;

  /** Longest time that a call may take, in seconds. */
  private static final int LONGEST_CALL = 120;

  private final Server server;
  private final ExecutorService executor;
  private final String address;

  private PeerServer(Server server, ExecutorService executor, String host) {
    this.server = server;
    this.executor = executor;
    this.address = host + ":" + server.getPort();
  }

  /**
   * Starts a server.
   *
   * @param port 0 for a free one
   * @param wanted which operators may connect
   * @throws EnigmaException {@code PORT_IN_USE}
   */
  public static PeerServer start(
      String host,
      int port,
      PeerIdentity identity,
      Predicate<Address> wanted,
      Map<PeerService, PeerService.Handler> services) {
    ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(host, port),
                TlsServerCredentials.newBuilder()
                    .keyManager(identity.keyManagers())
                    .trustManager(
                        new TrustManager[] {new PeerTrust(identity.networkHash(), wanted)})
                    .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
                    .build())
            .maxInboundMessageSize(PeerService.CHUNK)
            .maxConcurrentCallsPerConnection(identity.served().callsOfAConnection())
            .handshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS)
            .maxConnectionIdle(IDLE_SECONDS, TimeUnit.SECONDS)
            .executor(executor)
            .addTransportFilter(new Callers(identity));
    services.forEach(
        (service, handler) -> builder.addService(definition(service, handler, identity)));
    try {
      return new PeerServer(builder.build().start(), executor, host);
    } catch (IOException e) {
      executor.shutdown();
      throw new EnigmaException(
          ErrorCode.PORT_IN_USE, "cannot listen on " + host + ":" + port + ": " + e.getMessage());
    }
  }

  private static ServerServiceDefinition definition(
      PeerService service, PeerService.Handler handler, PeerIdentity identity) {
    PeerMemory memory = identity.served();
    return ServerServiceDefinition.builder(service.serviceName())
        .addMethod(
            service.method(),
            (call, headers) -> {
              Address caller = call.getAttributes().get(CALLER);
              Deadline deadline = Context.current().getDeadline();
              if (caller == null) {
                return refused(call, Status.UNAUTHENTICATED, "no certificate");
              }
              if (call.getAttributes().get(CROWD) != null) {
                return refused(call, Status.RESOURCE_EXHAUSTED, "too many connections");
              }
              // gRPC ends what takes longer: no call keeps its memory for good.
              if (deadline == null || deadline.timeRemaining(TimeUnit.SECONDS) > LONGEST_CALL) {
                return refused(call, Status.INVALID_ARGUMENT, "a call without a deadline");
              }
              Optional<MessageBudget.Reservation> slot = memory.call(caller);
              if (slot.isEmpty()) {
                return refused(call, Status.RESOURCE_EXHAUSTED, "too many calls");
              }
              return new ServedCall(
                  call, caller, service, handler, memory, identity.traffic(), slot.get());
            })
        .build();
  }

  private static ServerCall.Listener<byte[]> refused(
      ServerCall<byte[], byte[]> call, Status status, String why) {
    call.close(status.withDescription(why), new Metadata());
    return new ServerCall.Listener<>() {};
  }

  /** Finds out once for each connection whose it is, and how many that operator has. */
  private static final class Callers extends ServerTransportFilter {
    private final PeerIdentity identity;
    private final Map<Address, Integer> connections = new HashMap<>();

    Callers(PeerIdentity identity) {
      this.identity = identity;
    }

    @Override
    public Attributes transportReady(Attributes attributes) {
      SSLSession session = attributes.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
      if (session == null) {
        return attributes;
      }
      Address caller;
      try {
        caller = identity.operatorOf(session);
      } catch (EnigmaException e) {
        log.debug("a peer without an operator: {}", e.getMessage());
        return attributes;
      }
      Attributes.Builder known = attributes.toBuilder().set(CALLER, caller);
      synchronized (connections) {
        if (connections.merge(caller, 1, Integer::sum) > MOST_CONNECTIONS) {
          known.set(CROWD, true);
        }
      }
      return known.build();
    }

    @Override
    public void transportTerminated(@Nullable Attributes attributes) {
      // There are none of a connection whose handshake failed.
      Address caller = attributes == null ? null : attributes.get(CALLER);
      if (caller != null) {
        synchronized (connections) {
          connections.computeIfPresent(caller, (each, open) -> open == 1 ? null : open - 1);
        }
      }
    }
  }

  /** Host and port to reach this server. */
  public String address() {
    return address;
  }

  @Override
  public void close() {
    server.shutdown();
    try {
      if (!server.awaitTermination(500, TimeUnit.MILLISECONDS)) {
        server.shutdownNow();
        server.awaitTermination(2, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    executor.shutdown();
  }
}
