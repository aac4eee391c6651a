package network.enigma.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import network.enigma.chain.EnigmaContract;
import network.enigma.chain.EthereumRpc;
import network.enigma.client.CallOptions;
import network.enigma.client.EnigmaClient;
import network.enigma.client.SecretContract;
import network.enigma.client.Task;
import network.enigma.client.TaskStage;
import network.enigma.contracts.Enigma;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Blocks with posted orders and with commits are replaced by others (Rules C11, S6). The network
 * ends where it was: every task once, with the same result, on the chain that counts now.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReorganisationTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int SUPPLY = 1_000;
  private static final int BLOCK_SECONDS = 1;

  private Network network;
  private EthereumRpc rpc;
  private EnigmaClient alice;
  private EnigmaClient bob;
  private SecretContract token;

  @BeforeAll
  void start() {
    network = Network.start();
    rpc = new EthereumRpc(network.testnet().ethereumUrl());
    alice = network.client(1);
    bob = network.client(2);
    token = Network.deployToken(alice, SUPPLY);
    token.call("transfer", bob.address(), 100).await(TaskStage.COMMITTED, PATIENCE).orThrow();
  }

  @AfterAll
  void close() throws IOException {
    rpc.close();
    network.close();
  }

  /** A transaction as its sender signed it. */
  private record Sent(Bytes32 hash, Address from, String raw) {}

  private List<Sent> transactions(long from, long to) {
    List<Sent> all = new ArrayList<>();
    for (long number = from; number <= to; number++) {
      JsonNode block = rpc.call("eth_getBlockByNumber", "0x" + Long.toHexString(number), true);
      for (JsonNode each : block.path("transactions")) {
        String hash = each.path("hash").asText();
        all.add(
            new Sent(
                Bytes32.fromHex(hash),
                Address.fromHex(each.path("from").asText()),
                rpc.call("eth_getRawTransactionByHash", hash).asText()));
      }
    }
    return all;
  }

  /**
   * Replaces all blocks above one. What users sent goes back into the pool, as it does on Ethereum;
   * what workers sent is lost.
   */
  private void replaceBlocksAbove(long number) {
    // How many blocks are replaced counts from the newest: none may come meanwhile.
    rpc.call("evm_setIntervalMining", 0);
    List<Sent> dropped;
    try {
      long tip = rpc.blockNumber();
      dropped = transactions(number + 1, tip);
      Bytes32 before = rpc.headers(tip, tip).getFirst().hash();
      rpc.call("anvil_reorg", tip - number, List.of());
      assertThat(rpc.headers(tip, tip).getFirst().hash()).as("the tip").isNotEqualTo(before);
    } finally {
      rpc.call("evm_setIntervalMining", BLOCK_SECONDS);
    }
    dropped.stream()
        .filter(each -> each.from().equals(alice.address()) || each.from().equals(bob.address()))
        .forEach(this::sendAgain);
  }

  private void sendAgain(Sent transaction) {
    try {
      rpc.call("eth_sendRawTransaction", transaction.raw());
    } catch (EnigmaException e) {
      throw new AssertionError("the pool does not take " + transaction.hash(), e);
    }
  }

  private int balance(EnigmaClient of) {
    return token.as(of).query("balanceOf", of.address()).value(BigInteger.class).intValue();
  }

  private static CallOptions posted() {
    return CallOptions.DEFAULT.withRoute(CallOptions.Route.POSTED).withGasLimit(1_000_000);
  }

  /** Committed tasks of the realm on the chain as it is now. */
  private List<Bytes32> settledPosts() {
    EnigmaContract enigma = new EnigmaContract(rpc, network.testnet().enigma());
    return rpc.logs(List.of(enigma.address()), 0, rpc.blockNumber()).stream()
        .flatMap(log -> enigma.event(log).stream())
        .filter(Enigma.Event.TaskSettled.class::isInstance)
        .map(Enigma.Event.TaskSettled.class::cast)
        .filter(settled -> Bytes32.of(settled.realm()).equals(token.realm()))
        .map(settled -> Bytes32.of(settled.taskId()))
        .toList();
  }

  @Test
  void blocksWithPostsAndCommitsAreReplacedAndEveryTaskStillHappensOnce() {
    int alicesBefore = balance(alice);
    int bobsBefore = balance(bob);
    long fork = rpc.blockNumber();
    Task posted = token.call(posted(), "transfer", List.of(bob.address(), 30));
    Task direct = token.call("transfer", bob.address(), 5);
    posted.await(TaskStage.COMMITTED, PATIENCE).orThrow();
    direct.await(TaskStage.COMMITTED, PATIENCE).orThrow();

    replaceBlocksAbove(fork);

    // What follows in the realm is committed behind what was there before.
    token.as(bob).call("transfer", alice.address(), 1).await(TaskStage.COMMITTED, PATIENCE);
    Task last = token.call(posted(), "transfer", List.of(bob.address(), 2));
    last.await(TaskStage.COMMITTED, PATIENCE).orThrow();
    assertThat(settledPosts()).containsOnlyOnce(posted.taskId()).contains(last.taskId());
    assertThat(balance(alice)).isEqualTo(alicesBefore - 30 - 5 + 1 - 2);
    assertThat(balance(bob)).isEqualTo(bobsBefore + 30 + 5 - 1 + 2);
  }

  @Test
  @Tag("long")
  void aReplacedBlockWithACommitAloneIsCommittedAgain() {
    int before = balance(alice);
    long block =
        token
            .call("transfer", bob.address(), 7)
            .await(TaskStage.COMMITTED, PATIENCE)
            .orThrow()
            .block()
            .orElseThrow();

    replaceBlocksAbove(block - 1);

    token.call("transfer", bob.address(), 1).await(TaskStage.COMMITTED, PATIENCE).orThrow();
    assertThat(balance(alice)).isEqualTo(before - 7 - 1);
  }

  @Test
  @Tag("long")
  void aTaskThatIsOnlyAnchoredSurvivesTheLossOfItsHeader() {
    int before = balance(alice);
    for (int i = 0; i < 3; i++) {
      long fork = rpc.blockNumber() - 1;
      Task task = token.call("transfer", bob.address(), 3);
      task.await(TaskStage.ANCHORED, PATIENCE);
      replaceBlocksAbove(fork);
      assertThat(task.await(TaskStage.COMMITTED, PATIENCE).orThrow().value(Boolean.class)).isTrue();
    }
    token.call("transfer", bob.address(), 1).await(TaskStage.COMMITTED, PATIENCE).orThrow();
    assertThat(balance(alice)).isEqualTo(before - 9 - 1);
  }
}
