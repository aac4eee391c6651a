package network.enigma.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import network.enigma.chain.anvil.Anvil;
import network.enigma.chain.anvil.AnvilOptions;
import network.enigma.chain.anvil.RequiresAnvil;
import network.enigma.contracts.EnigmaToken;
import network.enigma.ethereum.BlockHeader;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.NetworkConfig.FinalityRule;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@RequiresAnvil
@SuppressWarnings("NullAway.Init")
class ChainFollowerTest {
  private static final Duration INTERVAL = Duration.ofMillis(20);
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private Anvil anvil;
  private EthereumRpc rpc;
  private EthereumAccount account;
  private Address token;

  @BeforeEach
  void start() {
    anvil = Anvil.start(AnvilOptions.standard().withSlotsInAnEpoch(4));
    rpc = new EthereumRpc(anvil.url());
    account = new EthereumAccount(rpc, Anvil.developmentKey(0));
    token =
        account
            .execute(
                Call.deployment(EnigmaToken.deployment(account.address().toByteArray(), 1_000_000)))
            .contractAddress()
            .orElseThrow();
  }

  @AfterEach
  void stop() {
    rpc.close();
    anvil.close();
  }

  /**
   * Keeps the chain as a listener should: blocks in order, dropped by rollbacks; complains about
   * anything else.
   */
  private static final class Recorder implements ChainListener {
    private final List<FollowedBlock> blocks = new ArrayList<>();
    private final List<Long> rollbacks = new ArrayList<>();
    private final List<Long> finals = new ArrayList<>();

    @Override
    public synchronized void block(FollowedBlock block) {
      if (!blocks.isEmpty()) {
        assertThat(block.header().follows(blocks.getLast().header())).isTrue();
      }
      blocks.add(block);
    }

    @Override
    public synchronized void rolledBack(long toNumber) {
      assertThat(blocks.getLast().number()).isGreaterThan(toNumber);
      rollbacks.add(toNumber);
      blocks.removeIf(block -> block.number() > toNumber);
      finals.removeIf(number -> number > toNumber);
    }

    @Override
    public synchronized void finalized(long number) {
      assertThat(finals.isEmpty() || finals.getLast() < number).isTrue();
      assertThat(number).isLessThanOrEqualTo(blocks.getLast().number());
      finals.add(number);
    }

    synchronized List<BlockHeader> headers() {
      return blocks.stream().map(FollowedBlock::header).toList();
    }

    synchronized List<EthereumLog> logs() {
      return blocks.stream().flatMap(block -> block.logs().stream()).toList();
    }

    synchronized List<Long> rollbacks() {
      return List.copyOf(rollbacks);
    }

    synchronized List<Long> finals() {
      return List.copyOf(finals);
    }
  }

  @Test
  void deliversEveryBlockWithTheLogsOfItsContracts() {
    for (int i = 0; i < 3; i++) {
      transfer(i);
    }
    rpc.call("anvil_mine", "0x78");
    Recorder recorder = new Recorder();
    try (ChainFollower follower = follow(recorder, Finality.latest(0), ChainFollower.Start.at(0))) {
      for (int i = 3; i < 6; i++) {
        transfer(i);
      }
      long tip = rpc.blockNumber();
      follower.awaitFinal(tip, PATIENCE);
      assertThat(recorder.headers()).isEqualTo(rpc.headers(0, tip));
      assertThat(recorder.logs()).isEqualTo(rpc.logs(List.of(token), 0, tip)).hasSize(7);
      assertThat(follower.tip()).contains(recorder.headers().getLast());
      assertThat(recorder.finals().getLast()).isEqualTo(tip);
      assertThat(recorder.rollbacks()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 8})
  void tellsOfAReorganisationAndDeliversTheNewBranch(int depth) {
    for (int i = 0; i < 10; i++) {
      transfer(i);
    }
    Recorder recorder = new Recorder();
    try (ChainFollower follower = follow(recorder, Finality.latest(0), ChainFollower.Start.at(1))) {
      long before = rpc.blockNumber();
      follower.awaitBlock(before, PATIENCE);
      Bytes32 oldTip = recorder.headers().getLast().hash();

      rpc.call("anvil_reorg", depth, List.of());
      rpc.call("anvil_mine", "0x1");
      long tip = rpc.blockNumber();
      follower.awaitBlock(tip, PATIENCE);

      assertThat(recorder.rollbacks()).contains(before - depth);
      assertThat(recorder.headers()).isEqualTo(rpc.headers(1, tip));
      assertThat(recorder.headers()).extracting(BlockHeader::hash).doesNotContain(oldTip);
      assertThat(recorder.logs())
          .as("the transfers of the dropped blocks are gone")
          .isEqualTo(rpc.logs(List.of(token), 1, tip));
    }
  }

  @Test
  void noticesThatTheChainBecameShorter() {
    transfer(1);
    String snapshot = rpc.call("evm_snapshot").asText();
    long kept = rpc.blockNumber();
    transfer(2);
    transfer(3);
    Recorder recorder = new Recorder();
    try (ChainFollower follower = follow(recorder, Finality.latest(1), ChainFollower.Start.at(1))) {
      follower.awaitBlock(kept + 2, PATIENCE);
      rpc.call("evm_revert", snapshot);
      transfer(4);
      transfer(5);
      transfer(6);
      long tip = rpc.blockNumber();
      assertThat(tip).isGreaterThanOrEqualTo(kept + 3);
      follower.awaitBlock(tip, PATIENCE);
      assertThat(recorder.rollbacks()).isNotEmpty().allMatch(number -> number == kept);
      assertThat(recorder.headers()).isEqualTo(rpc.headers(1, tip));
      assertThat(recorder.logs()).isEqualTo(rpc.logs(List.of(token), 1, tip));
    }
  }

  @Test
  void startsWhereAnEarlierLifeEndedAndFirstTakesBackWhatIsGone() {
    for (int i = 0; i < 5; i++) {
      transfer(i);
    }
    List<BlockReference> earlier =
        rpc.headers(1, rpc.blockNumber()).stream().map(BlockReference::of).toList();
    rpc.call("anvil_reorg", 2, List.of());
    rpc.call("anvil_mine", "0x3");
    List<Long> rollbacks = new ArrayList<>();
    List<BlockHeader> headers = new ArrayList<>();
    ChainListener listener =
        new ChainListener() {
          @Override
          public void block(FollowedBlock block) {
            headers.add(block.header());
          }

          @Override
          public void rolledBack(long toNumber) {
            rollbacks.add(toNumber);
          }
        };
    try (ChainFollower follower =
        follow(listener, Finality.latest(0), ChainFollower.Start.after(earlier))) {
      follower.awaitFinal(rpc.blockNumber(), PATIENCE);
    }
    long ancestor = earlier.getLast().number() - 2;
    assertThat(rollbacks).containsExactly(ancestor);
    assertThat(headers).isEqualTo(rpc.headers(ancestor + 1, rpc.blockNumber()));
  }

  @Test
  void announcesAsFinalOnlyWhatTheRuleAllows() {
    rpc.call("anvil_mine", "0x14");
    long tip = rpc.blockNumber();
    for (Finality rule :
        List.of(
            Finality.latest(0),
            Finality.latest(5),
            new Finality(FinalityRule.SAFE, 0),
            new Finality(FinalityRule.FINALIZED, 0))) {
      long expected =
          switch (rule.rule()) {
            case LATEST_K, SIGNED_K -> tip - rule.depth();
            case SAFE -> tip - 4;
            case FINALIZED -> tip - 8;
          };
      Recorder recorder = new Recorder();
      try (ChainFollower follower = follow(recorder, rule, ChainFollower.Start.at(0))) {
        follower.awaitFinal(expected, PATIENCE);
        follower.awaitBlock(tip, PATIENCE);
        assertThat(recorder.finals().getLast()).as("%s", rule).isEqualTo(expected);
      }
    }
  }

  @Test
  void goesOnAfterAnOutageOfTheEndpoint() throws Exception {
    Recorder recorder = new Recorder();
    try (Gate gate = new Gate(anvil.port());
        EthereumRpc gated = new EthereumRpc(gate.url(), Duration.ofSeconds(5));
        ChainFollower follower =
            ChainFollower.follow(
                gated,
                List.of(token),
                Finality.latest(0),
                ChainFollower.Start.at(0),
                INTERVAL,
                recorder)) {
      follower.awaitBlock(rpc.blockNumber(), PATIENCE);
      gate.shut();
      transfer(1);
      transfer(2);
      long tip = rpc.blockNumber();
      assertThatThrownBy(() -> follower.awaitBlock(tip, Duration.ofMillis(500)))
          .isInstanceOfSatisfying(
              EnigmaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TIMEOUT));
      await(() -> follower.outage().isPresent());
      gate.open();
      follower.awaitBlock(tip, PATIENCE);
      assertThat(recorder.headers()).isEqualTo(rpc.headers(0, tip));
      assertThat(recorder.rollbacks()).isEmpty();
    }
  }

  @Test
  void deliversABlockAgainWhenItsReceiverFailed() {
    transfer(1);
    AtomicInteger failures = new AtomicInteger(3);
    List<Long> received = new ArrayList<>();
    ChainListener listener =
        new ChainListener() {
          @Override
          public void block(FollowedBlock block) {
            if (block.number() == 1 && failures.getAndDecrement() > 0) {
              throw new IllegalStateException("not now");
            }
            received.add(block.number());
          }

          @Override
          public void rolledBack(long toNumber) {
            throw new AssertionError("there was no reorganisation");
          }
        };
    try (ChainFollower follower = follow(listener, Finality.latest(0), ChainFollower.Start.at(0))) {
      follower.awaitFinal(2, PATIENCE);
    }
    assertThat(received).containsExactly(0L, 1L, 2L);
  }

  private static void await(BooleanSupplier condition) {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (!condition.getAsBoolean()) {
      assertThat(Instant.now()).isBefore(deadline);
      LockSupport.parkNanos(INTERVAL.toNanos());
    }
  }

  private ChainFollower follow(ChainListener listener, Finality rule, ChainFollower.Start start) {
    return ChainFollower.follow(rpc, List.of(token), rule, start, INTERVAL, listener);
  }

  private void transfer(int to) {
    account.execute(
        Call.of(
            token,
            EnigmaToken.transfer(
                Address.lastBytesOf(Bytes32.ofUnsigned(0x1000 + to)).toByteArray(),
                BigInteger.ONE)));
  }

  /**
   * A door in front of a port that can be shut, which also breaks the connections that pass
   * through.
   */
  private static final class Gate implements AutoCloseable {
    private final int target;
    private final ServerSocket server;
    private final List<Socket> passing = new ArrayList<>();
    private boolean open = true;

    Gate(int target) throws IOException {
      this.target = target;
      this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      Thread.ofVirtual().start(this::accept);
    }

    URI url() {
      return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    private void accept() {
      try {
        while (true) {
          Socket incoming = server.accept();
          synchronized (this) {
            if (!open) {
              incoming.close();
              continue;
            }
            Socket outgoing = new Socket(InetAddress.getLoopbackAddress(), target);
            passing.add(incoming);
            passing.add(outgoing);
            Thread.ofVirtual().start(() -> pump(incoming, outgoing));
            Thread.ofVirtual().start(() -> pump(outgoing, incoming));
          }
        }
      } catch (IOException e) {
        // The gate was torn down.
      }
    }

    private static void pump(Socket from, Socket to) {
      try (InputStream input = from.getInputStream();
          OutputStream output = to.getOutputStream()) {
        input.transferTo(output);
      } catch (IOException e) {
        // The gate was shut.
      }
    }

    synchronized void shut() throws IOException {
      open = false;
      for (Socket socket : passing) {
        socket.close();
      }
      passing.clear();
    }

    synchronized void open() {
      open = true;
    }

    @Override
    public void close() throws IOException {
      server.close();
      shut();
    }
  }
}
