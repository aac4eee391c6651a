package network.enigma.node.peer;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManager;
import network.enigma.protocol.Address;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves other hosts over gRPC; only operators that are wanted get through the TLS handshake. */
public final class PeerServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PeerServer.class);
  private static final Context.Key<Address> CALLER = Context.key("caller");

  /** Calls of one host that run at the same time. */
  private static final int MOST_CALLS = 1_024;

  private static final int HANDSHAKE_SECONDS = 10;

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
            .maxInboundMessageSize(
                services.keySet().stream().mapToInt(PeerService::longestRequest).max().orElse(0))
            .maxConcurrentCallsPerConnection(MOST_CALLS)
            .handshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS)
            .executor(executor)
            .intercept(callerOf(identity));
    services.forEach(
        (service, handler) -> builder.addService(definition(service, handler, identity.traffic())));
    try {
      return new PeerServer(builder.build().start(), executor, host);
    } catch (IOException e) {
      executor.shutdown();
      throw new EnigmaException(
          ErrorCode.PORT_IN_USE, "cannot listen on " + host + ":" + port + ": " + e.getMessage());
    }
  }

  private static ServerServiceDefinition definition(
      PeerService service, PeerService.Handler handler, PeerTraffic traffic) {
    return ServerServiceDefinition.builder(service.serviceName())
        .addMethod(
            service.method(),
            ServerCalls.asyncUnaryCall((request, observer) -> {
              byte[] answer = answer(handler, request);
              traffic.sent(service, answer);
              observer.onNext(answer);
              observer.onCompleted();
            }))
        .build();
  }

  private static byte[] answer(PeerService.Handler handler, byte[] request) {
    try {
      return PeerService.success(handler.answer(CALLER.get(), request));
    } catch (EnigmaException e) {
      return PeerService.failure(e);
    } catch (RuntimeException e) {
      log.error("unexpected failure of a peer's request", e);
      return PeerService.failure(new EnigmaException(ErrorCode.INTERNAL, "the host failed"));
    }
  }

  private static ServerInterceptor callerOf(PeerIdentity identity) {
    return new ServerInterceptor() {
      @Override
      public <Q, A> ServerCall.Listener<Q> interceptCall(
          ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        if (session == null) {
          call.close(Status.UNAUTHENTICATED, new Metadata());
          return new ServerCall.Listener<>() {};
        }
        Context context = Context.current().withValue(CALLER, identity.operatorOf(session));
        return Contexts.interceptCall(context, call, headers, next);
      }
    };
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
