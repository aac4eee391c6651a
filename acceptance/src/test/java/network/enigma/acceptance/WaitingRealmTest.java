package network.enigma.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import network.enigma.chain.EthereumRpc;
import network.enigma.client.CallOptions;
import network.enigma.client.EnigmaClient;
import network.enigma.client.RealmOptions;
import network.enigma.client.SecretContract;
import network.enigma.client.Task;
import network.enigma.client.TaskResult;
import network.enigma.client.TaskStage;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Role;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Results of realms that wait for their commit (rule S3), on a network whose enclaves see a block
 * only when two more have come: the commit is told to the host before the enclave can believe it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WaitingRealmTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int SUPPLY = 1_000;

  private final FaultPoint faults = new FaultPoint();
  private Network network;
  private EnigmaClient alice;
  private EnigmaClient bob;

  @BeforeAll
  void start() {
    network = Network.start(options -> options.finalityBlocks(2).channels(faults::between));
    alice = network.impatientClient(1);
    bob = network.client(2);
  }

  @AfterAll
  void close() throws IOException {
    network.close();
  }

  private SecretContract deployCarefulToken() {
    return Network.deployToken(alice, SUPPLY, new RealmOptions(true, false));
  }

  /** Sends a transfer and kills the holder when the chain has its commit and nobody its result. */
  private Task killedBeforeItsResult(SecretContract token, int holder) {
    faults.arm(Role.WORKER, holder, FaultPoint.Moment.COMMITTED);
    Task task = token.call("transfer", bob.address(), 400);
    faults.await(Role.WORKER, holder);
    network.testnet().killWorker(holder);
    faults.disarm(Role.WORKER, holder);
    return task;
  }

  @Test
  void aResultComesWithItsCommitAndNotBefore() {
    SecretContract careful = deployCarefulToken();
    List<Long> committedBeforeResult = new CopyOnWriteArrayList<>();

    Task task = careful.call("transfer", bob.address(), 5);
    task.onProgress(progress -> {
      if (progress.result().isPresent()) {
        committedBeforeResult.add(alice.realm(careful.realm()).sequence());
      }
    });
    TaskResult result = task.await(TaskStage.FINAL, PATIENCE).orThrow();

    assertThat(result.value(Boolean.class)).isTrue();
    assertThat(committedBeforeResult)
        .isNotEmpty()
        .allMatch(committed -> committed >= result.sequence());
  }

  @Test
  void aResultIsNotLostWithAHostThatStartsAgain() {
    SecretContract careful = deployCarefulToken();
    int holder = network.holder(alice, careful);

    Task task = killedBeforeItsResult(careful, holder);
    network.testnet().restartWorker(holder);

    assertThat(task.await(TaskStage.COMMITTED, PATIENCE).orThrow().value(Boolean.class)).isTrue();
    assertThat(careful.as(bob).query("balanceOf", bob.address()).value(BigInteger.class))
        .isEqualTo(400);
  }

  @Test
  @Tag("long")
  void aResultIsNotLostWithAHostThatNeverComesBack() {
    SecretContract careful = deployCarefulToken();
    int holder = network.holder(alice, careful);

    Task task = killedBeforeItsResult(careful, holder);
    CallOptions posted = CallOptions.DEFAULT.withRoute(CallOptions.Route.POSTED);
    Task next = careful.call(posted, "transfer", List.of(bob.address(), 1));

    assertThat(next.await(TaskStage.COMMITTED, PATIENCE).orThrow().value(Boolean.class)).isTrue();
    assertThat(task.await(TaskStage.COMMITTED, PATIENCE).orThrow().value(Boolean.class)).isTrue();
    network.testnet().restartWorker(holder);
  }

  /**
   * A client cannot see whether a task ran whose result no node shows, and keeps what opens it. The
   * other workers know nothing of the order: else they might take the realm over for it, and have
   * the result.
   */
  @Test
  void aResultThatNoNodeHasIsMissingAndComesWithTheHost() {
    SecretContract careful = deployCarefulToken();
    int holder = network.holder(alice, careful);
    List<Integer> others = IntStream.range(0, 3).filter(each -> each != holder).boxed().toList();
    others.forEach(network.testnet()::killWorker);

    Task task = killedBeforeItsResult(careful, holder);
    others.forEach(network.testnet()::restartWorker);
    long tooLate = alice.parameters().maxOrderBlocks() + alice.parameters().maxBatchAge() + 5L;
    try (EthereumRpc chain = new EthereumRpc(network.testnet().ethereumUrl())) {
      chain.call("anvil_mine", "0x" + Long.toHexString(tooLate));
    }
    assertThatThrownBy(() -> task.await(TaskStage.COMMITTED, PATIENCE))
        .isInstanceOfSatisfying(
            EnigmaException.class,
            missing -> assertThat(missing.code()).isEqualTo(ErrorCode.RESULT_MISSING));
    network.testnet().restartWorker(holder);

    Task again = alice.resume(task.taskId());
    assertThat(again.await(TaskStage.COMMITTED, PATIENCE).orThrow().value(Boolean.class)).isTrue();
  }
}
