package network.enigma.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import network.enigma.client.DeployOptions;
import network.enigma.client.EnigmaClient;
import network.enigma.client.SecretContract;
import network.enigma.client.Task;
import network.enigma.client.TaskResult;
import network.enigma.client.TaskStage;
import network.enigma.protocol.Address;
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
  private static final Duration PATIENCE = Duration.ofMinutes(2);
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

  private EnigmaClient client(int account) {
    return network.client(account, builder -> builder.nodeTimeout(Duration.ofSeconds(3)));
  }

  private static SecretContract deployToken(EnigmaClient client) {
    return client
        .deploy(
            client.compiler().compileSample("samples/SecretToken.sol"),
            List.of(BigInteger.valueOf(SUPPLY)),
            DeployOptions.DEFAULT)
        .await();
  }

  private static int balance(SecretContract token, Address of) {
    return token.query("balanceOf", of).value(BigInteger.class).intValue();
  }

  /** Sends a transfer of 400 and kills the realm's holder at a moment of it. */
  private Task killedDuring(
      FaultPoint.Moment moment, SecretContract token, Address to, int holder) {
    faults.arm(holder, moment);
    Task task = token.call("transfer", to, 400);
    faults.await(holder);
    network.testnet().killWorker(holder);
    faults.disarm(holder);
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
  @EnumSource
  @Tag("long")
  void aWorkerIsKilledAndDoesNotComeBack(FaultPoint.Moment moment) {
    EnigmaClient alice = client(1);
    EnigmaClient bob = client(2);
    SecretContract token = deployToken(alice);
    token.call("transfer", bob.address(), 100).await(TaskStage.COMMITTED, PATIENCE).orThrow();
    int holder = network.holder(alice, token);

    Task task = killedDuring(moment, token, bob.address(), holder);
    long killedAt = alice.blockNumber();

    thenHappenedOnce(task, token, alice, bob);
    // Two blocks until the silence shows, one for the challenge, the failover, and the commit.
    assertThat(task.await(TaskStage.COMMITTED, PATIENCE).orThrow().block().orElseThrow() - killedAt)
        .isLessThan(2 * alice.parameters().failoverBlocks());
    network.testnet().restartWorker(holder);
    thenNothingHappensAgain(token, alice);
  }

  @ParameterizedTest
  @EnumSource
  @Tag("long")
  void aWorkerIsKilledAndStartsAgain(FaultPoint.Moment moment) {
    EnigmaClient alice = client(3);
    EnigmaClient bob = client(4);
    SecretContract token = deployToken(alice);
    token.call("transfer", bob.address(), 100).await(TaskStage.COMMITTED, PATIENCE).orThrow();
    int holder = network.holder(alice, token);

    Task task = killedDuring(moment, token, bob.address(), holder);
    network.testnet().restartWorker(holder);

    thenHappenedOnce(task, token, alice, bob);
    thenNothingHappensAgain(token, alice);
  }

  /** The worker that came back settles what it has; the contract's state stays what it is. */
  private void thenNothingHappensAgain(SecretContract token, EnigmaClient alice) {
    int before = balance(token, alice.address());
    token.call("transfer", alice.address(), 0).await(TaskStage.COMMITTED, PATIENCE).orThrow();
    assertThat(balance(token, alice.address())).isEqualTo(before);
  }
}
