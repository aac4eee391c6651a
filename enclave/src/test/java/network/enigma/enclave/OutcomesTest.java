package network.enigma.enclave;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import network.enigma.protocol.Batch;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.CallResult;
import network.enigma.protocol.CallbackCall;
import network.enigma.protocol.Charge;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Gas;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.MerkleTree;
import network.enigma.protocol.NetworkConfig;
import network.enigma.protocol.Outcome;
import network.enigma.protocol.Receipt;
import network.enigma.protocol.TaskOutcome;
import network.enigma.protocol.channel.TaskResult;
import network.enigma.protocol.channel.WorkerRequest;
import network.enigma.protocol.channel.WorkerResponse.AllRejected;
import network.enigma.protocol.channel.WorkerResponse.Executed;
import network.enigma.protocol.channel.WorkerResponse.ReleasedBatch;
import network.enigma.protocol.crypto.SigningKey;
import org.junit.jupiter.api.Test;

/** How tasks end, in public and for their sender (rules C9, C10, C12). */
class OutcomesTest {
  private final TestDapp dapp = new TestDapp();
  private final TestRealm realm = dapp.realm;

  @Test
  void aCallChangesTheStateAndOnlyItsSenderReadsTheResult() {
    dapp.ask(TestRuntime.set("name", "Ada"));
    TestTask question = dapp.call(TestRuntime.get("name")).build();
    TaskResult answer = realm.runOne(dapp.worker, question);
    assertThat(answer.receipt().outcome()).isEqualTo(Outcome.EXECUTED);
    assertThat(answer.receipt().resultHash()).isEqualTo(Keccak.hash(answer.result().toByteArray()));
    assertThat(question.open(answer).output()).isEqualTo(Bytes.ofText("Ada"));
    assertThat(answer.result().hex()).doesNotContain(Bytes.ofText("Ada").hex().substring(2));
  }

  @Test
  void aPublicInputIsAnsweredInTheClear() {
    TestTask question = dapp.call(TestRuntime.sender()).open().build();
    TaskResult answer = realm.runOne(dapp.worker, question);
    CallResult seen = question.open(answer);
    assertThat(seen.output()).isEqualTo(dapp.user.address().bytes());
    assertThat(answer.result().hex()).endsWith(Bytes.of(seen.encode()).hex().substring(2));
  }

  @Test
  void theReceiptOfAPublicInputDoesNotLetTheResultBeGuessed() {
    TestTask question = dapp.call(TestRuntime.sender()).open().build();
    TaskResult answer = realm.runOne(dapp.worker, question);
    assertThat(answer.receipt().resultHash())
        .isEqualTo(Keccak.hash(answer.result().toByteArray()))
        .isNotEqualTo(Keccak.hash(question.open(answer).encode()));
    TestTask again = dapp.call(TestRuntime.sender()).open().build();
    TaskResult second = realm.runOne(dapp.worker, again);
    assertThat(again.open(second)).isEqualTo(question.open(answer));
    assertThat(second.receipt().resultHash()).isNotEqualTo(answer.receipt().resultHash());
  }

  @Test
  void callbacksAreNeverInABatchWhoseHashCouldBeTriedOut() {
    TestTask asking = dapp.call(TestRuntime.callbacks(4, 940_000, 32)).build();
    assertThat(realm.run(dapp.worker, asking).callbacksWaiting()).isTrue();
    TestTask refused = dapp.call(TestRuntime.count()).generation(7).build();
    ReleasedBatch publicOnly = realm.run(dapp.worker, refused);
    assertThat(publicOnly.results().getFirst().receipt().outcome()).isEqualTo(Outcome.REFUSED);
    assertThat(publicOnly.batch().callbacks()).isEmpty();
    assertThat(publicOnly.callbacksWaiting()).isTrue();
    ReleasedBatch callbacksOnly = realm.run(dapp.worker);
    assertThat(callbacksOnly.batch().callbacks()).hasSize(1);
    assertThat(callbacksOnly.batch().receiptsRoot())
        .isNotEqualTo(MerkleTree.ofReceipts(List.of()).root());
  }

  @Test
  void aRevertLooksLikeASuccessInPublic() {
    TestTask failing = dapp.call(TestRuntime.revert("not enough")).build();
    TestTask working = dapp.call(TestRuntime.sender()).build();
    ReleasedBatch batch = realm.run(dapp.worker, failing, working);
    TaskResult failed = batch.results().get(0);
    TaskResult succeeded = batch.results().get(1);
    assertThat(failed.receipt().outcome()).isEqualTo(Outcome.EXECUTED);
    assertThat(failed.receipt().gasCharged()).isEqualTo(succeeded.receipt().gasCharged());
    assertThat(failed.result().length()).isEqualTo(succeeded.result().length());
    CallResult seen = failing.open(failed);
    assertThat(seen.failure()).contains(ErrorCode.EXECUTION_REVERTED);
    assertThat(seen.output()).isEqualTo(Bytes.ofText("not enough"));
  }

  @Test
  void runningOutOfGasLeavesNothingAndChargesTheLimitOnce() {
    dapp.ask(TestRuntime.set("name", "Ada"));
    TestTask failing = dapp.call(TestRuntime.outOfGas()).gasLimit(77_777).build();
    ReleasedBatch batch = realm.run(dapp.worker, failing);
    assertThat(failing.open(batch.results().getFirst()).failure()).contains(ErrorCode.OUT_OF_GAS);
    assertThat(batch.results().getFirst().receipt().gasCharged()).isEqualTo(77_777);
    assertThat(batch.batch().charges())
        .containsExactly(new Charge(dapp.user.address(), Gas.fee(77_777, 1_000).longValue()));
    assertThat(dapp.ask(TestRuntime.get("name")).output()).isEqualTo(Bytes.ofText("Ada"));
  }

  @Test
  void aConstructorThatRevertsDeploysNothingAndSaysSoToItsSenderOnly() {
    TestTask deployment =
        realm.task(dapp.owner).deploy("other", Bytes.ofText("no such token")).build();
    TaskResult result = realm.runOne(dapp.worker, deployment);
    assertThat(result.receipt().outcome()).isEqualTo(Outcome.EXECUTED);
    CallResult seen = deployment.open(result);
    assertThat(seen.failure()).contains(ErrorCode.CONSTRUCTOR_REVERTED);
    assertThat(seen.output()).isEqualTo(Bytes.ofText("no such token"));

    TestTask call =
        realm.task(dapp.user).call(deployment.order().target(), TestRuntime.sender()).build();
    TaskResult later = realm.runOne(dapp.worker, call);
    assertThat(later.receipt().outcome()).isEqualTo(Outcome.EXECUTED);
    assertThat(call.open(later).failure()).contains(ErrorCode.UNKNOWN_CONTRACT);
  }

  @Test
  void aCallToNobodyEndsWithATypedFailureAndCostsGas() {
    TestTask call = realm.task(dapp.user).call(dapp.owner.address(), TestRuntime.sender()).build();
    TaskResult result = realm.runOne(dapp.worker, call);
    assertThat(call.open(result).failure()).contains(ErrorCode.UNKNOWN_CONTRACT);
    assertThat(result.receipt().gasCharged()).isPositive();
  }

  @Test
  void gasIsChargedRoundedUpOrInFullWhereTheContractAsks() {
    TestTask normal = dapp.call(TestRuntime.sender()).build();
    TestTask full = dapp.call(TestRuntime.fullCharge()).build();
    ReleasedBatch batch = realm.run(dapp.worker, normal, full);
    assertThat(batch.results().get(0).receipt().gasCharged())
        .isEqualTo(Gas.roundedUp(TestRuntime.GAS));
    assertThat(batch.results().get(1).receipt().gasCharged()).isEqualTo(200_000);
    assertThat(full.open(batch.results().get(1)).gasUsed()).isEqualTo(TestRuntime.GAS);
  }

  @Test
  void anOutputBeyondItsLimitIsATypedFailure() {
    CallResult result = dapp.ask(TestRuntime.output(1 << 20));
    assertThat(result.failure()).contains(ErrorCode.OUTPUT_TOO_LARGE);
  }

  @Test
  void receiptsChargesAndStateHashFitTogether() {
    SigningKey other = TestTask.key("other");
    realm.allocate(other.address(), TestDapp.ALLOCATED);
    dapp.testbed.mine();
    TestTask first = dapp.call(TestRuntime.count()).build();
    TestTask second =
        realm.task(other).call(dapp.contract, TestRuntime.count()).gasPrice(2_001).build();
    TestTask third = dapp.call(TestRuntime.count()).build();
    ReleasedBatch released = realm.run(dapp.worker, first, second, third);
    Batch batch = released.batch();
    List<Receipt> receipts = released.results().stream().map(TaskResult::receipt).toList();
    assertThat(batch.receiptsRoot()).isEqualTo(MerkleTree.ofReceipts(receipts).root());
    assertThat(receipts).extracting(Receipt::sequence).containsExactly(2L, 3L, 4L);
    assertThat(batch.count()).isEqualTo(3);
    long gas = Gas.roundedUp(TestRuntime.GAS);
    assertThat(batch.charges())
        .containsExactlyInAnyOrder(
            new Charge(dapp.user.address(), 2 * Gas.fee(gas, 1_000).longValue()),
            new Charge(other.address(), Gas.fee(gas, 2_001).longValue()));
    assertThat(batch.deltaHash()).isEqualTo(Keccak.hash(realm.deltas.getLast().toByteArray()));
    assertThat(batch.payee()).isEqualTo(Testbed.PAYEE);
    assertThat(
            batch
                .head(dapp.testbed.chain.storedStateHash(realm.id))
                .signer(dapp.testbed.domain(), released.signature()))
        .isEqualTo(dapp.worker.address);
  }

  @Test
  void randomnessDiffersFromTaskToTask() {
    assertThat(dapp.ask(TestRuntime.random()).output())
        .isNotEqualTo(dapp.ask(TestRuntime.random()).output());
  }

  @Test
  void theSameTasksRunAgainAreSealedDifferently() {
    TestTask task = dapp.call(TestRuntime.random()).build();
    Executed first = realm.execute(dapp.worker, task);
    dapp.worker.restart();
    realm.takeLease(dapp.worker, 1);
    Executed again = realm.execute(dapp.worker, task);
    assertThat(again.endSequence()).isEqualTo(first.endSequence());
    assertThat(again.sealedDelta()).isNotEqualTo(first.sealedDelta());
    assertThat(again.stateHash()).isNotEqualTo(first.stateHash());
  }

  @Test
  void callbacksTravelInTheBatchAndInTheReceipt() {
    TestTask task = dapp.call(TestRuntime.callbacks(2, 100_000, 64)).build();
    ReleasedBatch released = realm.run(dapp.worker, task);
    List<CallbackCall> callbacks = released.batch().callbacks();
    assertThat(callbacks).hasSize(2);
    assertThat(callbacks)
        .allSatisfy(call -> {
          assertThat(call.taskId()).isEqualTo(task.taskId());
          assertThat(call.secretContract()).isEqualTo(dapp.contract);
          assertThat(call.target()).isEqualTo(dapp.user.address());
        });
    assertThat(released.results().getFirst().receipt().callbackHash())
        .isEqualTo(CallbackCall.listHash(callbacks));
    assertThat(released.callbacksWaiting()).isFalse();
  }

  @Test
  void callbacksThatDoNotFitABatchWaitForTheNextWithoutClosingIt() {
    TestTask first = dapp.call(TestRuntime.callbacks(3, 940_000, 32)).build();
    TestTask second = dapp.call(TestRuntime.callbacks(4, 940_000, 32)).build();
    TestTask third = dapp.call(TestRuntime.count()).build();
    ReleasedBatch released = realm.run(dapp.worker, first, second, third);
    assertThat(released.batch().count()).isEqualTo(3);
    assertThat(released.batch().callbacks()).hasSize(3);
    assertThat(released.callbacksWaiting()).isTrue();

    ReleasedBatch next = realm.run(dapp.worker);
    assertThat(next.results()).isEmpty();
    assertThat(next.batch().count()).isEqualTo(1);
    assertThat(next.batch().callbacks()).hasSize(3);
    assertThat(next.callbacksWaiting()).isTrue();
    ReleasedBatch last = realm.run(dapp.worker);
    assertThat(last.batch().callbacks()).hasSize(1);
    assertThat(last.callbacksWaiting()).isFalse();
    assertThat(dapp.worker.call(realm.executeRequest())).isInstanceOf(AllRejected.class);
  }

  @Test
  void callbacksWithoutGasCountToo() {
    TestTask[] tasks = new TestTask[13];
    for (int i = 0; i < tasks.length; i++) {
      tasks[i] = dapp.call(TestRuntime.callbacks(4, 0, 0)).build();
    }
    ReleasedBatch released = realm.run(dapp.worker, tasks);
    assertThat(released.batch().callbacks()).hasSize(50);
    assertThat(released.callbacksWaiting()).isTrue();
  }

  @Test
  void longCallbackDataKeepsTheCalldataWithin64Kibibytes() {
    TestTask[] tasks = new TestTask[4];
    for (int i = 0; i < tasks.length; i++) {
      tasks[i] = dapp.call(TestRuntime.callbacks(4, 10_000, 4_096)).build();
    }
    ReleasedBatch released = realm.run(dapp.worker, tasks);
    int bytes =
        released.batch().callbacks().stream().mapToInt(call -> call.data().length() + 224).sum();
    assertThat(bytes).isLessThanOrEqualTo(36 * 1024);
    assertThat(released.callbacksWaiting()).isTrue();
  }

  @Test
  void aPostedTaskIsPaidFromItsReserve() {
    TestTask task = dapp.call(TestRuntime.count()).build().posted();
    dapp.testbed.store(task.order(), posted -> posted);
    dapp.testbed.mine();
    ReleasedBatch released = realm.run(dapp.worker, task);
    long gas = Gas.roundedUp(TestRuntime.GAS);
    assertThat(released.batch().outcomes())
        .containsExactly(TaskOutcome.executed(task.taskId(), Gas.fee(gas, 1_000).longValue()));
    assertThat(released.batch().charges()).isEmpty();
  }

  @Test
  void aTaskSentAndPostedRunsOnceAndThePostedCopyIsRefunded() {
    TestTask task = dapp.call(TestRuntime.count()).build();
    dapp.testbed.store(task.order(), posted -> posted);
    dapp.testbed.mine();
    ReleasedBatch released = realm.run(dapp.worker, task, task.posted());
    assertThat(released.results())
        .extracting(result -> result.receipt().outcome())
        .containsExactly(Outcome.EXECUTED, Outcome.DUPLICATE);
    assertThat(released.batch().outcomes()).containsExactly(TaskOutcome.duplicate(task.taskId()));
    TaskResult duplicate = released.results().get(1);
    assertThat(duplicate.receipt().gasCharged()).isZero();
    assertThat(duplicate.receipt().resultHash()).isEqualTo(Bytes32.zero());
  }

  @Test
  void aTaskPostedFirstIsNotRunAgainWhenSent() {
    TestTask task = dapp.call(TestRuntime.count()).build();
    dapp.testbed.store(task.order(), posted -> posted);
    dapp.testbed.mine();
    realm.run(dapp.worker, task.posted());
    AllRejected rejected = (AllRejected) dapp.worker.call(realm.executeRequest(task));
    assertThat(rejected.rejected().getFirst().code()).isEqualTo(ErrorCode.USED_SALT);
  }

  @Test
  void aPostedTaskThatWasSettledIsNotSettledAgainAsADuplicate() {
    TestTask task = dapp.call(TestRuntime.count()).build();
    dapp.testbed.store(task.order(), posted -> posted);
    dapp.testbed.mine();
    realm.run(dapp.worker, task.posted());
    AllRejected again = (AllRejected) dapp.worker.call(realm.executeRequest(task.posted()));
    assertThat(again.rejected().getFirst().code()).isEqualTo(ErrorCode.TASK_CLOSED);
  }

  @Test
  void aDuplicateIsSettledOnce() {
    TestTask task = dapp.call(TestRuntime.count()).build();
    dapp.testbed.store(task.order(), posted -> posted);
    dapp.testbed.mine();
    realm.run(dapp.worker, task, task.posted());
    AllRejected again = (AllRejected) dapp.worker.call(realm.executeRequest(task.posted()));
    assertThat(again.rejected().getFirst().code()).isEqualTo(ErrorCode.TASK_CLOSED);
  }

  @Test
  void aBatchTakesAsManyTasksAsFitAndLeavesTheRest() {
    TestTask[] tasks = new TestTask[260];
    for (int i = 0; i < tasks.length; i++) {
      tasks[i] =
          dapp.call(TestRuntime.count()).gasLimit(40_000).gasPrice(1).open().build().posted();
      dapp.testbed.store(tasks[i].order(), posted -> posted);
    }
    dapp.testbed.mine();
    Executed executed = realm.execute(dapp.worker, tasks);
    assertThat(executed.taken()).isEqualTo(Batch.MAXIMUM_OUTCOMES);
    assertThat(realm.anchor(dapp.worker, executed).batches().getFirst().batch().outcomes())
        .hasSize(Batch.MAXIMUM_OUTCOMES);
  }

  @Test
  void everyDeltaHasAtLeast4KibibytesAndSaysNothingOfItsTasks() {
    Executed executed = realm.execute(dapp.worker, dapp.call(TestRuntime.count()).build());
    realm.anchor(dapp.worker, executed);
    assertThat(executed.sealedDelta().length()).isGreaterThanOrEqualTo(4_096);
    Executed other =
        realm.execute(dapp.worker, dapp.call(TestRuntime.set("a", "b".repeat(200))).build());
    assertThat(other.sealedDelta().length()).isEqualTo(executed.sealedDelta().length());
  }

  @Test
  void theStateOfARealmIsBounded() {
    NetworkConfig.Parameters small = TestbedParameters.withStateBytes(100);
    TestDapp bounded = new TestDapp(0, small);
    CallResult result = bounded.ask(TestRuntime.set("name", "x".repeat(200)));
    assertThat(result.failure()).contains(ErrorCode.STATE_TOO_LARGE);
    assertThat(bounded.ask(TestRuntime.get("name")).output()).isEqualTo(Bytes.empty());
  }

  @Test
  void withoutTasksAndWaitingCallbacksThereIsNoBatch() {
    WorkerRequest.Execute nothing = realm.executeRequest();
    assertThat(dapp.worker.call(nothing)).isEqualTo(new AllRejected(List.of()));
  }
}
