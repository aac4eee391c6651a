package network.enigma.enclave;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import network.enigma.enclave.Testbed.TestWorker;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.NetworkConfig;
import network.enigma.protocol.channel.WorkerResponse.Executed;
import network.enigma.protocol.channel.WorkerResponse.LeaseTaken;
import network.enigma.protocol.channel.WorkerResponse.StepOpened;
import org.junit.jupiter.api.Test;

/**
 * What was committed before a lease is opened once more for its results, and only that (rule S5).
 */
class PastStepsTest {
  private final TestDapp dapp = new TestDapp();
  private final TestRealm realm = dapp.realm;
  private final TestWorker worker = dapp.worker;

  private TestTask count() {
    return dapp.call(TestRuntime.count()).build();
  }

  private ErrorCode refusal(Bytes sealed) {
    return Testbed.failure(() -> realm.open(worker, sealed)).code();
  }

  private LeaseTaken takeAgain() {
    worker.restart();
    return realm.takeLease(worker, 1);
  }

  @Test
  void theStepsBeforeALeaseOpenFromTheNewestBackwards() {
    TestTask first = count();
    TestTask second = count();
    realm.commit(realm.run(worker, first));
    realm.commit(realm.run(worker, second));
    List<Bytes> deltas = List.copyOf(realm.deltas);
    LeaseTaken taken = takeAgain();
    assertThat(taken.committed()).isEqualTo(taken.sequence());

    assertThat(refusal(deltas.get(1))).isEqualTo(ErrorCode.UNKNOWN_BATCH);
    StepOpened last = realm.open(worker, deltas.get(2));
    assertThat(second.open(last.results().getFirst()).output().hex()).endsWith("02");
    assertThat(refusal(deltas.get(2))).isEqualTo(ErrorCode.UNKNOWN_BATCH);
    StepOpened before = realm.open(worker, deltas.get(1));
    assertThat(first.open(before.results().getFirst()).output().hex()).endsWith("01");
    assertThat(realm.open(worker, deltas.get(0)).results()).hasSize(1);
  }

  @Test
  void whatWasMadeAndNeverAnchoredDoesNotOpen() {
    Executed shown = realm.execute(worker, count());
    worker.restart();
    realm.takeLease(worker, 1);
    realm.commit(realm.run(worker, count()));
    takeAgain();

    assertThat(refusal(shown.sealedDelta())).isEqualTo(ErrorCode.UNKNOWN_BATCH);
  }

  @Test
  void whatIsAnchoredAndNotCommittedDoesNotOpen() {
    TestDapp waiting = new TestDapp(1, NetworkConfig.Parameters.testnet(3));
    waiting.realm.run(waiting.worker, waiting.call(TestRuntime.count()).build());
    Bytes anchored = waiting.realm.deltas.getLast();
    waiting.worker.restart();
    LeaseTaken taken = waiting.realm.takeLease(waiting.worker, 1);

    assertThat(taken.committed()).isEqualTo(taken.sequence() - 1);
    assertThat(Testbed.failure(() -> waiting.realm.open(waiting.worker, anchored)).code())
        .isEqualTo(ErrorCode.UNKNOWN_BATCH);
  }

  @Test
  void aSnapshotLeadsToTheStepsBeforeIt() {
    TestTask task = count();
    realm.commit(realm.run(worker, task));
    Bytes delta = realm.deltas.getLast();
    realm.snapshot(worker);
    Bytes snapshot = realm.snapshot.orElseThrow();
    takeAgain();

    assertThat(refusal(delta)).isEqualTo(ErrorCode.UNKNOWN_BATCH);
    assertThat(realm.open(worker, snapshot).results()).isEmpty();
    StepOpened opened = realm.open(worker, delta);
    assertThat(task.open(opened.results().getFirst()).output().hex()).endsWith("01");
  }

  @Test
  void aResultThatWaitedForItsCommitIsNotLostWithTheEnclave() {
    TestDapp waiting = new TestDapp(1, NetworkConfig.Parameters.testnet(3));
    TestTask task = waiting.call(TestRuntime.count()).build();
    waiting.realm.commit(waiting.realm.run(waiting.worker, task));
    Bytes delta = waiting.realm.deltas.getLast();
    waiting.worker.restart();
    waiting.realm.takeLease(waiting.worker, 1);

    assertThat(waiting.realm.confirm(waiting.worker).results()).isEmpty();
    StepOpened opened = waiting.realm.open(waiting.worker, delta);
    assertThat(task.open(opened.results().getFirst()).failure()).isEmpty();
  }
}
