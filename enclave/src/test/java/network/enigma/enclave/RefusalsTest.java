package network.enigma.enclave;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import network.enigma.ethereum.storage.PostedTask;
import network.enigma.protocol.Acceptance;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Charge;
import network.enigma.protocol.DeployData;
import network.enigma.protocol.Envelope;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Gas;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.Outcome;
import network.enigma.protocol.Receipt;
import network.enigma.protocol.SessionKey;
import network.enigma.protocol.TaskKind;
import network.enigma.protocol.TaskOrder;
import network.enigma.protocol.channel.TaskInput;
import network.enigma.protocol.channel.TaskResult;
import network.enigma.protocol.channel.WorkerRequest;
import network.enigma.protocol.channel.WorkerResponse.Accepted;
import network.enigma.protocol.channel.WorkerResponse.AllRejected;
import network.enigma.protocol.channel.WorkerResponse.Rejected;
import network.enigma.protocol.channel.WorkerResponse.ReleasedBatch;
import network.enigma.protocol.crypto.SigningKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is wrong with an order is told with a typed reason, and costs nothing or the base gas (rules
 * C7, C10).
 */
class RefusalsTest {
  private static final SigningKey SESSION = TestTask.key("session");
  private final TestDapp dapp = new TestDapp();
  private final TestRealm realm = dapp.realm;

  private static Arguments rejected(
      ErrorCode code, String because, Function<TestDapp, TestTask> task) {
    return Arguments.of(code, because, task);
  }

  static Stream<Arguments> rejectedTasks() {
    Bytes count = TestRuntime.count();
    return Stream.of(
        rejected(
            ErrorCode.BAD_SIGNATURE,
            "somebody else signed it",
            dapp -> dapp.call(count).signedBy(TestTask.key("thief")).build()),
        rejected(
            ErrorCode.BAD_SIGNATURE,
            "a field was changed after signing",
            dapp -> {
              TestTask task = dapp.call(count).build();
              TaskOrder order = task.order();
              TaskOrder dearer =
                  new TaskOrder(
                      order.sender(),
                      order.realm(),
                      order.target(),
                      order.kind(),
                      order.codeHash(),
                      order.inputHash(),
                      order.gasLimit() + 1,
                      order.gasPrice(),
                      order.expiry(),
                      order.salt());
              return task.withInput(
                  new TaskInput(
                      dearer,
                      task.input().authorization(),
                      task.input().envelope(),
                      task.input().deploy()));
            }),
        rejected(
            ErrorCode.WRONG_REALM,
            "it is for another realm",
            dapp ->
                dapp.call(count)
                    .ordered(order -> with(order, Keccak.hashText("elsewhere")))
                    .build()),
        rejected(
            ErrorCode.INPUT_HASH_MISMATCH,
            "its envelope is another one",
            dapp ->
                dapp.call(count).build().withEnvelope(dapp.call(count).build().input().envelope())),
        rejected(
            ErrorCode.EXPIRED_ORDER,
            "it expired before the header",
            dapp -> dapp.call(count).expiry(dapp.testbed.chain.tip().number() - 1).build()),
        rejected(
            ErrorCode.EXPIRY_TOO_FAR,
            "it lives too long",
            dapp -> dapp.call(count).expiry(dapp.testbed.chain.tip().number() + 61).build()),
        rejected(
            ErrorCode.EXPIRY_TOO_FAR,
            "it lives for ever",
            dapp -> dapp.call(count).expiry(-1).build()),
        rejected(
            ErrorCode.GAS_LIMIT_TOO_LOW,
            "gas limit 0",
            dapp -> dapp.call(count).gasLimit(0).build()),
        rejected(
            ErrorCode.GAS_LIMIT_TOO_LOW,
            "gas limit 1",
            dapp -> dapp.call(count).gasLimit(1).build()),
        rejected(
            ErrorCode.GAS_LIMIT_TOO_HIGH,
            "gas limit 2^64-1",
            dapp -> dapp.call(count).gasLimit(-1).build()),
        rejected(
            ErrorCode.GAS_PRICE_TOO_LOW,
            "gas price 0",
            dapp -> dapp.call(count).gasPrice(0).build()),
        rejected(
            ErrorCode.ALLOCATION_TOO_SMALL,
            "gas price 2^64-1",
            dapp -> dapp.call(count).gasPrice(-1).build()),
        rejected(
            ErrorCode.ALLOCATION_TOO_SMALL,
            "its sender has no allocation",
            dapp -> dapp.realm.task(TestTask.key("poor")).call(dapp.contract, count).build()),
        rejected(
            ErrorCode.UNSUPPORTED_KIND,
            "an upgrade is sent directly",
            dapp -> dapp.realm.task(dapp.owner).upgrade(dapp.contract, "code").build()),
        rejected(
            ErrorCode.UNSUPPORTED_KIND,
            "a query is sent as a task",
            dapp -> dapp.call(count).kind(TaskKind.QUERY).build()),
        rejected(
            ErrorCode.CODE_MISMATCH,
            "the code did not come along",
            dapp -> {
              TestTask task = dapp.realm.task(dapp.owner).deploy("other", Bytes.empty()).build();
              return task.withInput(
                  new TaskInput(
                      task.order(),
                      task.input().authorization(),
                      task.input().envelope(),
                      java.util.Optional.empty()));
            }),
        rejected(
            ErrorCode.CODE_MISMATCH,
            "other code came along",
            dapp ->
                withDeploy(
                    dapp.realm.task(dapp.owner).deploy("other", Bytes.empty()).build(),
                    DeployData.immutable(Bytes.ofText("yet another"), 0))),
        rejected(
            ErrorCode.DEPLOY_DATA_MISMATCH,
            "another authority came along",
            dapp ->
                withDeploy(
                    dapp.realm.task(dapp.owner).deploy("other", Bytes.empty()).build(),
                    new DeployData(Bytes.ofText("other"), 0, dapp.user.address(), 0))),
        rejected(
            ErrorCode.NOT_REALM_OWNER,
            "a stranger deploys",
            dapp -> dapp.realm.task(dapp.user).deploy("other", Bytes.empty()).build()),
        rejected(
            ErrorCode.SESSION_EXPIRED,
            "the session is over",
            dapp -> bySession(dapp, dapp.testbed.chain.tip().timestamp() - 1, -1, 0)),
        rejected(
            ErrorCode.SESSION_REVOKED,
            "the session is of another epoch",
            dapp -> bySession(dapp, -1, -1, 7)),
        rejected(
            ErrorCode.SESSION_FEE_EXCEEDED,
            "the session allows less",
            dapp -> bySession(dapp, -1, 199_999, 0)),
        rejected(
            ErrorCode.BAD_SIGNATURE,
            "the session is of another owner",
            dapp ->
                dapp.call(count)
                    .bySession(
                        new SessionKey(
                            dapp.owner.address(), SESSION.address(), dapp.realm.id, -1, -1, 0),
                        SESSION)
                    .build()),
        rejected(
            ErrorCode.WRONG_REALM,
            "the session is for another realm",
            dapp ->
                dapp.call(count)
                    .bySession(
                        new SessionKey(
                            dapp.user.address(),
                            SESSION.address(),
                            Keccak.hashText("elsewhere"),
                            -1,
                            -1,
                            0),
                        SESSION)
                    .build()),
        rejected(
            ErrorCode.TASK_CLOSED,
            "it is said to be posted and is not",
            dapp -> dapp.call(count).build().posted()));
  }

  private static TestTask bySession(TestDapp dapp, long notAfter, long maxFee, long epoch) {
    return dapp.call(TestRuntime.count())
        .bySession(
            new SessionKey(
                dapp.user.address(), SESSION.address(), dapp.realm.id, notAfter, maxFee, epoch),
            SESSION)
        .build();
  }

  private static TestTask withDeploy(TestTask task, DeployData data) {
    return task.withInput(
        new TaskInput(
            task.order(),
            task.input().authorization(),
            task.input().envelope(),
            java.util.Optional.of(data)));
  }

  private static TaskOrder with(TaskOrder order, Bytes32 realm) {
    return new TaskOrder(
        order.sender(),
        realm,
        order.target(),
        order.kind(),
        order.codeHash(),
        order.inputHash(),
        order.gasLimit(),
        order.gasPrice(),
        order.expiry(),
        order.salt());
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("rejectedTasks")
  void isLeftOutOfTheBatchAndNotAccepted(
      ErrorCode code, String because, Function<TestDapp, TestTask> made) {
    TestTask task = made.apply(dapp);
    AllRejected answer = (AllRejected) dapp.worker.call(realm.executeRequest(task));
    assertThat(answer.rejected()).extracting(Rejected::code).containsExactly(code);
    if (task.order().realm().equals(realm.id)) {
      assertThat(
              Testbed.failure(() ->
                      dapp.worker.call(
                          new WorkerRequest.Accept(
                              task.input(), dapp.testbed.chain.proofOfEverything())))
                  .code())
          .isEqualTo(code);
    }
    // The next task finds everything as it was.
    assertThat(dapp.ask(TestRuntime.count()).output().hex()).endsWith("01");
  }

  static Stream<Arguments> refusedTasks() {
    Bytes count = TestRuntime.count();
    return Stream.of(
        rejected(
            ErrorCode.WRONG_TENURE,
            "sealed to a later tenure",
            dapp -> dapp.call(count).tenure(2).build()),
        rejected(
            ErrorCode.WRONG_TENURE,
            "sealed to another generation",
            dapp -> dapp.call(count).generation(2).build()),
        rejected(
            ErrorCode.DECRYPTION_FAILED,
            "sealed for another realm",
            dapp ->
                dapp.call(count)
                    .sealedFor(c ->
                        context(Keccak.hashText("x"), c.target(), c.kind(), c.sender(), c.salt()))
                    .build()),
        rejected(
            ErrorCode.DECRYPTION_FAILED,
            "sealed for another contract",
            dapp ->
                dapp.call(count)
                    .sealedFor(
                        c -> context(c.realm(), Address.zero(), c.kind(), c.sender(), c.salt()))
                    .build()),
        rejected(
            ErrorCode.DECRYPTION_FAILED,
            "sealed for another kind",
            dapp ->
                dapp.call(count)
                    .sealedFor(
                        c -> context(c.realm(), c.target(), TaskKind.QUERY, c.sender(), c.salt()))
                    .build()),
        rejected(
            ErrorCode.DECRYPTION_FAILED,
            "sealed for another sender",
            dapp ->
                dapp.call(count)
                    .sealedFor(
                        c -> context(c.realm(), c.target(), c.kind(), Address.zero(), c.salt()))
                    .build()),
        rejected(
            ErrorCode.DECRYPTION_FAILED,
            "sealed for another order",
            dapp ->
                dapp.call(count)
                    .sealedFor(
                        c -> context(c.realm(), c.target(), c.kind(), c.sender(), Bytes32.zero()))
                    .build()),
        rejected(
            ErrorCode.CALLABLE_CODE_MISMATCH,
            "code that its Ethereum contract does not have",
            dapp -> {
              Address target = Address.lastBytesOf(Keccak.hashText("target"));
              dapp.testbed.chain.contract(target, Keccak.hashText("its code"));
              dapp.testbed.mine();
              return dapp.realm
                  .task(dapp.user)
                  .callable(target, Keccak.hashText("other code"), count)
                  .build();
            }),
        rejected(
            ErrorCode.UNSUPPORTED_DIALECT,
            "a language nobody runs",
            dapp ->
                dapp.realm
                    .task(dapp.owner)
                    .deploy(DeployData.immutable(Bytes.ofText("x"), 200), Bytes.empty())
                    .build()));
  }

  private static Envelope.Context context(
      Bytes32 realm, Address target, TaskKind kind, Address sender, Bytes32 salt) {
    return new Envelope.Context(realm, target, kind, sender, salt, Bytes32.zero());
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("refusedTasks")
  void isRefusedInPublicForTheBaseGas(
      ErrorCode code, String because, Function<TestDapp, TestTask> made) {
    TestTask task = made.apply(dapp);
    ReleasedBatch released = realm.run(dapp.worker, task);
    TaskResult result = released.results().getFirst();
    assertThat(result.receipt().outcome()).isEqualTo(Outcome.REFUSED);
    assertThat(result.code()).contains(code);
    assertThat(result.receipt().resultHash()).isEqualTo(Receipt.refusalHash(code));
    assertThat(result.result().isEmpty()).isTrue();
    long base = Gas.roundedUp(dapp.testbed.config.parameters().baseGas());
    assertThat(result.receipt().gasCharged()).isEqualTo(base);
    assertThat(released.batch().charges())
        .containsExactly(new Charge(task.order().sender(), Gas.fee(base, 1_000).longValue()));
  }

  @Test
  void everyFlippedBitOfAnEnvelopeIsFound() {
    Bytes envelope = dapp.call(TestRuntime.count()).build().input().envelope();
    // One bit in every part: header, encapsulated key of both kinds, ciphertext, tag.
    for (int at : new int[] {12, 500, 1_099, 1_115, 1_131, 1_140, envelope.length() - 1}) {
      TestTask task = dapp.call(TestRuntime.count()).build();
      byte[] flipped = task.input().envelope().toByteArray();
      flipped[at] ^= 0x10;
      TestTask damaged = reordered(task, Bytes.of(flipped));
      TaskResult result = realm.runOne(dapp.worker, damaged);
      assertThat(result.code()).contains(ErrorCode.DECRYPTION_FAILED);
    }
    for (int at : new int[] {0, 1, 2}) {
      TestTask task = dapp.call(TestRuntime.count()).build();
      byte[] flipped = task.input().envelope().toByteArray();
      flipped[at] ^= 0x10;
      TaskResult result = realm.runOne(dapp.worker, reordered(task, Bytes.of(flipped)));
      assertThat(result.code().orElseThrow())
          .isIn(ErrorCode.MALFORMED_ENVELOPE, ErrorCode.UNSUPPORTED_SUITE);
    }
  }

  /** The task with another envelope, which the order names and the sender signed. */
  private TestTask reordered(TestTask task, Bytes envelope) {
    TaskOrder order = task.order();
    TaskOrder named =
        new TaskOrder(
            order.sender(),
            order.realm(),
            order.target(),
            order.kind(),
            order.codeHash(),
            Keccak.hash(envelope.toByteArray()),
            order.gasLimit(),
            order.gasPrice(),
            order.expiry(),
            order.salt());
    Bytes32 taskId = named.taskId(dapp.testbed.domain());
    return new TestTask(
        new TaskInput(
            named,
            new TaskInput.Signed(dapp.user.sign(taskId)),
            envelope,
            java.util.Optional.empty()),
        taskId,
        task.responseKey());
  }

  @Test
  void aSaltIsUsedOncePerSender() {
    Bytes32 salt = Keccak.hashText("twice");
    realm.run(dapp.worker, dapp.call(TestRuntime.count()).salt(salt).build());
    TestTask again = dapp.call(TestRuntime.sender()).salt(salt).build();
    AllRejected answer = (AllRejected) dapp.worker.call(realm.executeRequest(again));
    assertThat(answer.rejected().getFirst().code()).isEqualTo(ErrorCode.USED_SALT);
    TestTask other =
        realm.task(dapp.owner).call(dapp.contract, TestRuntime.count()).salt(salt).build();
    assertThat(realm.runOne(dapp.worker, other).receipt().outcome()).isEqualTo(Outcome.EXECUTED);
  }

  @Test
  void aSaltIsRememberedUntilItsOrderHasExpired() {
    Bytes32 salt = Keccak.hashText("twice");
    long expiry = dapp.testbed.chain.tip().number() + 3;
    TestTask task = dapp.call(TestRuntime.count()).salt(salt).expiry(expiry).build();
    realm.commit(realm.run(dapp.worker, task));
    dapp.testbed.mine(5);
    AllRejected answer = (AllRejected) dapp.worker.call(realm.executeRequest(task));
    assertThat(answer.rejected().getFirst().code()).isEqualTo(ErrorCode.EXPIRED_ORDER);
  }

  @Test
  void anAllocationIsSpentOnceHoweverManyTasksWait() {
    SigningKey payer = TestTask.key("payer");
    long fee = Gas.fee(200_000, 1_000).longValue();
    realm.allocate(payer.address(), 2 * fee + 1);
    dapp.testbed.mine();
    TestTask[] tasks = new TestTask[3];
    for (int i = 0; i < 3; i++) {
      tasks[i] = realm.task(payer).call(dapp.contract, TestRuntime.count()).build();
    }
    var executed = realm.execute(dapp.worker, tasks);
    assertThat(executed.rejected())
        .extracting(Rejected::code)
        .containsExactly(ErrorCode.ALLOCATION_TOO_SMALL);
    // What the tasks left over is free again once they are anchored.
    realm.anchor(dapp.worker, executed);
    TestTask later = realm.task(payer).call(dapp.contract, TestRuntime.count()).build();
    assertThat(realm.runOne(dapp.worker, later).receipt().outcome()).isEqualTo(Outcome.EXECUTED);
  }

  @Test
  void whatLeavesAnAllocationIsNotSpent() {
    realm.leave(dapp.user.address(), TestDapp.ALLOCATED - 1);
    dapp.testbed.mine();
    AllRejected answer =
        (AllRejected)
            dapp.worker.call(realm.executeRequest(dapp.call(TestRuntime.count()).build()));
    assertThat(answer.rejected().getFirst().code()).isEqualTo(ErrorCode.ALLOCATION_TOO_SMALL);
  }

  @Test
  void aSessionKeySendsOrdersUntilItIsRevoked() {
    TestTask allowed = bySession(dapp, -1, -1, 0);
    assertThat(realm.runOne(dapp.worker, allowed).receipt().outcome()).isEqualTo(Outcome.EXECUTED);
    realm.revokeSessions(dapp.user.address());
    dapp.testbed.mine();
    AllRejected answer =
        (AllRejected) dapp.worker.call(realm.executeRequest(bySession(dapp, -1, -1, 0)));
    assertThat(answer.rejected().getFirst().code()).isEqualTo(ErrorCode.SESSION_REVOKED);
  }

  @Test
  void aPostedDeploymentByAStrangerIsRefused() {
    TestTask task = realm.task(dapp.user).deploy("other", Bytes.empty()).build().posted();
    dapp.testbed.store(task.order(), posted -> posted);
    dapp.testbed.mine();
    assertThat(realm.runOne(dapp.worker, task).code()).contains(ErrorCode.DEPLOY_NOT_ALLOWED);
  }

  @Test
  void aPostedTaskOfAnotherPayerIsNotRun() {
    TestTask task = dapp.call(TestRuntime.count()).build().posted();
    dapp.testbed.store(
        task.order(),
        posted ->
            new PostedTask(
                dapp.owner.address(), posted.postedAt(), posted.life(), posted.reserved()));
    dapp.testbed.mine();
    AllRejected answer = (AllRejected) dapp.worker.call(realm.executeRequest(task));
    assertThat(answer.rejected().getFirst().code()).isEqualTo(ErrorCode.ORDER_NOT_VALID);
  }

  @Test
  void aProofOfAnotherSlotProvesNothing() {
    SigningKey stranger = TestTask.key("stranger");
    realm.allocate(stranger.address(), TestDapp.ALLOCATED);
    dapp.testbed.mine();
    TestTask task = realm.task(stranger).call(dapp.contract, TestRuntime.count()).build();
    WorkerRequest.Execute request =
        new WorkerRequest.Execute(
            realm.id,
            dapp.testbed.chain.tip().number(),
            Testbed.PAYEE,
            java.util.List.of(task.input()),
            dapp.testbed.chain.proof(java.util.List.of(Bytes32.zero())));
    AllRejected answer = (AllRejected) dapp.worker.call(request);
    assertThat(answer.rejected().getFirst().code()).isEqualTo(ErrorCode.BAD_STATE_PROOF);
  }

  @Test
  void anAcceptanceIsSignedByTheEnclaveAndChangesNothing() {
    TestTask task = dapp.call(TestRuntime.count()).build();
    WorkerRequest.Accept request =
        new WorkerRequest.Accept(task.input(), dapp.testbed.chain.proofOfEverything());
    Accepted accepted = (Accepted) dapp.worker.call(request);
    assertThat(
            new Acceptance(task.taskId(), realm.id, accepted.headerNumber())
                .signer(dapp.testbed.domain(), accepted.signature()))
        .isEqualTo(dapp.worker.address);
    assertThat(dapp.worker.call(request)).isEqualTo(accepted);
    assertThat(realm.runOne(dapp.worker, task).receipt().outcome()).isEqualTo(Outcome.EXECUTED);
    assertThat(Testbed.failure(() -> dapp.worker.call(request)).code())
        .isEqualTo(ErrorCode.USED_SALT);
  }

  @Test
  void feesAreCountedWithoutOverflow() {
    assertThat(OrderRules.unsigned(-1)).isEqualTo(BigInteger.TWO.pow(64).subtract(BigInteger.ONE));
  }
}
