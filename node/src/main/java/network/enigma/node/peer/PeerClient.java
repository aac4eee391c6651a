package network.enigma.node.peer;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import javax.net.ssl.TrustManager;
import network.enigma.protocol.Address;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/** A connection to another host, kept open and reconnected as needed. */
public final class PeerClient implements AutoCloseable {
  private final ManagedChannel channel;
  private final ExecutorService executor;
  private final String address;
  private final PeerTraffic traffic;

  private PeerClient(
      ManagedChannel channel, ExecutorService executor, String address, PeerTraffic traffic) {
    this.channel = channel;
    this.executor = executor;
    this.address = address;
    this.traffic = traffic;
  }

  /**
   * Prepares a connection; it is made with the first call.
   *
   * @param address host and port
   * @param wanted which operators the other end may belong to
   */
  public static PeerClient to(String address, PeerIdentity identity, Predicate<Address> wanted) {
    ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    ManagedChannel channel =
        NettyChannelBuilder.forTarget(
                "dns:///" + address,
                TlsChannelCredentials.newBuilder()
                    .keyManager(identity.keyManagers())
                    .trustManager(
                        new TrustManager[] {new PeerTrust(identity.networkHash(), wanted)})
                    .build())
            .maxInboundMessageSize(PeerService.MAXIMUM_MESSAGE)
            .disableRetry()
            .executor(executor)
            .build();
    return new PeerClient(channel, executor, address, identity.traffic());
  }

  /**
   * Calls a service and waits for the answer.
   *
   * @throws EnigmaException what the other end threw, or {@code HOLDER_UNREACHABLE}
   */
  public byte[] call(PeerService service, byte[] request, Duration timeout) {
    traffic.sent(service, request);
    byte[] reply;
    try {
      reply =
          ClientCalls.blockingUnaryCall(
              channel,
              service.method(),
              CallOptions.DEFAULT.withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS),
              request);
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.UNAVAILABLE) {
        // The next call tries again at once instead of waiting out a growing pause.
        channel.resetConnectBackoff();
      }
      throw new EnigmaException(
          ErrorCode.HOLDER_UNREACHABLE,
          "host " + address + " does not answer: " + e.getStatus().getCode());
    }
    return PeerService.open(reply);
  }

  public String address() {
    return address;
  }

  @Override
  public void close() {
    channel.shutdownNow();
    executor.shutdown();
  }
}
