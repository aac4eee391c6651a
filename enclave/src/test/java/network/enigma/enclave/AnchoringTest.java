package network.enigma.enclave;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import network.enigma.ethereum.storage.EnigmaStorage;
import network.enigma.ethereum.storage.RecordedIncarnation;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Head;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.NetworkConfig;
import network.enigma.protocol.channel.WorkerRequest;
import network.enigma.protocol.channel.WorkerResponse.Executed;
import network.enigma.protocol.channel.WorkerResponse.Released;
import org.junit.jupiter.api.Test;

/** Nothing of a batch leaves before its head is anchored (rule S3). */
class AnchoringTest {
  private final TestDapp dapp = new TestDapp();
  private final TestRealm realm = dapp.realm;

  private TestTask task() {
    return dapp.call(TestRuntime.count()).build();
  }

  @Test
  void anExecutedBatchIsASealedDeltaAndASignedHead() {
    Executed executed = realm.execute(dapp.worker, task());
    Head head = new Head(realm.id, executed.lease(), executed.endSequence(), executed.stateHash());
    assertThat(head.signer(dapp.testbed.domain(), executed.signature()))
        .isEqualTo(dapp.worker.address);
    assertThat(executed.taken()).isEqualTo(1);
  }

  @Test
  void oneAcknowledgementOfTwoNeededReleasesNothing() {
    Executed executed = realm.execute(dapp.worker, task());
    List<Bytes> acknowledgements = realm.acknowledge(executed).subList(0, 1);
    assertRefused(executed, acknowledgements, ErrorCode.QUORUM_NOT_REACHED);
  }

  @Test
  void oneAcknowledgementTwiceReleasesNothing() {
    Executed executed = realm.execute(dapp.worker, task());
    Bytes acknowledgement = realm.acknowledge(executed).getFirst();
    assertRefused(
        executed, List.of(acknowledgement, acknowledgement), ErrorCode.QUORUM_NOT_REACHED);
  }

  @Test
  void acknowledgementsOfAnotherHeadReleaseNothing() {
    Executed first = realm.execute(dapp.worker, task());
    List<Bytes> acknowledgements = realm.acknowledge(first);
    Executed second = realm.execute(dapp.worker, task());
    assertRefused(second, acknowledgements, ErrorCode.NOT_ANCHORED);
  }

  @Test
  void anAcknowledgementWithAFlippedBitReleasesNothing() {
    Executed executed = realm.execute(dapp.worker, task());
    List<Bytes> acknowledgements = new ArrayList<>(realm.acknowledge(executed));
    byte[] flipped = acknowledgements.getFirst().toByteArray();
    flipped[80] ^= 1;
    acknowledgements.set(0, Bytes.of(flipped));
    assertRefused(executed, acknowledgements, ErrorCode.BAD_SIGNATURE);
  }

  /** An earlier process of a key manager acknowledges, after a later one put its nonce on chain. */
  @Test
  void anAcknowledgementOfALifeThatEndedOnChainReleasesNothing() {
    Executed executed = realm.execute(dapp.worker, task());
    List<Bytes> acknowledgements = realm.acknowledge(executed);
    dapp.testbed.chain.set(
        EnigmaStorage.incarnation(dapp.testbed.keyManagers.getFirst().address),
        new RecordedIncarnation(
                RecordedIncarnation.prefix(Keccak.hashText("a later life")),
                1,
                dapp.testbed.chain.tip().number() + 1)
            .encode());
    dapp.testbed.mine(1);
    assertThat(
            Testbed.failure(() ->
                    realm.release(
                        dapp.worker, executed.endSequence(), acknowledgements.subList(0, 2)))
                .code())
        .isEqualTo(ErrorCode.QUORUM_STALE);
    assertThat(
            realm
                .release(dapp.worker, executed.endSequence(), acknowledgements.subList(1, 3))
                .batches())
        .hasSize(1);
  }

  private void assertRefused(Executed executed, List<Bytes> acknowledgements, ErrorCode expected) {
    assertThat(
            Testbed.failure(
                    () -> realm.release(dapp.worker, executed.endSequence(), acknowledgements))
                .code())
        .isEqualTo(expected);
    // The batch still waits for its own.
    assertThat(realm.anchor(dapp.worker, executed).batches().getLast().results()).hasSize(1);
  }

  @Test
  void aQuorumIsEnoughWhileAKeyManagerIsAway() {
    dapp.testbed.keyManagers.get(1).refuses = true;
    assertThat(realm.run(dapp.worker, task()).results()).hasSize(1);
  }

  @Test
  void aBatchIsMadeWhileAnEarlierOneWaits() {
    Executed first = realm.execute(dapp.worker, task());
    Executed second = realm.execute(dapp.worker, task());
    assertThat(second.endSequence()).isEqualTo(first.endSequence() + 1);
    Released one = realm.anchor(dapp.worker, first);
    assertThat(one.batches()).hasSize(1);
    Released two = realm.anchor(dapp.worker, second);
    assertThat(two.batches()).hasSize(1);
    assertThat(two.batches().getFirst().batch().head(one.batches().getFirst().stateHash()))
        .isEqualTo(new Head(realm.id, second.lease(), second.endSequence(), second.stateHash()));
  }

  @Test
  void anAnchoredHeadReleasesTheBatchesBeforeItToo() {
    realm.execute(dapp.worker, task());
    realm.execute(dapp.worker, task());
    Executed third = realm.execute(dapp.worker, task());
    Released released = realm.release(dapp.worker, third.endSequence(), realm.acknowledge(third));
    assertThat(released.batches()).hasSize(3);
  }

  @Test
  void aLongPipelineKeepsOneState() {
    long last = 0;
    for (int round = 0; round < 10; round++) {
      Executed first = realm.execute(dapp.worker, task(), task());
      Executed second = realm.execute(dapp.worker, task());
      realm.anchor(dapp.worker, first);
      TestTask counted = task();
      Executed third = realm.execute(dapp.worker, counted);
      realm.anchor(dapp.worker, second);
      Released released = realm.anchor(dapp.worker, third);
      last += 4;
      assertThat(counted.open(released.batches().getFirst().results().getFirst()).output().hex())
          .endsWith(String.format("%02x", last));
    }
  }

  @Test
  void tooManyWaitingBatchesAreATypedError() {
    for (int i = 0; i < HeldRealm.MOST_PENDING; i++) {
      realm.execute(dapp.worker, task());
    }
    assertThat(realm.executeFails(dapp.worker, task()).code()).isEqualTo(ErrorCode.BATCH_FULL);
  }

  @Test
  void aReleasedBatchIsNotReleasedAgain() {
    Executed executed = realm.execute(dapp.worker, task());
    List<Bytes> acknowledgements = realm.acknowledge(executed);
    realm.release(dapp.worker, executed.endSequence(), acknowledgements);
    assertThat(
            Testbed.failure(
                    () -> realm.release(dapp.worker, executed.endSequence(), acknowledgements))
                .code())
        .isEqualTo(ErrorCode.UNKNOWN_BATCH);
  }

  @Test
  void aRealmThatWaitsForItsCommitReleasesResultsAfterIt() {
    TestDapp waiting = new TestDapp(1, NetworkConfig.Parameters.testnet(3));
    TestTask task = waiting.call(TestRuntime.count()).build();
    var released = waiting.realm.run(waiting.worker, task);
    assertThat(released.results()).isEmpty();
    assertThat(waiting.realm.confirm(waiting.worker).results()).isEmpty();
    waiting.realm.commit(released);
    Released confirmed = waiting.realm.confirm(waiting.worker);
    assertThat(confirmed.results()).hasSize(1);
    assertThat(task.open(confirmed.results().getFirst()).failure()).isEmpty();
  }

  @Test
  void nothingRunsOnAnUncommittedHeadThatIsTooOld() {
    realm.run(dapp.worker, task());
    dapp.testbed.mine(dapp.testbed.config.parameters().maxBatchAge() + 1);
    assertThat(realm.executeFails(dapp.worker, task()).code()).isEqualTo(ErrorCode.BATCH_TOO_OLD);
    assertThat(realm.executeFails(dapp.worker, task()).code()).isEqualTo(ErrorCode.NOT_HOLDER);
  }

  @Test
  void nothingRunsOnAHeadWhoseHeaderTheChainDropped() {
    dapp.testbed.mine();
    realm.run(dapp.worker, task());
    dapp.testbed.chain.fork(1);
    dapp.testbed.mine(2);
    assertThat(realm.executeFails(dapp.worker, task()).code())
        .isEqualTo(ErrorCode.CHAIN_REORGANISED);
  }

  @Test
  void aRealmsHeaderNeverGoesBack() {
    dapp.testbed.mine(3);
    realm.run(dapp.worker, task());
    WorkerRequest.Execute now = realm.executeRequest(task());
    WorkerRequest.Execute earlier =
        new WorkerRequest.Execute(
            now.realm(), now.headerNumber() - 1, now.payee(), now.tasks(), now.proof());
    assertThat(Testbed.failure(() -> dapp.worker.call(earlier)).code())
        .isEqualTo(ErrorCode.BAD_HEADER);
  }

  @Test
  void aChainThatWentOnUnderAnotherLeaseEndsThisOne() {
    var released = realm.run(dapp.worker, task());
    realm.commit(released);
    realm.confirm(dapp.worker);
    var foreign = realm.run(dapp.worker, task());
    dapp.testbed.settle(
        realm, foreign.batch().underLease(foreign.batch().lease() + 1, 1), realm.id);
    assertThat(Testbed.failure(() -> realm.confirm(dapp.worker)).code())
        .isEqualTo(ErrorCode.LEASE_FENCED);
    assertThat(realm.executeFails(dapp.worker, task()).code()).isEqualTo(ErrorCode.NOT_HOLDER);
  }
}
