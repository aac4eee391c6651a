package network.enigma.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import network.enigma.chain.anvil.Anvil;
import network.enigma.chain.anvil.RequiresAnvil;
import network.enigma.contracts.EnigmaToken;
import network.enigma.ethereum.BlockHeader;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@RequiresAnvil
@SuppressWarnings("NullAway.Init")
class EthereumRpcTest {
  private static Anvil anvil;
  private static EthereumRpc rpc;
  private static EthereumAccount account;
  private static Address token;

  @BeforeAll
  static void start() {
    anvil = Anvil.start();
    rpc = new EthereumRpc(anvil.url());
    account = new EthereumAccount(rpc, Anvil.developmentKey(0));
    token =
        account
            .execute(
                Call.deployment(EnigmaToken.deployment(account.address().toByteArray(), 1_000_000)))
            .contractAddress()
            .orElseThrow();
  }

  @AfterAll
  static void stop() {
    rpc.close();
    anvil.close();
  }

  @Test
  void rebuildsHeadersWhoseRlpHashesToTheBlocksHash() {
    for (int i = 0; i < 5; i++) {
      account.execute(Call.transfer(stranger(i), BigInteger.ONE));
    }
    List<BlockHeader> headers = rpc.headers(0, rpc.blockNumber());
    assertThat(headers).hasSizeGreaterThan(5);
    for (int i = 1; i < headers.size(); i++) {
      BlockHeader header = headers.get(i);
      assertThat(header.follows(headers.get(i - 1))).isTrue();
      assertThat(header.fields().requestsHash()).as("a Prague header").isNotNull();
      assertThat(BlockHeader.decode(header.rlp().toByteArray())).isEqualTo(header);
      assertThat(rpc.header(header.hash())).contains(header);
    }
  }

  @Test
  void answersABatchLargerThanOneRequestMayBe() {
    List<EthereumRpc.Request> requests = new ArrayList<>();
    for (int i = 0; i < 250; i++) {
      requests.add(
          EthereumRpc.Request.of("eth_getBalance", stranger(i).hex(), BlockTag.LATEST.text()));
    }
    requests.set(123, EthereumRpc.Request.of("eth_chainId"));
    List<RpcReply> replies = rpc.exchange(requests);
    assertThat(replies).hasSize(250);
    assertThat(Quantity.number(replies.get(123).orThrow())).isEqualTo(31_337);
    assertThat(replies.get(249).orThrow().asText()).startsWith("0x");
  }

  @Test
  void tellsFailedRequestsOfABatchFromGoodOnes() {
    List<RpcReply> replies =
        rpc.exchange(
            List.of(
                EthereumRpc.Request.of("eth_chainId"),
                EthereumRpc.Request.of("enigma_nothing"),
                EthereumRpc.Request.of("eth_blockNumber")));
    assertThat(replies.get(0)).isInstanceOf(RpcReply.Result.class);
    assertThat(replies.get(1)).isInstanceOf(RpcReply.Failure.class);
    assertThat(replies.get(2)).isInstanceOf(RpcReply.Result.class);
    assertCode(() -> replies.get(1).orThrow(), ErrorCode.CHAIN_UNREACHABLE);
  }

  @Test
  void namesTheCustomErrorOfAContractThatReverts() {
    byte[] tooMuch = EnigmaToken.transfer(stranger(1).toByteArray(), BigInteger.TWO.pow(100));
    assertThatThrownBy(
            () -> rpc.callContract(account.address(), token, Bytes.of(tooMuch), BlockTag.LATEST))
        .isInstanceOfSatisfying(
            EnigmaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BALANCE_TOO_SMALL))
        .hasMessageContaining("ERC20InsufficientBalance");
    assertCode(() -> account.send(Call.of(token, tooMuch)), ErrorCode.BALANCE_TOO_SMALL);
  }

  @Test
  void namesTheReasonOfATransactionThatFailedInItsBlock() {
    byte[] tooMuch = EnigmaToken.transfer(stranger(1).toByteArray(), BigInteger.TWO.pow(100));
    EthereumAccount.Sent sent = account.send(Call.of(token, tooMuch).withGasLimit(200_000));
    assertCode(sent::await, ErrorCode.BALANCE_TOO_SMALL);
  }

  @Test
  void readsTheLogsOfAContract() {
    long before = rpc.blockNumber();
    TransactionReceipt receipt =
        account.execute(
            Call.of(token, EnigmaToken.transfer(stranger(7).toByteArray(), BigInteger.TEN)));
    List<EthereumLog> logs = rpc.logs(List.of(token), before + 1, receipt.blockNumber());
    assertThat(logs).isEqualTo(receipt.logs()).hasSize(1);
    assertThat(logs.getFirst().blockHash()).isEqualTo(receipt.blockHash());
  }

  @Test
  void anEndpointThatIsNotThereIsUnreachable() {
    try (EthereumRpc nowhere = new EthereumRpc(URI.create("http://127.0.0.1:1"))) {
      assertCode(nowhere::chainId, ErrorCode.CHAIN_UNREACHABLE);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html>busy</html>",
        "[]",
        "42",
        "{\"id\":0,\"result\":\"zebra\"}",
        "{\"id\":0,\"result\":null}",
        "{\"id\":0,\"error\":{\"code\":-32000,\"message\":\"busy\"}}"
      })
  void anEndpointThatTalksNonsenseIsUnreachable(String answer) throws IOException {
    HttpServer server = server(answer.getBytes(StandardCharsets.UTF_8), 200);
    try (EthereumRpc strange = new EthereumRpc(url(server))) {
      assertCode(strange::chainId, ErrorCode.CHAIN_UNREACHABLE);
      assertCode(() -> strange.headers(0, 3), ErrorCode.CHAIN_UNREACHABLE);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void anEndpointThatNeverAnswersIsUnreachableInTime() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> {});
    server.start();
    try (EthereumRpc silent = new EthereumRpc(url(server), Duration.ofMillis(200))) {
      assertCode(silent::chainId, ErrorCode.CHAIN_UNREACHABLE);
    } finally {
      server.stop(0);
    }
  }

  private static HttpServer server(byte[] answer, int status) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(status, answer.length == 0 ? -1 : answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    return server;
  }

  private static URI url(HttpServer server) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private static Address stranger(int number) {
    return Address.lastBytesOf(Bytes32.ofUnsigned(0x1000 + number));
  }

  private static void assertCode(Runnable action, ErrorCode code) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(EnigmaException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
