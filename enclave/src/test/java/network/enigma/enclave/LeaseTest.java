package network.enigma.enclave;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import network.enigma.enclave.Testbed.TestWorker;
import network.enigma.ethereum.storage.EnigmaStorage;
import network.enigma.ethereum.storage.RealmHot;
import network.enigma.protocol.Address;
import network.enigma.protocol.Announcement;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Grant;
import network.enigma.protocol.Head;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.Outcome;
import network.enigma.protocol.Realms;
import network.enigma.protocol.TaskOrder;
import network.enigma.protocol.channel.TaskResult;
import network.enigma.protocol.channel.WorkerRequest;
import network.enigma.protocol.channel.WorkerResponse;
import network.enigma.protocol.channel.WorkerResponse.AllRejected;
import network.enigma.protocol.channel.WorkerResponse.Executed;
import network.enigma.protocol.channel.WorkerResponse.LeaseTaken;
import network.enigma.protocol.channel.WorkerResponse.ReleasedBatch;
import org.junit.jupiter.api.Test;

/** Leases, loading and hand-over (rules K2 to K5, S2, S4). */
class LeaseTest {
  private final TestDapp dapp = new TestDapp();
  private final TestRealm realm = dapp.realm;
  private final TestWorker worker = dapp.worker;

  private TestTask count() {
    return dapp.call(TestRuntime.count()).build();
  }

  private ReleasedBatch runAndCommit(TestTask... tasks) {
    ReleasedBatch released = realm.run(worker, tasks);
    realm.commit(released);
    return released;
  }

  @Test
  void aNewRealmsKeyIsAnnouncedWithAQuorumOfGrants() {
    TestRealm fresh = new TestRealm(dapp.testbed, dapp.user, 0);
    fresh.draw();
    LeaseTaken taken = fresh.takeLease(worker, 1);
    WorkerResponse.Announcement announcement = taken.announcement().orElseThrow();
    assertThat(
            new Announcement(
                    fresh.id,
                    1,
                    announcement.suite(),
                    Realms.inputKeyHash(Leases.SUITE, announcement.inputKey()))
                .signer(dapp.testbed.domain(), announcement.signature()))
        .isEqualTo(worker.address);
    List<Address> signers =
        taken.grants().stream()
            .map(signature ->
                new Grant(fresh.id, 1, taken.lease(), worker.address)
                    .signer(dapp.testbed.domain(), signature))
            .toList();
    assertThat(signers).hasSize(3).isSorted();
    assertThat(taken.stateHash()).isEqualTo(Realms.genesisStateHash(fresh.id));
    assertThat(taken.sequence()).isZero();
  }

  @Test
  void aRestartedWorkerLoadsExactlyTheStateItLost() {
    runAndCommit(count(), count());
    ReleasedBatch last = runAndCommit(count());
    worker.restart();
    LeaseTaken taken = realm.takeLease(worker, 1);
    assertThat(taken.sequence()).isEqualTo(last.batch().endSequence());
    assertThat(taken.stateHash()).isEqualTo(last.stateHash());
    assertThat(taken.announcement()).isEmpty();
    assertThat(taken.adopted()).isEmpty();
    assertThat(dapp.ask(TestRuntime.count()).output().hex()).endsWith("04");
  }

  @Test
  void aSnapshotReplacesTheDeltasBeforeIt() {
    runAndCommit(count(), count());
    TestTask used = count();
    runAndCommit(used);
    realm.snapshot(worker);
    assertThat(realm.deltas).isEmpty();
    runAndCommit(count());
    worker.restart();
    realm.takeLease(worker, 1);
    assertThat(dapp.ask(TestRuntime.count()).output().hex()).endsWith("05");
    AllRejected again = (AllRejected) worker.call(realm.executeRequest(used));
    assertThat(again.rejected().getFirst().code()).isEqualTo(ErrorCode.USED_SALT);
  }

  @Test
  void theNextHolderAdoptsWhatIsAnchoredAndSignsTheSameContent() {
    TestTask task = count();
    ReleasedBatch anchored = realm.run(worker, task);
    TestWorker next = dapp.testbed.workers.get(1);
    LeaseTaken taken = failOver(next);
    assertThat(taken.sequence()).isEqualTo(anchored.batch().endSequence());
    ReleasedBatch adopted = taken.adopted().getFirst();
    assertThat(adopted.stateHash()).isEqualTo(anchored.stateHash());
    assertThat(adopted.batch())
        .isEqualTo(anchored.batch().underLease(taken.lease(), taken.tenure()));
    assertThat(
            new Head(realm.id, taken.lease(), adopted.batch().endSequence(), adopted.stateHash())
                .signer(dapp.testbed.domain(), adopted.signature()))
        .isEqualTo(next.address);
    TaskResult result = adopted.results().getFirst();
    assertThat(task.open(result).output().hex()).endsWith("01");

    realm.commit(adopted);
    TestTask after = count();
    assertThat(after.open(realm.runOne(next, after)).output().hex()).endsWith("02");
  }

  /** Rule C11: else a holder that takes leases often would never have to commit. */
  @Test
  void aNewLeaseMakesNoUncommittedBatchYounger() {
    ReleasedBatch anchored = realm.run(worker, count());
    TestWorker next = dapp.testbed.workers.get(1);
    failOver(next);
    long age = dapp.testbed.chain.tip().number() - anchored.batch().headerNumber();
    dapp.testbed.mine(dapp.testbed.config.parameters().maxBatchAge() / 2 + 1 - age);
    Executed executed = realm.execute(next, count());
    assertThat(Testbed.failure(() -> realm.acknowledge(executed)).code())
        .isEqualTo(ErrorCode.COMMIT_OVERDUE);
  }

  @Test
  void oneKeyManagersWordShowsNothingOfTheBatchesBehindIt() {
    TestTask task = count();
    Executed executed = realm.execute(worker, task);
    realm.deltas.add(executed.sealedDelta());
    dapp.testbed.keyManagers.getFirst().acknowledge(executed.anchor());

    TestWorker next = dapp.testbed.workers.get(1);
    dapp.testbed.keyManagers.get(2).refuses = true;
    LeaseTaken taken = failOver(next);
    assertThat(taken.sequence()).isEqualTo(executed.endSequence());
    assertThat(taken.adopted()).isEmpty();
    TestTask after = count();
    assertThat(realm.executeFails(next, after).code()).isEqualTo(ErrorCode.NOT_ANCHORED);

    Bytes anchor = taken.anchor().orElseThrow();
    List<Bytes> acknowledgements =
        dapp.testbed.keyManagers.subList(0, 2).stream()
            .map(keyManager -> keyManager.acknowledge(anchor))
            .toList();
    assertThat(
            Testbed.failure(
                    () -> realm.release(next, taken.sequence(), acknowledgements.subList(0, 1)))
                .code())
        .isEqualTo(ErrorCode.QUORUM_NOT_REACHED);
    ReleasedBatch adopted =
        realm.release(next, taken.sequence(), acknowledgements).batches().getFirst();
    assertThat(task.open(adopted.results().getFirst()).output().hex()).endsWith("01");
    assertThat(after.open(realm.runOne(next, after)).output().hex()).endsWith("02");
  }

  /** A posted task gets old, so that the second rank may take over. */
  private LeaseTaken failOver(TestWorker next) {
    TestTask overdue = count().posted();
    dapp.testbed.store(overdue.order(), LeaseTest::overdue);
    dapp.testbed.mine(11);
    return realm.takeLease(next, 1, overdue.taskId());
  }

  private static network.enigma.ethereum.storage.PostedTask overdue(
      network.enigma.ethereum.storage.PostedTask posted) {
    return new network.enigma.ethereum.storage.PostedTask(
        posted.payer(), posted.postedAt(), posted.life() | 0x8000, posted.reserved());
  }

  @Test
  void whatWasNotAnchoredIsDroppedAndItsTasksRunAgain() {
    TestTask task = count();
    Executed executed = realm.execute(worker, task);
    realm.deltas.add(executed.sealedDelta());
    worker.restart();
    LeaseTaken taken = realm.takeLease(worker, 1);
    assertThat(taken.sequence()).isEqualTo(1);
    realm.deltas.removeLast();
    assertThat(realm.runOne(worker, task).receipt().outcome()).isEqualTo(Outcome.EXECUTED);
  }

  @Test
  void aFencedWorkerGetsNothingAnchored() {
    realm.run(worker, count());
    TestWorker next = dapp.testbed.workers.get(1);
    failOver(next);
    TestTask task =
        dapp.call(TestRuntime.count()).expiry(dapp.testbed.chain.tip().number() + 5).build();
    Executed executed = realm.execute(worker, task);
    assertThat(Testbed.failure(() -> realm.acknowledge(executed)).code())
        .isIn(ErrorCode.LEASE_FENCED, ErrorCode.HEAD_REFUSED);
  }

  @Test
  void missingDeltasAreNoticed() {
    realm.run(worker, count());
    realm.run(worker, count());
    worker.restart();
    Bytes last = realm.deltas.removeLast();
    assertMismatch();
    realm.deltas.removeFirst();
    assertMismatch();
    realm.deltas.clear();
    assertMismatch();
    realm.deltas.add(last);
    assertMismatch();
  }

  @Test
  void deltasInAnotherOrderOrTwiceLeadToTheSameState() {
    realm.run(worker, count());
    ReleasedBatch last = realm.run(worker, count());
    worker.restart();
    Collections.swap(realm.deltas, 0, 1);
    realm.deltas.add(realm.deltas.getFirst());
    assertThat(realm.takeLease(worker, 1).stateHash()).isEqualTo(last.stateHash());
  }

  /**
   * A worker that ended before its batch was anchored leaves a sealed delta behind, here and on the
   * backups; the next holder cuts its batches elsewhere.
   */
  @Test
  void whatWasNeverAnchoredIsPassedOverWhenTheStateIsLoadedLater() {
    Executed neverAnchored = realm.execute(worker, count(), count());
    worker.restart();
    realm.takeLease(worker, 1);
    realm.run(worker, count());
    ReleasedBatch last = realm.run(worker, count(), count());
    realm.deltas.add(2, neverAnchored.sealedDelta());
    realm.deltas.add(0, Bytes.of(new byte[300]));
    worker.restart();

    assertThat(realm.takeLease(worker, 1).stateHash()).isEqualTo(last.stateHash());
    assertThat(dapp.ask(TestRuntime.count()).output().hex()).endsWith("04");
  }

  private void assertMismatch() {
    assertThat(Testbed.failure(() -> realm.takeLease(worker, 1)).code())
        .isEqualTo(ErrorCode.HEAD_MISMATCH);
  }

  @Test
  void anOldSnapshotWithoutTheDeltasSinceIsNoticed() {
    realm.snapshot(worker);
    realm.run(worker, count());
    worker.restart();
    realm.deltas.clear();
    assertMismatch();
  }

  @Test
  void aDeltaInThePlaceOfTheSnapshotIsNoticed() {
    realm.run(worker, count());
    worker.restart();
    realm.snapshot = Optional.of(realm.deltas.getFirst());
    assertMismatch();
  }

  @Test
  void aFlippedBitInADeltaIsNoticed() {
    realm.run(worker, count());
    worker.restart();
    Bytes right = realm.deltas.removeLast();
    for (int at : new int[] {0, 1, 5, 10, 20, 28, 40, 62, right.length() - 1}) {
      byte[] flipped = right.toByteArray();
      flipped[at] ^= 1;
      realm.deltas.add(Bytes.of(flipped));
      assertThat(Testbed.failure(() -> realm.takeLease(worker, 1)).code())
          .isEqualTo(ErrorCode.HEAD_MISMATCH);
      realm.deltas.removeLast();
    }
  }

  @Test
  void deltasOfAnotherRealmDoNotOpen() {
    TestRealm other = new TestRealm(dapp.testbed, dapp.user, 0);
    other.draw();
    other.announce(worker);
    other.allocate(dapp.user.address(), TestDapp.ALLOCATED);
    dapp.testbed.mine();
    other.run(worker, other.task(dapp.user).deploy("code", Bytes.empty()).build());
    realm.deltas.set(0, other.deltas.getFirst());
    worker.restart();
    assertThat(Testbed.failure(() -> realm.takeLease(worker, 1)).code())
        .isEqualTo(ErrorCode.HEAD_MISMATCH);
  }

  @Test
  void theNextTenureGetsANewKeyAndReadsTheOldState() {
    dapp.ask(TestRuntime.set("name", "Ada"));
    Bytes oldKey = realm.inputKey;
    TestTask sealedToTheOldKey = dapp.call(TestRuntime.get("name")).build();
    TestWorker next = dapp.testbed.workers.getFirst();
    realm.draw();
    assertThat(realm.announce(next).snapshotDue()).isTrue();
    assertThat(realm.inputKey).isNotEqualTo(oldKey);
    assertThat(dapp.ask(TestRuntime.get("name")).output()).isEqualTo(Bytes.ofText("Ada"));
    TaskResult late = realm.runOne(next, sealedToTheOldKey);
    assertThat(sealedToTheOldKey.open(late).output()).isEqualTo(Bytes.ofText("Ada"));
    realm.snapshot(next);
    next.restart();
    assertThat(realm.takeLease(next, 2).snapshotDue()).isFalse();
    assertThat(dapp.ask(TestRuntime.get("name")).output()).isEqualTo(Bytes.ofText("Ada"));
  }

  @Test
  void theKeysOfTheTenureBeforeGoWhenNothingNeedsThemAnyMore() {
    TestTask early = count();
    realm.draw();
    realm.announce(worker);
    ReleasedBatch released = realm.run(worker, early);
    assertThat(released.results().getFirst().receipt().outcome()).isEqualTo(Outcome.EXECUTED);
    realm.commit(released);
    realm.confirm(worker);
    realm.snapshot(worker);
    dapp.testbed.mine(61);
    realm.confirm(worker);
    TestTask late = dapp.call(TestRuntime.count()).tenure(1).build();
    AllRejected rejected = (AllRejected) worker.call(realm.executeRequest(late));
    assertThat(rejected.rejected().getFirst().code()).isEqualTo(ErrorCode.WRONG_TENURE);
  }

  @Test
  void aHostThatKeepsTheOldKeyFromTheEnclaveCannotMakeSendersPayForIt() {
    TestTask early = count();
    realm.draw();
    realm.announce(worker);
    realm.snapshot(worker);
    worker.restart();
    realm.asksForThePreviousTenure = false;
    realm.takeLease(worker, 2);
    AllRejected rejected = (AllRejected) worker.call(realm.executeRequest(early));
    assertThat(rejected.rejected().getFirst().code()).isEqualTo(ErrorCode.WRONG_TENURE);
    worker.restart();
    realm.asksForThePreviousTenure = true;
    realm.takeLease(worker, 2);
    assertThat(realm.runOne(worker, early).receipt().outcome()).isEqualTo(Outcome.EXECUTED);
  }

  @Test
  void aContractOfAnotherNetworkGetsNothing() {
    dapp.testbed.chain.set(EnigmaStorage.networkHash(), Keccak.hashText("other"));
    dapp.testbed.mine();
    worker.restart();
    assertThat(Testbed.failure(() -> realm.takeLease(worker, 1)).code())
        .isEqualTo(ErrorCode.WRONG_NETWORK);
  }

  @Test
  void anotherKeyOnChainIsNoticed() {
    dapp.testbed.chain.set(EnigmaStorage.inputKeyHash(realm.id, 1), Keccak.hashText("forged"));
    dapp.testbed.mine();
    worker.restart();
    assertThat(Testbed.failure(() -> realm.takeLease(worker, 1)).code())
        .isEqualTo(ErrorCode.KEY_MISMATCH);
  }

  @Test
  void oneGrantIsNoQuorum() {
    worker.restart();
    List<WorkerRequest.Grant> grants = realm.grants(worker, 1, Bytes32.zero());
    assertThat(Testbed.failure(() -> take(grants.subList(0, 1))).code())
        .isEqualTo(ErrorCode.QUORUM_NOT_REACHED);
    assertThat(Testbed.failure(() -> take(List.of(grants.getFirst(), grants.getFirst()))).code())
        .isEqualTo(ErrorCode.QUORUM_NOT_REACHED);
    assertThat(take(grants.subList(1, 3)).sequence()).isEqualTo(1);
  }

  private LeaseTaken take(List<WorkerRequest.Grant> grants) {
    return (LeaseTaken)
        worker.call(
            new WorkerRequest.TakeLease(
                realm.id,
                grants,
                dapp.testbed.chain.proofOfEverything(),
                realm.snapshot,
                realm.deltas));
  }

  @Test
  void grantsOfAnEarlierRequestOpenNothing() {
    worker.restart();
    List<WorkerRequest.Grant> old = realm.grants(worker, 1, Bytes32.zero());
    realm.grants(worker, 1, Bytes32.zero());
    assertThat(Testbed.failure(() -> take(old)).code()).isEqualTo(ErrorCode.DECRYPTION_FAILED);
  }

  @Test
  void grantsForAnotherWorkerOpenNothing() {
    worker.restart();
    realm.grants(worker, 1, Bytes32.zero());
    TestWorker other = dapp.testbed.workers.get(1);
    TestTask overdue = count().posted();
    dapp.testbed.store(overdue.order(), LeaseTest::overdue);
    dapp.testbed.mine(11);
    List<WorkerRequest.Grant> foreign = realm.grants(other, 1, overdue.taskId());
    assertThat(Testbed.failure(() -> take(foreign)).code()).isEqualTo(ErrorCode.DECRYPTION_FAILED);
  }

  @Test
  void aGrantSignedByAnotherKeyManagerIsNoticed() {
    worker.restart();
    List<WorkerRequest.Grant> grants = new ArrayList<>(realm.grants(worker, 1, Bytes32.zero()));
    grants.set(
        0,
        new WorkerRequest.Grant(
            grants.get(1).keyManager(), grants.get(0).sealedGrant(), grants.get(0).signature()));
    assertThat(Testbed.failure(() -> take(grants)).code()).isEqualTo(ErrorCode.BAD_SIGNATURE);
  }

  @Test
  void oneLeaseIsTakenOnceHoweverOftenItIsAskedForAtATime() throws Exception {
    worker.restart();
    WorkerRequest.TakeLease take =
        new WorkerRequest.TakeLease(
            realm.id,
            realm.grants(worker, 1, Bytes32.zero()),
            dapp.testbed.chain.proofOfEverything(),
            realm.snapshot,
            realm.deltas);
    int threads = 6;
    CyclicBarrier together = new CyclicBarrier(threads);
    Callable<Optional<ErrorCode>> takeAndDrop =
        () -> {
          together.await();
          try {
            worker.call(take);
          } catch (EnigmaException e) {
            return Optional.of(e.code());
          }
          worker.call(new WorkerRequest.DropRealm(realm.id));
          return Optional.empty();
        };
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      List<Optional<ErrorCode>> ends = new ArrayList<>();
      for (Future<Optional<ErrorCode>> end :
          executor.invokeAll(Collections.nCopies(threads, takeAndDrop))) {
        ends.add(end.get());
      }
      assertThat(ends).filteredOn(Optional::isEmpty).hasSize(1);
      assertThat(ends)
          .filteredOn(Optional::isPresent)
          .containsOnly(Optional.of(ErrorCode.LEASE_REFUSED));
    }
  }

  @Test
  void nothingIsMadeUnderALeaseOfATenureThatIsNotAnnounced() {
    realm.draw();
    realm.takeLease(worker, 2);
    assertThat(realm.executeFails(worker, count()).code()).isEqualTo(ErrorCode.KEY_PENDING);
    assertThat(Testbed.failure(() -> realm.snapshot(worker)).code())
        .isEqualTo(ErrorCode.KEY_PENDING);
    realm.announce(worker);
    realm.run(worker, count());
  }

  @Test
  void nothingIsMadeUnderALeaseOfATenureThatIsOver() {
    RealmHot hot = realm.hot;
    dapp.testbed.store(
        realm.id,
        new RealmHot(
            hot.sequence(),
            hot.lease(),
            hot.headerNumber(),
            2,
            hot.tenure() + 1,
            hot.tenureEnd() + 300,
            hot.generation(),
            dapp.testbed.chain.tip().number(),
            0));
    dapp.testbed.mine();
    assertThat(realm.executeFails(worker, count()).code()).isEqualTo(ErrorCode.NOT_HOLDER);
  }

  @Test
  void aDroppedRealmIsGone() {
    worker.call(new WorkerRequest.DropRealm(realm.id));
    assertThat(realm.executeFails(worker, count()).code()).isEqualTo(ErrorCode.NOT_HOLDER);
  }

  @Test
  void aRealmThatWasNeverTakenIsNotHeld() {
    TestTask task = count();
    TaskOrder order = task.order();
    assertThat(order.realm()).isEqualTo(realm.id);
    assertThat(
            Testbed.failure(() -> dapp.testbed.workers.get(2).call(realm.executeRequest(task)))
                .code())
        .isEqualTo(ErrorCode.NOT_HOLDER);
  }

  @Test
  void waitingCallbacksSurviveAHandOver() {
    TestTask task = dapp.call(TestRuntime.callbacks(4, 940_000, 32)).build();
    ReleasedBatch released = realm.run(worker, task);
    assertThat(released.callbacksWaiting()).isTrue();
    worker.restart();
    LeaseTaken taken = realm.takeLease(worker, 1);
    assertThat(taken.adopted().getLast().callbacksWaiting()).isTrue();
    assertThat(realm.run(worker).batch().callbacks()).hasSize(1);
  }
}
