package network.enigma.node.peer;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.BlockingClientCall;
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
  private final PeerMemory memory;

  private PeerClient(
      ManagedChannel channel, ExecutorService executor, String address, PeerIdentity identity) {
    this.channel = channel;
    this.executor = executor;
    this.address = address;
    this.traffic = identity.traffic();
    this.memory = identity.asked();
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
            .maxInboundMessageSize(PeerService.CHUNK)
            .disableRetry()
            .executor(executor)
            .build();
    return new PeerClient(channel, executor, address, identity);
  }

  /**
   * Calls a service and waits for the answer.
   *
   * @throws EnigmaException what the other end threw, or {@code HOLDER_UNREACHABLE}
   */
  public byte[] call(PeerService service, byte[] request, Duration timeout) {
    traffic.sent(service, request);
    BlockingClientCall<byte[], byte[]> call =
        ClientCalls.blockingBidiStreamingCall(
            channel,
            service.method(),
            CallOptions.DEFAULT.withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS));
    try {
      return PeerService.open(exchange(call, new OutgoingMessage(request)));
    } catch (StatusException e) {
      if (e.getStatus().getCode() == Status.Code.UNAVAILABLE) {
        // The next call tries again at once instead of waiting out a growing pause.
        channel.resetConnectBackoff();
      }
      throw unreachable("does not answer: " + e.getStatus().getCode());
    } catch (InterruptedException e) {
      call.cancel("interrupted", e);
      Thread.currentThread().interrupt();
      throw unreachable("was not waited for");
    }
  }

  private byte[] exchange(BlockingClientCall<byte[], byte[]> call, OutgoingMessage request)
      throws StatusException, InterruptedException {
    byte[] first = null;
    if (request.length() > PeerMemory.LONGEST_UNASKED) {
      call.write(request.announcement());
      first = call.read();
    }
    if (first == null || first.length == 0) {
      boolean open = true;
      while (open && !request.done()) {
        open = call.write(request.next());
      }
      if (open) {
        call.halfClose();
      }
      first = call.read();
    }
    if (first == null) {
      throw unreachable("ended a call without an answer");
    }
    try (IncomingMessage answer =
        IncomingMessage.begin(first, PeerService.MAXIMUM_MESSAGE, memory, address)) {
      while (!answer.complete()) {
        byte[] part = call.read();
        if (part == null) {
          break;
        }
        answer.take(part);
      }
      return answer.whole();
    } catch (EnigmaException e) {
      call.cancel("the answer is not read", e);
      throw e;
    }
  }

  private EnigmaException unreachable(String what) {
    return new EnigmaException(ErrorCode.HOLDER_UNREACHABLE, "host " + address + " " + what);
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
