package network.enigma.enclave;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import network.enigma.enclave.Testbed.TestWorker;
import network.enigma.protocol.Backup;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Realms;
import network.enigma.protocol.channel.WorkerRequest;
import network.enigma.protocol.channel.WorkerRequest.SealedBatch;
import network.enigma.protocol.channel.WorkerRequest.Start;
import network.enigma.protocol.channel.WorkerResponse.Held;
import network.enigma.protocol.channel.WorkerResponse.LeaseTaken;
import network.enigma.protocol.channel.WorkerResponse.ReleasedBatch;
import network.enigma.protocol.crypto.Signature;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Backups acknowledge what they checked (rule C8). */
class BackupTest {
  private final TestDapp dapp = new TestDapp();
  private final TestRealm realm = dapp.realm;
  private final TestWorker backup = dapp.testbed.workers.get(1);
  private final List<SealedBatch> batches = new ArrayList<>();
  private LeaseTaken lease;

  @BeforeEach
  void fillTheLog() {
    // A lease whose grants the test knows.
    dapp.worker.restart();
    lease = realm.takeLease(dapp.worker, 1);
    run();
    run();
  }

  private ReleasedBatch run() {
    ReleasedBatch released = realm.run(dapp.worker, dapp.call(TestRuntime.count()).build());
    batches.add(new SealedBatch(released.batch(), realm.deltas.getLast()));
    return released;
  }

  private Held hold(Optional<Start> start, List<SealedBatch> sealed, List<Signature> grants) {
    return (Held)
        backup.call(
            new WorkerRequest.HoldDelta(
                realm.id,
                lease.tenure(),
                lease.lease(),
                dapp.worker.address,
                grants,
                start,
                sealed,
                dapp.testbed.chain.proofOfEverything()));
  }

  private ErrorCode refusal(
      Optional<Start> start, List<SealedBatch> sealed, List<Signature> grants) {
    return Testbed.failure(() -> hold(start, sealed, grants)).code();
  }

  /** Begins the log with a snapshot of the committed state; gives the start before it. */
  private Optional<Start> snapshotFirst() {
    commitAll();
    Bytes32 before = dapp.testbed.chain.storedStateHash(realm.id);
    ReleasedBatch snapshot = realm.snapshot(dapp.worker);
    batches.clear();
    batches.add(new SealedBatch(snapshot.batch(), realm.snapshot.orElseThrow()));
    return Optional.of(new Start(snapshot.batch().firstSequence() - 1, before));
  }

  @Test
  void aBackupSignsForBatchesThatContinueACommittedSnapshot() {
    Optional<Start> start = snapshotFirst();
    ReleasedBatch last = run();
    Held held = hold(start, batches, lease.grants());
    assertThat(held.stateHash()).isEqualTo(last.stateHash());
    assertThat(
            new Backup(realm.id, lease.lease(), held.endSequence(), held.stateHash())
                .signer(dapp.testbed.domain(), held.signature()))
        .isEqualTo(backup.address);

    // The next batch continues where this left off.
    ReleasedBatch next = run();
    Held more = hold(Optional.empty(), List.of(batches.getLast()), lease.grants());
    assertThat(more.stateHash()).isEqualTo(next.stateHash());
    // Asked again, it says the same.
    assertThat(hold(Optional.empty(), List.of(batches.getLast()), lease.grants())).isEqualTo(more);
  }

  private void commitAll() {
    for (SealedBatch each : batches) {
      Bytes32 previous = dapp.testbed.chain.storedStateHash(realm.id);
      dapp.testbed.settle(realm, each.batch(), each.batch().stateHash(previous));
    }
    realm.confirm(dapp.worker);
  }

  @Test
  void aLogWithoutItsBeginningIsNotHeld() {
    assertThat(refusal(Optional.empty(), batches, lease.grants()))
        .isEqualTo(ErrorCode.DELTA_REFUSED);
    Start wrong = new Start(batches.getFirst().batch().firstSequence() - 1, Bytes32.zero());
    assertThat(refusal(Optional.of(wrong), batches, lease.grants()))
        .isEqualTo(ErrorCode.DELTA_REFUSED);
    Start genesis = new Start(0, Realms.genesisStateHash(realm.id));
    assertThat(refusal(Optional.of(genesis), batches, lease.grants()))
        .isEqualTo(ErrorCode.DELTA_REFUSED);
  }

  @Test
  void aLogWithAHoleIsNotHeld() {
    Optional<Start> start = snapshotFirst();
    run();
    run();
    batches.remove(1);
    assertThat(refusal(start, batches, lease.grants())).isEqualTo(ErrorCode.DELTA_REFUSED);
  }

  @Test
  void anotherDeltaThanTheBatchNamesIsNotHeld() {
    Optional<Start> start = snapshotFirst();
    run();
    SealedBatch last = batches.removeLast();
    batches.add(new SealedBatch(last.batch(), batches.getFirst().sealed()));
    assertThat(refusal(start, batches, lease.grants())).isEqualTo(ErrorCode.DELTA_REFUSED);
  }

  @Test
  void aLogOnAnotherBranchThanTheChainIsNotHeld() {
    Optional<Start> start = snapshotFirst();
    Start forged = new Start(start.orElseThrow().sequence(), Bytes32.zero());
    assertThat(refusal(Optional.of(forged), batches, lease.grants()))
        .isEqualTo(ErrorCode.HEAD_MISMATCH);
  }

  @Test
  void aLeaseWithoutAQuorumIsNotServed() {
    Optional<Start> start = snapshotFirst();
    assertThat(refusal(start, batches, lease.grants().subList(0, 1)))
        .isEqualTo(ErrorCode.QUORUM_NOT_REACHED);
    Signature stranger = dapp.user.sign(Bytes32.zero());
    assertThat(refusal(start, batches, List.of(lease.grants().getFirst(), stranger)))
        .isEqualTo(ErrorCode.NOT_LISTED);
  }

  @Test
  void aWorkerIsNoBackupOfItself() {
    assertThat(
            Testbed.failure(() ->
                    dapp.worker.call(
                        new WorkerRequest.HoldDelta(
                            realm.id,
                            lease.tenure(),
                            lease.lease(),
                            dapp.worker.address,
                            lease.grants(),
                            Optional.empty(),
                            batches,
                            dapp.testbed.chain.proofOfEverything())))
                .code())
        .isEqualTo(ErrorCode.DELTA_REFUSED);
  }
}
