package network.enigma.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import network.enigma.chain.FaultyEndpoint.Fault;
import network.enigma.chain.anvil.Anvil;
import network.enigma.chain.anvil.RequiresAnvil;
import network.enigma.contracts.EnigmaToken;
import network.enigma.protocol.Address;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Endpoints that stop in the middle, or answer what they should not: one waits, and loses nothing.
 */
@RequiresAnvil
@Timeout(300)
class FaultyEndpointTest {
  private static final Duration SHORT = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final Duration INTERVAL = Duration.ofMillis(20);

  private static void assertUnreachable(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            EnigmaException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_UNREACHABLE));
  }

  @Test
  void anAnswerThatNeverEndsIsNotWaitedForForEver() {
    try (FaultyEndpoint endpoint = new FaultyEndpoint(null);
        EthereumRpc rpc = new EthereumRpc(endpoint.url(), SHORT)) {
      endpoint.order(new Fault.Stalled());
      assertUnreachable(rpc::blockNumber);
    }
  }

  @Test
  void anAnswerThatBreaksOffIsAskedForAgain() {
    try (FaultyEndpoint endpoint = new FaultyEndpoint(null);
        EthereumRpc rpc = new EthereumRpc(endpoint.url(), PATIENCE)) {
      endpoint.order(new Fault.BrokenOff());
      endpoint.order(new Fault.Text("{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":\"0x11\"}"));
      assertThat(rpc.blockNumber()).isEqualTo(17);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "7",
        "[]",
        "{}",
        "[[[[[[",
        "{\"result\":null}",
        "{\"result\":{}}",
        "{\"result\":[\"0x1\"]}",
        "{\"result\":\"0x\"}",
        "{\"result\":\"0x1g\"}",
        "{\"result\":\"0x11111111111111111111\"}",
        "{\"result\":17}",
        "{\"error\":7}",
        "{\"error\":{\"code\":\"x\",\"message\":[],\"data\":{\"data\":7}}}"
      })
  void nonsenseIsATypedError(String text) {
    try (FaultyEndpoint endpoint = new FaultyEndpoint(null);
        EthereumRpc rpc = new EthereumRpc(endpoint.url(), PATIENCE)) {
      endpoint.order(new Fault.Text(text));
      assertUnreachable(rpc::blockNumber);
      endpoint.order(new Fault.Text(text));
      assertUnreachable(() -> rpc.header(BlockTag.LATEST).orElseThrow(FaultyEndpointTest::nothing));
      endpoint.order(new Fault.Text(text));
      assertUnreachable(() -> rpc.logs(List.of(Address.zero()), 0, 1));
      endpoint.order(new Fault.Text(text));
      assertUnreachable(() ->
          rpc.batch(
              List.of(
                  EthereumRpc.Request.of("eth_chainId"),
                  EthereumRpc.Request.of("eth_blockNumber"))));
    }
  }

  private static EnigmaException nothing() {
    return new EnigmaException(ErrorCode.CHAIN_UNREACHABLE, "no such block");
  }

  @Test
  void aFollowerMissesNothingOfWhatAFaultyEndpointHid() {
    try (Anvil anvil = Anvil.start();
        EthereumRpc direct = new EthereumRpc(anvil.url());
        FaultyEndpoint endpoint = new FaultyEndpoint(anvil.url());
        EthereumRpc rpc = new EthereumRpc(endpoint.url(), SHORT)) {
      EthereumAccount account = new EthereumAccount(direct, Anvil.developmentKey(0));
      Address token =
          account
              .execute(
                  Call.deployment(
                      EnigmaToken.deployment(account.address().toByteArray(), 1_000_000)))
              .contractAddress()
              .orElseThrow();
      List<Fault> faults =
          List.of(
              new Fault.Instead("eth_getLogs", "[]"),
              new Fault.Instead("eth_getLogs", "null"),
              new Fault.Text("null"),
              new Fault.Text("{\"result\":{\"number\":\"0xffffffffffffffff\"}}"),
              new Fault.Instead("eth_getBlockByNumber", "null"),
              new Fault.BrokenOff(),
              new Fault.BrokenOff(),
              new Fault.Text("[{\"id\":\"0x1\"},7]"),
              new Fault.Stalled(),
              new Fault.Instead("eth_getLogs", "null"));
      faults.forEach(endpoint::order);
      List<EthereumLog> seen = new ArrayList<>();
      ChainListener listener =
          new ChainListener() {
            @Override
            public void block(FollowedBlock block) {
              seen.addAll(block.logs());
            }

            @Override
            public void rolledBack(long toNumber) {
              seen.removeIf(log -> log.blockNumber() > toNumber);
            }

            @Override
            public void finalized(long number) {}
          };
      try (ChainFollower follower =
          ChainFollower.follow(
              rpc,
              List.of(token),
              Finality.latest(0),
              ChainFollower.Start.at(0),
              INTERVAL,
              listener)) {
        do {
          account.execute(
              Call.of(
                  token, EnigmaToken.transfer(account.address().toByteArray(), BigInteger.ONE)));
          follower.awaitBlock(direct.blockNumber(), PATIENCE);
        } while (!endpoint.isSpent());
        assertThat(seen).isEqualTo(direct.logs(List.of(token), 0, direct.blockNumber()));
      }
    }
  }
}
