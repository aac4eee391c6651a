package network.enigma.node.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import network.enigma.node.keymanager.KeyManagerClient;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.channel.SharedResponse;
import org.junit.jupiter.api.Test;

final class KeyManagerQuorumTest {
  private static final Duration SHORT = Duration.ofSeconds(2);
  private static final Duration LONG = Duration.ofSeconds(120);

  private static UnaryOperator<byte[]> answers() {
    return request ->
        new SharedResponse.Identity(Address.zero(), Bytes.empty(), Bytes.empty()).encode();
  }

  private static UnaryOperator<byte[]> refuses(ErrorCode code) {
    return request -> new SharedResponse.Failure(code, "no").encode();
  }

  private static UnaryOperator<byte[]> isSilent() {
    return request -> {
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      throw new EnigmaException(ErrorCode.HOLDER_UNREACHABLE, "gone");
    };
  }

  @SafeVarargs
  private static KeyManagerQuorum of(UnaryOperator<byte[]>... transports) {
    return new KeyManagerQuorum(List.of(transports).stream().map(KeyManagerClient::new).toList());
  }

  @Test
  void aQuorumIsEnoughThoughOneIsSilent() {
    assertThat(of(answers(), isSilent(), answers()).ask(KeyManagerClient::identify, 2, LONG))
        .hasSize(2);
  }

  @Test
  void aRefusalThatLeavesNoQuorumIsPassedOnAsItIs() {
    assertThatThrownBy(() ->
            of(refuses(ErrorCode.LEASE_FENCED), answers(), refuses(ErrorCode.LEASE_FENCED))
                .ask(KeyManagerClient::identify, 2, LONG))
        .isInstanceOfSatisfying(
            EnigmaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LEASE_FENCED));
  }

  @Test
  void aLeaseIsOverWhenOneThatForgotItIsNeededForAQuorum() {
    assertThatThrownBy(() ->
            of(refuses(ErrorCode.LEASE_FENCED), answers(), isSilent())
                .ask(KeyManagerClient::identify, 2, SHORT))
        .isInstanceOfSatisfying(
            EnigmaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LEASE_FENCED));
  }

  @Test
  void silenceOfTooManyIsNamedSo() {
    assertThatThrownBy(
            () -> of(isSilent(), answers(), isSilent()).ask(KeyManagerClient::identify, 2, SHORT))
        .isInstanceOfSatisfying(
            EnigmaException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.QUORUM_NOT_REACHED));
  }

  @Test
  void oneRefusalAmongThreeDoesNotDecide() {
    assertThat(
            of(refuses(ErrorCode.HEADS_UNKNOWN), answers(), answers())
                .ask(KeyManagerClient::identify, 2, LONG))
        .hasSize(2);
  }
}
