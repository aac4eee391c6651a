package network.enigma.tee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.crypto.SecretBytes;
import network.enigma.tee.message.AckQuorum;
import network.enigma.tee.message.HeadAcknowledgement;
import network.enigma.tee.message.HeadAnchor;
import network.enigma.tee.message.Incarnations;
import network.enigma.tee.message.KnownHead;
import network.enigma.tee.message.LeaseGrant;
import network.enigma.tee.message.LeaseQuorum;
import network.enigma.tee.message.LeaseRequest;
import network.enigma.tee.message.TenureSecret;
import network.enigma.tee.message.Verified;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Rules T3, S2, S3 and K5: messages between enclaves and the quorums made of them. */
class SealedMessagesTest {
  private static final Bytes32 NETWORK = Keccak.hashText("network");
  private static final Bytes32 REALM = Keccak.hashText("realm");
  private static final Bytes32 STATE = Keccak.hashText("state");
  private static final KnownHead HEAD = new KnownHead(5, 6, STATE);
  private static final EnclaveIdentity WORKER = EnclaveIdentity.generate(Entropy.secure());
  private static final EnclaveIdentity FIRST = EnclaveIdentity.generate(Entropy.secure());
  private static final EnclaveIdentity SECOND = EnclaveIdentity.generate(Entropy.secure());
  private static final Incarnations.Life LIFE = new Incarnations.Life(Keccak.hashText("life"), 0);
  private static final Roster ROSTER =
      new Roster(1, 2, Map.of(FIRST.address(), 0L, SECOND.address(), 0L));
  private static final int LAG = 10;

  private final PartialSecret part = new PartialSecret(0, SecretBytes.random(32));
  private final Bytes message =
      new LeaseRequest(
              REALM,
              1,
              100,
              Keccak.hashText("header"),
              3,
              Optional.empty(),
              WORKER.sealingKey(),
              Keccak.hashText("nonce"))
          .sign(WORKER, NETWORK);
  private final Verified<LeaseRequest> request = LeaseRequest.open(message, NETWORK);

  private static void refuses(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(EnigmaException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private LeaseGrant grant(PartialSecret secret, Optional<KnownHead> head, long header) {
    return grant(secret, head, header, new Incarnations(LIFE, Map.of()));
  }

  private LeaseGrant grant(
      PartialSecret secret, Optional<KnownHead> head, long header, Incarnations incarnations) {
    return new LeaseGrant(
        request.digest(),
        REALM,
        1,
        request.body().lease(),
        new TenureSecret(1, 1, List.of(secret)),
        Optional.empty(),
        head,
        header,
        Keccak.hashText("tip"),
        incarnations);
  }

  private Verified<LeaseGrant> received(EnclaveIdentity from, LeaseGrant grant) {
    return LeaseGrant.open(WORKER, NETWORK, request.digest(), grant.seal(from, NETWORK, request));
  }

  private LeaseQuorum quorum(List<Verified<LeaseGrant>> grants) {
    return quorum(grants, 0);
  }

  private LeaseQuorum quorum(List<Verified<LeaseGrant>> grants, long committed) {
    return LeaseQuorum.of(grants, request, NETWORK, ROSTER, LAG, committed);
  }

  private static HeadAcknowledgement acknowledgement(
      long header, Incarnations.Life own, Map<Address, Incarnations.Life> known) {
    return new HeadAcknowledgement(
        REALM, HEAD, header, Keccak.hashText("tip"), new Incarnations(own, known));
  }

  private static Incarnations.Life life(String name, long number) {
    return new Incarnations.Life(Keccak.hashText(name), number);
  }

  private static Verified<HeadAcknowledgement> sent(
      EnclaveIdentity from, HeadAcknowledgement acknowledgement) {
    return HeadAcknowledgement.open(acknowledgement.sign(from, NETWORK), NETWORK);
  }

  private static void anchored(
      Verified<HeadAcknowledgement> one, Verified<HeadAcknowledgement> other) {
    AckQuorum.require(List.of(one, other), REALM, HEAD, ROSTER, LAG);
  }

  @Test
  void aMessageSaysWhoSentItAndWhat() {
    assertThat(request.sender()).isEqualTo(WORKER.address());
    assertThat(request.body().lease()).isEqualTo((100L << 16) + 3);
  }

  @Test
  void aMessageMeansNothingInAnotherNetwork() {
    refuses(
        ErrorCode.WRONG_NETWORK,
        () -> LeaseRequest.open(message, Keccak.hashText("another network")));
  }

  @Test
  void aMessageMeansNothingAsAnotherKind() {
    refuses(ErrorCode.MALFORMED_MESSAGE, () -> HeadAnchor.open(message, NETWORK));
    byte[] relabelled = message.toByteArray();
    relabelled[0] = 3;
    refuses(ErrorCode.BAD_SIGNATURE, () -> HeadAnchor.open(Bytes.of(relabelled), NETWORK));
  }

  @Property(tries = 500)
  void aMessageWithAFlippedBitIsRefused(
      @ForAll @IntRange(max = 100_000) int where, @ForAll @IntRange(max = 7) int bit) {
    byte[] flipped = message.toByteArray();
    flipped[where % flipped.length] ^= (byte) (1 << bit);
    assertThatThrownBy(() -> LeaseRequest.open(Bytes.of(flipped), NETWORK))
        .isInstanceOf(EnigmaException.class);
  }

  @Property(tries = 500)
  void anyBytesAreNoGrant(@ForAll byte[] bytes) {
    assertThatThrownBy(() -> LeaseGrant.open(WORKER, NETWORK, request.digest(), Bytes.of(bytes)))
        .isInstanceOf(EnigmaException.class);
  }

  @Test
  void aGrantOpensForTheWorkerOnly() {
    Bytes sealed = grant(part, Optional.empty(), 100).seal(FIRST, NETWORK, request);
    refuses(
        ErrorCode.DECRYPTION_FAILED,
        () -> LeaseGrant.open(SECOND, NETWORK, request.digest(), sealed));
  }

  @Test
  void aGrantOpensForItsRequestOnly() {
    Bytes sealed = grant(part, Optional.empty(), 100).seal(FIRST, NETWORK, request);
    refuses(
        ErrorCode.DECRYPTION_FAILED,
        () -> LeaseGrant.open(WORKER, NETWORK, Keccak.hashText("another"), sealed));
  }

  @Test
  void twoGrantsMakeALeaseWithTheHighestHead() {
    KnownHead laterLease = new KnownHead(9, 2, STATE);
    LeaseQuorum quorum =
        quorum(
            List.of(
                received(FIRST, grant(part, Optional.of(HEAD), 100)),
                received(SECOND, grant(part, Optional.of(laterLease), 105))));
    assertThat(quorum.head()).contains(laterLease);
    assertThat(quorum.lease()).isEqualTo(request.body().lease());
  }

  @Test
  void aHeadTheChainHasPassedOutranksNoHeadBeyondIt() {
    KnownHead committed = new KnownHead(HEAD.lease() + 1, HEAD.endSequence() - 1, STATE);
    List<Verified<LeaseGrant>> grants =
        List.of(
            received(FIRST, grant(part, Optional.of(committed), 100)),
            received(SECOND, grant(part, Optional.of(HEAD), 100)));
    assertThat(quorum(grants, committed.endSequence()).head()).contains(HEAD);
    assertThat(quorum(grants, HEAD.endSequence()).head()).isEmpty();
  }

  @Test
  void aGrantOfAnEarlierLifeMakesNoLeaseWithOneThatKnowsTheLater() {
    Incarnations earlier = new Incarnations(life("earlier", 0), Map.of());
    Incarnations told = new Incarnations(LIFE, Map.of(FIRST.address(), life("later", 0)));
    List<Verified<LeaseGrant>> grants =
        List.of(
            received(FIRST, grant(part, Optional.empty(), 100, earlier)),
            received(SECOND, grant(part, Optional.empty(), 100, told)));
    refuses(ErrorCode.QUORUM_STALE, () -> quorum(grants));
  }

  @Test
  void grantsOfStrangersMakeNoLease() {
    EnclaveIdentity stranger = EnclaveIdentity.generate(Entropy.secure());
    LeaseGrant grant = grant(part, Optional.empty(), 100);
    List<Verified<LeaseGrant>> grants = List.of(received(FIRST, grant), received(stranger, grant));
    refuses(ErrorCode.NOT_LISTED, () -> quorum(grants));
  }

  @Test
  void grantsThatLieTooFarApartMakeNoLease() {
    List<Verified<LeaseGrant>> grants =
        List.of(
            received(FIRST, grant(part, Optional.empty(), 100)),
            received(SECOND, grant(part, Optional.empty(), 101 + LAG)));
    refuses(ErrorCode.QUORUM_STALE, () -> quorum(grants));
  }

  @Test
  void grantsWithDifferentSecretsMakeNoLease() {
    List<Verified<LeaseGrant>> grants =
        List.of(
            received(FIRST, grant(part, Optional.empty(), 100)),
            received(
                SECOND,
                grant(new PartialSecret(0, SecretBytes.random(32)), Optional.empty(), 100)));
    refuses(ErrorCode.QUORUM_NOT_REACHED, () -> quorum(grants));
  }

  @Test
  void twoAcknowledgementsAnchor() {
    anchored(
        sent(FIRST, acknowledgement(100, LIFE, Map.of())),
        sent(SECOND, acknowledgement(100 + LAG, LIFE, Map.of(FIRST.address(), LIFE))));
  }

  @Test
  void acknowledgementsThatLieTooFarApartAnchorNothing() {
    refuses(
        ErrorCode.QUORUM_STALE,
        () ->
            anchored(
                sent(FIRST, acknowledgement(100, LIFE, Map.of())),
                sent(SECOND, acknowledgement(101 + LAG, LIFE, Map.of()))));
  }

  @Test
  void anAcknowledgementOfAnEarlierLifeAnchorsNothing() {
    Incarnations.Life later = life("later", 0);
    refuses(
        ErrorCode.QUORUM_STALE,
        () ->
            anchored(
                sent(FIRST, acknowledgement(100, LIFE, Map.of())),
                sent(SECOND, acknowledgement(100, LIFE, Map.of(FIRST.address(), later)))));
  }

  @Test
  void aLifeThatEndedOnChainAnchorsNothing() {
    Roster told = new Roster(1, 2, Map.of(FIRST.address(), 1L, SECOND.address(), 0L));
    Verified<HeadAcknowledgement> second = sent(SECOND, acknowledgement(100, LIFE, Map.of()));
    for (Incarnations.Life wrong : List.of(LIFE, life("one too many", 2))) {
      Verified<HeadAcknowledgement> first = sent(FIRST, acknowledgement(100, wrong, Map.of()));
      refuses(
          ErrorCode.QUORUM_STALE,
          () -> AckQuorum.require(List.of(first, second), REALM, HEAD, told, LAG));
    }
    AckQuorum.require(
        List.of(sent(FIRST, acknowledgement(100, life("latest", 1), Map.of())), second),
        REALM,
        HEAD,
        told,
        LAG);
  }

  @Test
  void aLifeThatEndedOnChainMakesNoLease() {
    Roster told = new Roster(1, 2, Map.of(FIRST.address(), 1L, SECOND.address(), 0L));
    List<Verified<LeaseGrant>> grants =
        List.of(
            received(FIRST, grant(part, Optional.empty(), 100)),
            received(SECOND, grant(part, Optional.empty(), 100)));
    refuses(ErrorCode.QUORUM_STALE, () -> LeaseQuorum.of(grants, request, NETWORK, told, LAG, 0));
  }

  /** Who comes back by its nonce on chain tells nobody; who knew an earlier life goes with it. */
  @Test
  void aLifeOnChainOutdatesWhatOthersKnewBefore() {
    Roster told = new Roster(1, 2, Map.of(FIRST.address(), 1L, SECOND.address(), 0L));
    Verified<HeadAcknowledgement> first =
        sent(FIRST, acknowledgement(100, life("latest", 1), Map.of()));
    AckQuorum.require(
        List.of(
            first,
            sent(SECOND, acknowledgement(100, LIFE, Map.of(FIRST.address(), life("earlier", 0))))),
        REALM,
        HEAD,
        told,
        LAG);
    Verified<HeadAcknowledgement> knowsALaterOne =
        sent(SECOND, acknowledgement(100, LIFE, Map.of(FIRST.address(), life("later still", 1))));
    refuses(
        ErrorCode.QUORUM_STALE,
        () -> AckQuorum.require(List.of(first, knowsALaterOne), REALM, HEAD, told, LAG));
  }

  @Test
  void anAcknowledgementOfAnotherHeadAnchorsNothing() {
    HeadAcknowledgement other =
        new HeadAcknowledgement(
            REALM,
            new KnownHead(5, 7, STATE),
            100,
            Keccak.hashText("tip"),
            new Incarnations(LIFE, Map.of()));
    refuses(
        ErrorCode.NOT_ANCHORED,
        () -> anchored(sent(FIRST, acknowledgement(100, LIFE, Map.of())), sent(SECOND, other)));
  }

  @Test
  void headsAreOrderedByLeaseAndThenBySequence() {
    assertThat(
            Stream.of(
                    new KnownHead(1, 9, STATE),
                    new KnownHead(2, 1, STATE),
                    new KnownHead(1, 3, STATE))
                .sorted()
                .map(KnownHead::endSequence))
        .containsExactly(3L, 9L, 1L);
  }
}
