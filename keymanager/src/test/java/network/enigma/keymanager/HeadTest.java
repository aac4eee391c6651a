package network.enigma.keymanager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.channel.KeyManagerRequest;
import network.enigma.protocol.channel.KeyManagerResponse;
import network.enigma.tee.message.AckQuorum;
import network.enigma.tee.message.HeadAcknowledgement;
import network.enigma.tee.message.KnownHead;
import network.enigma.tee.message.Verified;
import org.junit.jupiter.api.Test;

/** Rules S3 and C11: which heads are acknowledged. */
class HeadTest {
  private static final Bytes32 STATE = Keccak.hashText("state");
  private static final Bytes32 OTHER_STATE = Keccak.hashText("another state");

  private final ModelNetwork network = ModelNetwork.running();
  private final Member member = network.member(0);
  private final WorkerIdentity holder = network.worker(1);
  private final long lease = network.takeLease(holder, 1);

  private void acknowledges(KeyManagerRequest.AcknowledgeHead request) {
    member.ask(request, KeyManagerResponse.HeadAcknowledged.class);
  }

  private void anchored(long sequence, Bytes32 state, Member... by) {
    KeyManagerRequest.AcknowledgeHead request = network.anchor(holder, lease, sequence, state);
    List<Verified<HeadAcknowledgement>> acknowledgements =
        Arrays.stream(by)
            .map(each ->
                HeadAcknowledgement.open(
                    each.ask(request, KeyManagerResponse.HeadAcknowledged.class).acknowledgement(),
                    network.config.hash()))
            .toList();
    AckQuorum.require(
        acknowledgements,
        ModelNetwork.REALM,
        new KnownHead(lease, sequence, state),
        network.roster(),
        ModelNetwork.MAX_HEADER_LAG);
  }

  @Test
  void twoAcknowledgementsAnchorAHead() {
    anchored(1, STATE, network.member(1), network.member(2));
  }

  @Test
  void oneAcknowledgementAnchorsNothing() {
    assertThatThrownBy(() -> anchored(1, STATE, member))
        .isInstanceOfSatisfying(
            EnigmaException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.QUORUM_NOT_REACHED));
  }

  @Test
  void aHigherSequenceIsAcknowledged() {
    acknowledges(network.anchor(holder, lease, 1, STATE));
    acknowledges(network.anchor(holder, lease, 3, OTHER_STATE));
  }

  @Test
  void theSameHeadIsAcknowledgedAgain() {
    acknowledges(network.anchor(holder, lease, 1, STATE));
    acknowledges(network.anchor(holder, lease, 1, STATE));
  }

  @Test
  void aLowerSequenceIsRefused() {
    acknowledges(network.anchor(holder, lease, 3, STATE));
    member.refuses(network.anchor(holder, lease, 2, OTHER_STATE), ErrorCode.HEAD_REFUSED);
  }

  @Test
  void anotherStateAtTheSameSequenceIsRefused() {
    acknowledges(network.anchor(holder, lease, 3, STATE));
    member.refuses(network.anchor(holder, lease, 3, OTHER_STATE), ErrorCode.HEAD_REFUSED);
  }

  @Test
  void anotherStateThanTheCommittedOneIsRefused() {
    network.setCommitted(lease, 3, STATE);
    member.refuses(
        network.withProof(network.anchor(holder, lease, 3, OTHER_STATE)), ErrorCode.HEAD_REFUSED);
  }

  @Test
  void aLowerSequenceThanTheCommittedOneIsRefused() {
    network.setCommitted(lease, 3, STATE);
    member.refuses(
        network.withProof(network.anchor(holder, lease, 2, OTHER_STATE)), ErrorCode.HEAD_REFUSED);
  }

  @Test
  void aFencedLeaseIsRefused() {
    network.takeLease(holder, 2);
    member.refuses(network.anchor(holder, lease, 1, STATE), ErrorCode.LEASE_FENCED);
  }

  @Test
  void aLeaseThatWasNotGrantedHereIsRefused() {
    member.refuses(network.anchor(holder, lease + 1, 1, STATE), ErrorCode.HEAD_REFUSED);
  }

  @Test
  void anotherWorkersLeaseIsRefused() {
    member.refuses(network.anchor(network.worker(2), lease, 1, STATE), ErrorCode.HEAD_REFUSED);
  }

  @Test
  void aRealmWithoutALeaseIsRefused() {
    ModelNetwork idle = ModelNetwork.running();
    idle.member(0).refuses(idle.anchor(idle.worker(1), 1, 1, STATE), ErrorCode.LEASE_FENCED);
  }

  @Test
  void theNextHolderSignsTheSameContentAgain() {
    acknowledges(network.anchor(holder, lease, 3, STATE));
    long next = network.takeLease(holder, 2);
    acknowledges(network.anchor(holder, next, 3, STATE));
  }

  @Test
  void aBatchOfAHeaderThatIsNotHeldIsRefused() {
    network.chain.mine();
    member.refuses(network.anchor(holder, lease, 1, STATE), ErrorCode.UNKNOWN_HEADER);
  }

  @Test
  void aBatchTooOldToBeCommittedIsRefused() {
    long header = network.chain.tip().number();
    network.mine(ModelNetwork.MAX_BATCH_AGE + 1);
    member.refuses(network.anchor(holder, lease, 1, STATE, header), ErrorCode.BATCH_TOO_OLD);
  }

  @Test
  void noNewHeadWhileAnUncommittedOneIsHalfWayToItsEnd() {
    acknowledges(network.anchor(holder, lease, 1, STATE));
    network.mine(ModelNetwork.MAX_BATCH_AGE / 2);
    acknowledges(network.anchor(holder, lease, 2, OTHER_STATE));
    network.mine(1);
    member.refuses(network.anchor(holder, lease, 3, STATE), ErrorCode.COMMIT_OVERDUE);
  }

  /** A head at the tip whose line begins with sequence 1, uncommitted, at another header. */
  private KeyManagerRequest.AcknowledgeHead onto(
      long lease, long sequence, Bytes32 state, long header) {
    return network.anchorOnto(
        holder, new KnownHead(lease, sequence, state), network.chain.tip().number(), header, 1);
  }

  @Test
  void aNewLeaseHidesNoUncommittedHeadThatIsOverdue() {
    long header = network.chain.tip().number();
    acknowledges(network.anchor(holder, lease, 1, STATE));
    network.mine(ModelNetwork.MAX_BATCH_AGE / 2);
    long second = network.takeLease(holder, 2);
    acknowledges(onto(second, 2, OTHER_STATE, header));
    network.mine(1);
    long third = network.takeLease(holder, 3);
    member.refuses(onto(third, 3, STATE, header), ErrorCode.COMMIT_OVERDUE);
    network.setCommitted(lease, 1, STATE);
    acknowledges(network.withProof(onto(third, 3, STATE, header)));
  }

  @Test
  void aHeadOnAnUncommittedOneBecomesVoidWithIt() {
    long header = network.chain.tip().number();
    acknowledges(network.anchor(holder, lease, 1, STATE));
    network.mine(ModelNetwork.MAX_BATCH_AGE / 2);
    long second = network.takeLease(holder, 2);
    acknowledges(onto(second, 2, OTHER_STATE, header));
    network.mine(ModelNetwork.MAX_BATCH_AGE / 2 + 1);
    long third = network.takeLease(holder, 3);
    acknowledges(network.anchor(holder, third, 1, OTHER_STATE));
  }

  @Test
  void aProofOfTheCommitLetsTheNextHeadThrough() {
    acknowledges(network.anchor(holder, lease, 1, STATE));
    network.mine(ModelNetwork.MAX_BATCH_AGE / 2);
    network.setCommitted(lease, 1, STATE);
    member.refuses(network.anchor(holder, lease, 2, OTHER_STATE), ErrorCode.COMMIT_OVERDUE);
    acknowledges(network.withProof(network.anchor(holder, lease, 2, OTHER_STATE)));
  }

  @Test
  void aHeadTooOldToBeCommittedIsVoid() {
    acknowledges(network.anchor(holder, lease, 3, STATE));
    network.mine(ModelNetwork.MAX_BATCH_AGE + 1);
    long next = network.takeLease(holder, 1);
    acknowledges(network.anchor(holder, next, 1, OTHER_STATE));
  }

  @Test
  void aHeadThatCanStillBeCommittedIsNotVoid() {
    acknowledges(network.anchor(holder, lease, 3, STATE));
    network.mine(ModelNetwork.MAX_BATCH_AGE);
    long next = network.takeLease(holder, 1);
    member.refuses(network.anchor(holder, next, 1, OTHER_STATE), ErrorCode.HEAD_REFUSED);
  }

  @Test
  void aHeadWhoseHeaderTheChainDroppedIsVoid() {
    network.mine(1);
    acknowledges(network.anchor(holder, lease, 3, STATE));
    network.chain.fork(1);
    network.mine(2);
    member.refuses(network.anchor(holder, lease, 4, STATE), ErrorCode.LEASE_FENCED);
    long next = network.takeLease(holder, 1);
    acknowledges(network.anchor(holder, next, 1, OTHER_STATE));
  }

  @Test
  void aHeadThatWasCommittedInTimeNeverBecomesVoid() {
    acknowledges(network.anchor(holder, lease, 3, STATE));
    network.setCommitted(lease, 3, STATE);
    network.mine(ModelNetwork.MAX_BATCH_AGE + 1);
    long next = network.takeLease(holder, 1);
    member.refuses(network.anchor(holder, next, 2, OTHER_STATE), ErrorCode.HEAD_REFUSED);
  }

  @Test
  void aHeadOfAnAbandonedBranchMakesNoLaterHeadVoid() {
    // Only this member saw sequence 1 of the first lease; the second lease went on without it.
    acknowledges(network.anchor(holder, lease, 1, STATE));
    network.mine(ModelNetwork.MAX_BATCH_AGE / 2 - 1);
    long second = network.takeLease(holder, 1);
    acknowledges(network.anchor(holder, second, 5, OTHER_STATE));
    network.mine(ModelNetwork.MAX_BATCH_AGE / 2 + 5);
    long third = network.takeLease(holder, 1);
    member.refuses(network.anchor(holder, third, 2, STATE), ErrorCode.HEAD_REFUSED);
  }

  @Test
  void anAcknowledgementNamesTheHeadAndTheTip() {
    HeadAcknowledgement acknowledgement =
        HeadAcknowledgement.open(
                member
                    .ask(
                        network.anchor(holder, lease, 3, STATE),
                        KeyManagerResponse.HeadAcknowledged.class)
                    .acknowledgement(),
                network.config.hash())
            .body();
    assertThat(acknowledgement.head()).isEqualTo(new KnownHead(lease, 3, STATE));
    assertThat(acknowledgement.headerHash()).isEqualTo(network.chain.tip().hash());
  }
}
