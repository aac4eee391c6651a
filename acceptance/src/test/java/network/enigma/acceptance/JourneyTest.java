package network.enigma.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import network.enigma.chain.BlockTag;
import network.enigma.chain.Call;
import network.enigma.chain.EthereumAccount;
import network.enigma.chain.EthereumRpc;
import network.enigma.client.CallOptions;
import network.enigma.client.DeployOptions;
import network.enigma.client.EnigmaClient;
import network.enigma.client.RealmOptions;
import network.enigma.client.SecretContract;
import network.enigma.client.Task;
import network.enigma.client.TaskResult;
import network.enigma.client.TaskStage;
import network.enigma.client.store.FileClientStore;
import network.enigma.contracts.RichestBoard;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a user does with a secret contract, from deployment to the final word. */
@ExtendWith(SharedNetwork.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JourneyTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final long SUPPLY = 1_000_000;

  private final Network network;
  private final EnigmaClient alice;
  private final EnigmaClient bob;
  private SecretContract token;

  JourneyTest(Network network) {
    this.network = network;
    this.alice = network.client(1);
    this.bob = network.client(2);
  }

  @BeforeAll
  void aliceDeploysASecretToken() {
    token = Network.deployToken(alice, SUPPLY);
  }

  private static BigInteger balance(SecretContract token, EnigmaClient holder) {
    return token.as(holder).query("balanceOf", holder.address()).value(BigInteger.class);
  }

  @Test
  void aTransferMovesFromOneUsersBalanceToTheOthersAndEachReadsOnlyTheirOwn() {
    BigInteger had = balance(token, bob);

    assertThat(token.call("transfer", bob.address(), 250).await().value(Boolean.class)).isTrue();

    assertThat(balance(token, bob)).isEqualTo(had.add(BigInteger.valueOf(250)));
    assertThatThrownBy(() -> token.as(bob).query("balanceOf", alice.address()))
        .isInstanceOfSatisfying(
            EnigmaException.class,
            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.EXECUTION_REVERTED))
        .hasMessageContaining("NotYours");
    assertThatThrownBy(() -> token.queryAnonymously("balanceOf", alice.address()))
        .hasMessageContaining("NotYours");
  }

  @Test
  void aClientThatIsGivenTheChainAloneFindsTheNodes() {
    EnigmaClient carol = network.clientOfTheChain(3);
    SecretContract hers = token.as(carol);
    BigInteger had = balance(token, carol);

    token.call("transfer", carol.address(), 30).await();
    hers.call("transfer", bob.address(), 20).await(TaskStage.COMMITTED, PATIENCE).orThrow();

    assertThat(balance(token, carol)).isEqualTo(had.add(BigInteger.TEN));
  }

  @Test
  void aRealmThatWaitsForCommitGivesNoResultBefore() {
    SecretContract careful = Network.deployToken(alice, SUPPLY, new RealmOptions(true, false));
    List<Long> committedBeforeResult = new CopyOnWriteArrayList<>();

    Task task = careful.call("transfer", bob.address(), 5);
    task.onProgress(progress -> {
      if (progress.result().isPresent()) {
        committedBeforeResult.add(alice.realm(careful.realm()).sequence());
      }
    });
    long sequence = task.await(TaskStage.FINAL, PATIENCE).orThrow().sequence();

    assertThat(committedBeforeResult).isNotEmpty().allMatch(committed -> committed >= sequence);
  }

  @Test
  void theGasOfPastCallsOffersALimitWithAQuarterToSpare() {
    TaskResult past = token.call("transfer", bob.address(), 3).await();

    long limit = token.gasOfPastCalls("transfer", List.of(bob.address(), 3)).orElseThrow();

    assertThat(limit).isGreaterThanOrEqualTo(past.gasUsed() * 5 / 4);
    CallOptions limited = CallOptions.DEFAULT.withGasLimit(limit);
    assertThat(token.call(limited, "transfer", List.of(bob.address(), 4)).await().succeeded())
        .isTrue();
    assertThat(token.gasOfPastCalls("approve", List.of(bob.address(), 3))).isEmpty();
  }

  @Test
  void whatIsNotSpentComesBackOut() {
    EnigmaClient dave = network.client(4);
    long amount = 1_000;
    dave.allocate(token.realm(), 2 * amount);
    long balance = dave.balance();
    BigInteger outside = dave.tokens();

    dave.withdraw(dave.address(), amount);
    dave.leave(token.realm(), amount);

    assertThat(dave.balance()).isEqualTo(balance - amount);
    assertThat(dave.tokens()).isEqualTo(outside.add(BigInteger.valueOf(amount)));
    assertThat(dave.allocation(token.realm()).leaving()).isEqualTo(amount);
    assertThatThrownBy(() -> dave.finishLeave(token.realm()))
        .isInstanceOfSatisfying(
            EnigmaException.class,
            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.STILL_BONDED));
  }

  @Test
  void aDirectTaskGoesThroughAllFourStagesInOrder() {
    List<TaskStage> stages = new CopyOnWriteArrayList<>();

    Task task = token.call("transfer", bob.address(), 1);
    task.onProgress(progress -> stages.add(progress.stage()));
    TaskResult result = task.await(TaskStage.FINAL, PATIENCE);

    assertThat(stages).isSorted().endsWith(TaskStage.COMMITTED, TaskStage.FINAL);
    assertThat(result.succeeded()).isTrue();
    assertThat(result.transaction()).isPresent();
    assertThat(result.fee()).isPositive();
  }

  @Test
  void aPostedTaskNeedsNoNodeToAcceptItAndPaysFromTheBalance() {
    long before = bob.balance();
    token.call("transfer", bob.address(), 10).await();

    TaskResult result =
        token
            .as(bob)
            .call(
                CallOptions.DEFAULT.withRoute(CallOptions.Route.POSTED).withGasLimit(200_000),
                "transfer",
                List.of(alice.address(), 10))
            .await(TaskStage.COMMITTED, PATIENCE)
            .orThrow();

    assertThat(result.value(Boolean.class)).isTrue();
    assertThat(before - bob.balance()).isEqualTo(result.fee() + bob.parameters().postFee());
  }

  @Test
  void aTaskIsFollowedToItsResultByAClientThatStartedLater(@TempDir Path directory) {
    Task sent;
    try (EnigmaClient first =
        network.client(1, builder -> builder.store(new FileClientStore(directory)))) {
      sent = token.as(first).call("transfer", bob.address(), 2);
    }
    EnigmaClient second =
        network.client(1, builder -> builder.store(new FileClientStore(directory)));

    TaskResult result = second.resume(sent.taskId()).await(TaskStage.FINAL, PATIENCE);

    assertThat(result.value(Boolean.class)).isTrue();
    assertThat(second.record(sent.taskId())).isEmpty();
    assertThatThrownBy(() -> second.resume(sent.taskId()))
        .isInstanceOfSatisfying(
            EnigmaException.class,
            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.UNKNOWN_TASK));
  }

  @Test
  void aSessionKeySendsForItsOwnerUntilItIsRevoked() {
    token.call("transfer", bob.address(), 3).await();
    EnigmaClient session = alice.session(token.realm(), Duration.ofHours(1), 1_000_000);
    BigInteger had = balance(token, bob);

    token.as(session).call("transfer", bob.address(), 4).await();

    assertThat(balance(token, bob)).isEqualTo(had.add(BigInteger.valueOf(4)));
    assertThatThrownBy(() -> session.deposit(1))
        .isInstanceOfSatisfying(
            EnigmaException.class,
            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.NOT_PERMITTED));

    alice.revokeSessions(token.realm());
    network.awaitNewestBlock();
    token.call("transfer", bob.address(), 5).await().orThrow();

    assertThatThrownBy(() -> token.as(session).call("transfer", bob.address(), 6).await())
        .isInstanceOfSatisfying(
            EnigmaException.class,
            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.SESSION_REVOKED));
  }

  @Test
  void aSessionKeyCannotCostMoreThanItsOwnerAllowed() {
    token.call("transfer", bob.address(), 1).await();
    EnigmaClient session = alice.session(token.realm(), Duration.ofHours(1), 10);

    assertThatThrownBy(() -> token.as(session).call("transfer", bob.address(), 1).await())
        .isInstanceOfSatisfying(
            EnigmaException.class,
            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.SESSION_FEE_EXCEEDED));
  }

  @Test
  void aResultReachesAnOrdinaryEthereumContractByCallback() {
    SecretContract millionaires =
        alice
            .deploy(
                alice.compiler().compileSample("samples/Millionaires.sol"),
                List.of(),
                DeployOptions.DEFAULT)
            .await();
    try (EthereumRpc rpc = new EthereumRpc(network.testnet().ethereumUrl())) {
      Address board =
          new EthereumAccount(rpc, network.key(1))
              .execute(
                  Call.deployment(
                          RichestBoard.deployment(
                              alice.forwarder().toByteArray(),
                              millionaires.address().toByteArray()))
                      .withGasLimit(1_000_000))
              .contractAddress()
              .orElseThrow();
      millionaires.call("submit", 5).await();
      millionaires.as(bob).call("submit", 9).await();

      TaskResult result =
          millionaires
              .call("announceRichest", board)
              .await(TaskStage.COMMITTED, PATIENCE)
              .orThrow();

      assertThat(result.value(Address.class)).isEqualTo(bob.address());
      assertThat(
              Address.of(
                  RichestBoard.Results.richest(
                      rpc.callContract(board, Bytes.of(RichestBoard.richest()), BlockTag.LATEST)
                          .toByteArray())))
          .isEqualTo(bob.address());
    }
  }

  @Test
  void aClientThatWasNotToldToAcceptSimulatedEnclavesRefusesThem() {
    assertThatThrownBy(() -> network.client(1, builder -> builder.allowSimulated(false)))
        .isInstanceOfSatisfying(
            EnigmaException.class,
            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.SIMULATED_NETWORK));
  }
}
