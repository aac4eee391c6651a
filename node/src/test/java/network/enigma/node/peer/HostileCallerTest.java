package network.enigma.node.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.StatusException;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.TrustManager;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.crypto.SigningKey;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A registered operator wants a host to run out of memory. */
final class HostileCallerTest {
  private static final Bytes32 NETWORK = Keccak.hash(new byte[] {1});
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int MEBIBYTE = 1 << 20;

  private final SigningKey hostile = SigningKey.generate();
  private final SigningKey honest = SigningKey.generate();
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();

  /** A host with the least memory: 96 MiB for long messages, half of it for one peer. */
  private final PeerServer server =
      PeerServer.start(
          "127.0.0.1",
          0,
          PeerIdentity.create(SigningKey.generate(), NETWORK)
              .serving(PeerMemory.of(0, Duration.ofMillis(200))),
          each -> true,
          Map.of(PeerService.PEER, this::echo, PeerService.KEY_MANAGER, new LongAnswers()));

  private byte[] echo(Address from, byte[] request) {
    most.accumulateAndGet(running.incrementAndGet(), Math::max);
    try {
      return request;
    } finally {
      running.decrementAndGet();
    }
  }

  /** A service whose answers take much memory while they are made. */
  private final class LongAnswers implements PeerService.Handler {
    @Override
    public long room(byte[] request) {
      return 200L * MEBIBYTE;
    }

    @Override
    public byte[] answer(Address caller, byte[] request) {
      return echo(caller, request);
    }
  }

  private final List<ManagedChannel> channels = new ArrayList<>();

  @AfterEach
  void stop() {
    channels.forEach(ManagedChannel::shutdownNow);
    server.close();
  }

  private ManagedChannel channel(SigningKey operator) {
    ManagedChannel channel =
        NettyChannelBuilder.forTarget(
                "dns:///" + server.address(),
                TlsChannelCredentials.newBuilder()
                    .keyManager(PeerIdentity.create(operator, NETWORK).keyManagers())
                    .trustManager(new TrustManager[] {new PeerTrust(NETWORK, each -> true)})
                    .build())
            .maxInboundMessageSize(MEBIBYTE)
            .build();
    channels.add(channel);
    return channel;
  }

  private static BlockingClientCall<byte[], byte[]> call(ManagedChannel channel) {
    return ClientCalls.blockingBidiStreamingCall(
        channel,
        PeerService.PEER.method(),
        CallOptions.DEFAULT.withDeadlineAfter(TIMEOUT.toSeconds(), TimeUnit.SECONDS));
  }

  private static byte[] announcing(int length, int more) {
    return ByteBuffer.allocate(Integer.BYTES + more).putInt(length).array();
  }

  private static ErrorCode refusal(byte[] first) {
    return refusal(() -> PeerService.open(java.util.Arrays.copyOfRange(first, 4, first.length)));
  }

  private static ErrorCode refusal(ThrowingCallable what) {
    return org.assertj.core.api.Assertions.catchThrowableOfType(EnigmaException.class, what).code();
  }

  private void honestOnesAreServed() {
    try (PeerClient client =
        PeerClient.to(server.address(), PeerIdentity.create(honest, NETWORK), each -> true)) {
      byte[] message = new byte[200_000];
      message[199_999] = 5;
      assertThat(client.call(PeerService.PEER, message, TIMEOUT)).isEqualTo(message);
    }
  }

  @Test
  void longMessagesArriveWhole() {
    try (PeerClient client =
        PeerClient.to(server.address(), PeerIdentity.create(honest, NETWORK), each -> true)) {
      for (int length :
          new int[] {0, 1, PeerService.CHUNK, MEBIBYTE, MEBIBYTE + 1, 20 * MEBIBYTE}) {
        byte[] message = new byte[length];
        for (int i = 0; i < length; i += 997) {
          message[i] = (byte) i;
        }
        assertThat(client.call(PeerService.PEER, message, TIMEOUT)).isEqualTo(message);
      }
    }
  }

  @Test
  void partsThatThereIsNoRoomForStayWithTheirSender() throws Exception {
    ManagedChannel channel = channel(hostile);
    BlockingClientCall<byte[], byte[]> first = call(channel);
    first.write(announcing(90 * MEBIBYTE, 0));
    assertThat(first.read()).as("the host has room for one").isEmpty();

    // The second is not waited for: all of it is pushed at the host.
    BlockingClientCall<byte[], byte[]> second = call(channel(SigningKey.generate()));
    second.write(announcing(90 * MEBIBYTE, 0));
    byte[] part = new byte[PeerService.CHUNK];
    int pushed = 0;
    while (pushed < 80 * MEBIBYTE && second.write(part)) {
      pushed += part.length;
    }
    assertThat(pushed).isLessThan(16 * MEBIBYTE);
    assertThat(refusal(second.read())).isEqualTo(ErrorCode.TOO_MANY_REQUESTS);

    honestOnesAreServed();
    first.cancel("the room is free again", null);
    byte[] answer;
    do {
      BlockingClientCall<byte[], byte[]> third = call(channel(SigningKey.generate()));
      third.write(announcing(90 * MEBIBYTE, 0));
      answer = third.read();
      third.cancel("enough", null);
    } while (answer.length > 0);
  }

  @Test
  void oneOperatorsLongMessagesAreReadAFewAtATime() throws Exception {
    try (PeerClient client =
            PeerClient.to(server.address(), PeerIdentity.create(hostile, NETWORK), each -> true);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Boolean>> calls = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        calls.add(
            threads.submit(() -> {
              try {
                return client.call(PeerService.PEER, new byte[20 * MEBIBYTE], TIMEOUT).length > 0;
              } catch (EnigmaException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.TOO_MANY_REQUESTS);
                return false;
              }
            }));
      }
      int answered = 0;
      for (Future<Boolean> call : calls) {
        answered += call.get() ? 1 : 0;
      }
      assertThat(answered).isPositive();
      assertThat(most.get()).isBetween(1, 2);
      honestOnesAreServed();
    }
  }

  @Test
  void anAnswerThatThereIsNoRoomForIsNotMade() {
    try (PeerClient client =
        PeerClient.to(server.address(), PeerIdentity.create(hostile, NETWORK), each -> true)) {
      assertThat(refusal(() -> client.call(PeerService.KEY_MANAGER, new byte[8], TIMEOUT)))
          .isEqualTo(ErrorCode.TOO_MANY_REQUESTS);
      assertThat(most).hasValue(0);
    }
  }

  @Test
  void aMessageIsNoLongerThanItSays() throws Exception {
    ManagedChannel channel = channel(hostile);
    BlockingClientCall<byte[], byte[]> more = call(channel);
    more.write(announcing(10, 11));
    assertThat(refusal(more.read())).isEqualTo(ErrorCode.MALFORMED_MESSAGE);

    BlockingClientCall<byte[], byte[]> less = call(channel);
    less.write(announcing(10, 9));
    less.halfClose();
    assertThat(refusal(less.read())).isEqualTo(ErrorCode.MALFORMED_MESSAGE);

    BlockingClientCall<byte[], byte[]> none = call(channel);
    none.halfClose();
    assertThat(refusal(none.read())).isEqualTo(ErrorCode.MALFORMED_MESSAGE);

    for (int length : new int[] {97 * MEBIBYTE, Integer.MAX_VALUE, -1}) {
      BlockingClientCall<byte[], byte[]> huge = call(channel);
      huge.write(announcing(length, 0));
      assertThat(refusal(huge.read())).isEqualTo(ErrorCode.INPUT_TOO_LARGE);
    }
    assertThat(most).hasValue(0);
    honestOnesAreServed();
  }

  @Test
  void aPartIsAsShortAsAgreed() {
    BlockingClientCall<byte[], byte[]> call = call(channel(hostile));
    assertThatThrownBy(
            () -> {
              call.write(announcing(MEBIBYTE, PeerService.CHUNK));
              call.read();
            })
        .isInstanceOf(StatusException.class)
        .hasMessageContaining("RESOURCE_EXHAUSTED");
    honestOnesAreServed();
  }

  @Test
  void aCallMustEnd() {
    BlockingClientCall<byte[], byte[]> call =
        ClientCalls.blockingBidiStreamingCall(
            channel(hostile), PeerService.PEER.method(), CallOptions.DEFAULT);
    assertThatThrownBy(call::read)
        .isInstanceOf(StatusException.class)
        .hasMessageContaining("deadline");
  }

  @Test
  void callsThatAreLeftOpenAreBounded() throws Exception {
    PeerMemory room = PeerMemory.of(0, Duration.ZERO);
    List<BlockingClientCall<byte[], byte[]>> open = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      ManagedChannel channel = channel(hostile);
      for (int j = 0; j < room.callsOfAConnection(); j++) {
        open.add(call(channel));
      }
    }
    ManagedChannel another = channel(hostile);
    StatusException refused = null;
    while (refused == null && open.size() < 3 * room.callsOfAConnection()) {
      BlockingClientCall<byte[], byte[]> call = call(another);
      open.add(call);
      try {
        call.read(100, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        // The host had not seen all of the others yet.
      } catch (StatusException e) {
        refused = e;
      }
    }
    assertThat(refused).hasMessageContaining("too many calls");
    honestOnesAreServed();
  }

  @Test
  void connectionsOfAnOperatorAreBounded() throws Exception {
    for (int i = 0; i < 4; i++) {
      BlockingClientCall<byte[], byte[]> call = call(channel(hostile));
      call.write(announcing(0, 0));
      call.halfClose();
      assertThat(call.read()).isNotEmpty();
    }
    BlockingClientCall<byte[], byte[]> fifth = call(channel(hostile));
    assertThatThrownBy(fifth::read)
        .isInstanceOf(StatusException.class)
        .hasMessageContaining("too many connections");
    honestOnesAreServed();
  }
}
