package network.enigma.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import network.enigma.chain.EnigmaContract;
import network.enigma.chain.EthereumRpc;
import network.enigma.client.CallOptions;
import network.enigma.client.EnigmaClient;
import network.enigma.client.SecretContract;
import network.enigma.client.Task;
import network.enigma.client.TaskResult;
import network.enigma.client.TaskStage;
import network.enigma.contracts.Enigma;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Role;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Workers die at the worst moments of a directly sent order that they accepted: its result comes,
 * nothing that was done before is lost, and nothing runs twice.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RecoveryTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int SUPPLY = 1_000;

  private final FaultPoint faults = new FaultPoint();
  private Network network;

  @BeforeAll
  void start() {
    network = Network.start(options -> options.channels(faults::between));
  }

  @AfterAll
  void close() throws IOException {
    network.close();
  }

  private static int balance(SecretContract token, Address of) {
    return token.query("balanceOf", of).value(BigInteger.class).intValue();
  }

  /** Sends a transfer of 400 and kills the realm's holder at a moment of it. */
  private Task killedDuring(
      FaultPoint.Moment moment, SecretContract token, Address to, int holder) {
    faults.arm(Role.WORKER, holder, moment);
    Task task = token.call("transfer", to, 400);
    faults.await(Role.WORKER, holder);
    network.testnet().killWorker(holder);
    faults.disarm(Role.WORKER, holder);
    return task;
  }

  private void thenHappenedOnce(
      Task task, SecretContract token, EnigmaClient alice, EnigmaClient bob) {
    TaskResult result = task.await(TaskStage.COMMITTED, PATIENCE).orThrow();

    assertThat(result.value(Boolean.class)).isTrue();
    assertThat(balance(token, alice.address())).isEqualTo(SUPPLY - 100 - 400);
    assertThat(balance(token.as(bob), bob.address())).isEqualTo(100 + 400);
    assertThat(token.as(bob).call("transfer", alice.address(), 1).await().value(Boolean.class))
        .isTrue();
    assertThat(balance(token, alice.address())).isEqualTo(SUPPLY - 100 - 400 + 1);
  }

  @Test
  void anAcceptedOrderOutlivesTheWorkerThatDiesBeforeRunningIt() {
    aWorkerIsKilledAndDoesNotComeBack(FaultPoint.Moment.BEFORE_EXECUTION);
  }

  @ParameterizedTest
  @EnumSource(names = {"BEFORE_EXECUTION", "AFTER_EXECUTION", "ANCHORED", "RELEASED"})
  @Tag("long")
  void aWorkerIsKilledAndDoesNotComeBack(FaultPoint.Moment moment) {
    EnigmaClient alice = network.impatientClient(1);
    EnigmaClient bob = network.impatientClient(2);
    SecretContract token = Network.deployToken(alice, SUPPLY);
    long sentAt = alice.blockNumber();
    long usual =
        token
                .call("transfer", bob.address(), 100)
                .await(TaskStage.COMMITTED, PATIENCE)
                .orThrow()
                .block()
                .orElseThrow()
            - sentAt;
    int holder = network.holder(alice, token);

    Task task = killedDuring(moment, token, bob.address(), holder);
    long killedAt = alice.blockNumber();

    thenHappenedOnce(task, token, alice, bob);
    // Two blocks until the silence shows, one for the challenge, the failover, and the commit; more
    // on a machine that needs more than two for a task without any fault.
    assertThat(task.await(TaskStage.COMMITTED, PATIENCE).orThrow().block().orElseThrow() - killedAt)
        .isLessThan(2 * alice.parameters().failoverBlocks() + 10 * Math.max(0, usual - 2));
    network.testnet().restartWorker(holder);
    thenNothingHappensAgain(token, alice);
  }

  @ParameterizedTest
  @EnumSource(names = {"BEFORE_EXECUTION", "AFTER_EXECUTION", "ANCHORED", "RELEASED", "COMMITTED"})
  @Tag("long")
  void aWorkerIsKilledAndStartsAgain(FaultPoint.Moment moment) {
    EnigmaClient alice = network.impatientClient(3);
    EnigmaClient bob = network.impatientClient(4);
    SecretContract token = Network.deployToken(alice, SUPPLY);
    token.call("transfer", bob.address(), 100).await(TaskStage.COMMITTED, PATIENCE).orThrow();
    int holder = network.holder(alice, token);

    Task task = killedDuring(moment, token, bob.address(), holder);
    network.testnet().restartWorker(holder);

    thenHappenedOnce(task, token, alice, bob);
    thenNothingHappensAgain(token, alice);
  }

  /**
   * The holder is alive, so nobody challenges it, but it is stuck with an anchored batch. The next
   * rank's first batch is that one; it is admitted because the same call settles the overdue task.
   */
  @Test
  @Tag("long")
  void aStuckWorkerIsReplacedForAnOverdueTaskBehindABatchOfItsOwn() {
    EnigmaClient alice = network.impatientClient(5);
    EnigmaClient bob = network.impatientClient(6);
    SecretContract token = Network.deployToken(alice, SUPPLY);
    token.call("transfer", bob.address(), 100).await(TaskStage.COMMITTED, PATIENCE).orThrow();
    int holder = network.holder(alice, token);
    faults.arm(Role.WORKER, holder, FaultPoint.Moment.RELEASED);
    Task stuck = token.call("transfer", bob.address(), 300);
    faults.await(Role.WORKER, holder);

    Task overdue =
        token.call(
            CallOptions.DEFAULT.withRoute(CallOptions.Route.POSTED).withGasLimit(1_000_000),
            "transfer",
            List.of(bob.address(), 100));

    assertThat(overdue.await(TaskStage.COMMITTED, PATIENCE).orThrow().value(Boolean.class))
        .isTrue();
    assertThat(stuck.await(TaskStage.COMMITTED, PATIENCE).orThrow().value(Boolean.class)).isTrue();
    assertThat(takeOvers(token)).containsExactly(overdue.taskId());
    assertThat(balance(token, alice.address())).isEqualTo(SUPPLY - 500);
    network.testnet().killWorker(holder);
    faults.disarm(Role.WORKER, holder);
    network.testnet().restartWorker(holder);
    thenNothingHappensAgain(token, alice);
  }

  @Test
  @Tag("long")
  void keyManagersThatDieAfterAnAcknowledgementAndForgetItCountAgain() {
    EnigmaClient alice = network.impatientClient(7);
    EnigmaClient bob = network.impatientClient(8);
    SecretContract token = Network.deployToken(alice, SUPPLY);
    int sent = 0;
    for (int index = 0; index < 3; index++) {
      faults.arm(Role.KEY_MANAGER, index, FaultPoint.Moment.ACKNOWLEDGED);
      Task task = token.call("transfer", bob.address(), 10);
      sent += 10;
      faults.await(Role.KEY_MANAGER, index);
      network.testnet().stopKeyManager(index);
      faults.disarm(Role.KEY_MANAGER, index);
      assertThat(task.await(TaskStage.COMMITTED, PATIENCE).orThrow().value(Boolean.class)).isTrue();

      network.testnet().restartKeyManager(index);
      Instant deadline = Instant.now().plus(PATIENCE);
      while (!network.testnet().counts(index)) {
        assertThat(Instant.now()).as("key manager %d counts", index).isBefore(deadline);
        token.call("transfer", bob.address(), 1).await(TaskStage.COMMITTED, PATIENCE).orThrow();
        sent++;
      }
    }
    assertThat(balance(token, alice.address())).isEqualTo(SUPPLY - sent);
    assertThat(balance(token.as(bob), bob.address())).isEqualTo(sent);
  }

  /** What let workers take the contract's realm over: overdue tasks, zero for a challenge. */
  private List<Bytes32> takeOvers(SecretContract contract) {
    try (EthereumRpc rpc = new EthereumRpc(network.testnet().ethereumUrl())) {
      EnigmaContract enigma = new EnigmaContract(rpc, network.testnet().enigma());
      return rpc.logs(List.of(enigma.address()), 0, rpc.blockNumber()).stream()
          .flatMap(log -> enigma.event(log).stream())
          .filter(Enigma.Event.FailedOver.class::isInstance)
          .map(Enigma.Event.FailedOver.class::cast)
          .filter(over -> Bytes32.of(over.realm()).equals(contract.realm()))
          .map(over -> Bytes32.of(over.overdue()))
          .toList();
    }
  }

  /** The worker that came back settles what it has; the contract's state stays what it is. */
  private void thenNothingHappensAgain(SecretContract token, EnigmaClient alice) {
    int before = balance(token, alice.address());
    token.call("transfer", alice.address(), 0).await(TaskStage.COMMITTED, PATIENCE).orThrow();
    assertThat(balance(token, alice.address())).isEqualTo(before);
  }
}
