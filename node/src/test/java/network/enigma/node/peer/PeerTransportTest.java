package network.enigma.node.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.TrustManager;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.crypto.SigningKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PeerTransportTest {
  private static final Bytes32 NETWORK = Keccak.hash(new byte[] {1});
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final SigningKey serverOperator = SigningKey.generate();
  private final SigningKey clientOperator = SigningKey.generate();
  private final AtomicReference<Address> caller = new AtomicReference<>();
  private final PeerServer server =
      PeerServer.start(
          "127.0.0.1",
          0,
          PeerIdentity.create(serverOperator, NETWORK),
          clientOperator.address()::equals,
          Map.of(
              PeerService.PEER,
              (from, request) -> {
                caller.set(from);
                if (request.length == 0) {
                  throw new EnigmaException(ErrorCode.NOT_HOLDER, "somebody else holds it");
                }
                return new byte[] {(byte) (request[0] + 1)};
              }));

  @AfterEach
  void stop() {
    server.close();
  }

  private PeerClient client(SigningKey operator, Bytes32 network, Address expected) {
    return PeerClient.to(
        server.address(), PeerIdentity.create(operator, network), expected::equals);
  }

  @Test
  void registeredOperatorsTalkAndKnowEachOther() {
    try (PeerClient client = client(clientOperator, NETWORK, serverOperator.address())) {
      assertThat(client.call(PeerService.PEER, new byte[] {4}, TIMEOUT)).containsExactly(5);
      assertThat(caller.get()).isEqualTo(clientOperator.address());
    }
  }

  @Test
  void aRefusalArrivesAsTheSameTypedError() {
    try (PeerClient client = client(clientOperator, NETWORK, serverOperator.address())) {
      assertThatThrownBy(() -> client.call(PeerService.PEER, new byte[0], TIMEOUT))
          .isInstanceOfSatisfying(
              EnigmaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_HOLDER))
          .hasMessageContaining("somebody else holds it");
    }
  }

  @Test
  void anOperatorThatIsNotRegisteredIsRefused() {
    refused(client(SigningKey.generate(), NETWORK, serverOperator.address()));
  }

  @Test
  void aHostOfAnotherNetworkIsRefused() {
    refused(client(clientOperator, Keccak.hash(new byte[] {2}), serverOperator.address()));
  }

  @Test
  void aServerOfAnotherOperatorIsNotTrusted() {
    refused(client(clientOperator, NETWORK, SigningKey.generate().address()));
  }

  private void refused(PeerClient client) {
    try (client) {
      assertThatThrownBy(() -> client.call(PeerService.PEER, new byte[] {4}, TIMEOUT))
          .isInstanceOfSatisfying(
              EnigmaException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.HOLDER_UNREACHABLE));
      assertThat(caller.get()).isNull();
    }
  }

  @Test
  void aCallerWithoutCertificateIsRefused() {
    ManagedChannel channel =
        NettyChannelBuilder.forTarget(
                "dns:///" + server.address(),
                TlsChannelCredentials.newBuilder()
                    .trustManager(new TrustManager[] {new PeerTrust(NETWORK, each -> true)})
                    .build())
            .build();
    try {
      assertThatThrownBy(() ->
              ClientCalls.blockingUnaryCall(
                  channel,
                  PeerService.PEER.method(),
                  CallOptions.DEFAULT.withDeadlineAfter(60, java.util.concurrent.TimeUnit.SECONDS),
                  new byte[] {4}))
          .isInstanceOf(StatusRuntimeException.class);
      assertThat(caller.get()).isNull();
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void aTakenPortIsNamed() {
    int port = Integer.parseInt(server.address().substring(server.address().indexOf(':') + 1));
    assertThatThrownBy(() ->
            PeerServer.start(
                "127.0.0.1",
                port,
                PeerIdentity.create(serverOperator, NETWORK),
                each -> true,
                Map.of()))
        .isInstanceOfSatisfying(
            EnigmaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PORT_IN_USE));
  }
}
