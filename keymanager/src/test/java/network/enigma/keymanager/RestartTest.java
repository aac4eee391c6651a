package network.enigma.keymanager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Incarnation;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.channel.KeyManagerRequest;
import network.enigma.protocol.channel.KeyManagerResponse;
import network.enigma.tee.Roster;
import network.enigma.tee.message.AckQuorum;
import network.enigma.tee.message.HeadAcknowledgement;
import network.enigma.tee.message.KnownHead;
import network.enigma.tee.message.LeaseGrant;
import network.enigma.tee.message.LeaseQuorum;
import network.enigma.tee.message.LeaseRequest;
import network.enigma.tee.message.Verified;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Rule S3: a restarted key manager counts in no quorum until it knows the heads again. */
class RestartTest {
  private static final Bytes32 STATE = Keccak.hashText("state");

  /** Blocks from the one that records a nonce to the first at which the key manager counts. */
  private static final int NONCE_WAIT =
      ModelNetwork.MAX_BATCH_AGE + ModelNetwork.MAX_HEADER_LAG + 1;

  private static final Bytes32 OTHER_STATE = Keccak.hashText("another state");

  private final ModelNetwork network = ModelNetwork.running();
  private final WorkerIdentity holder = network.worker(1);
  private final Member restarted = network.member(0);

  private KeyManagerResponse.HeadsRequest question() {
    return question(restarted);
  }

  private Bytes report(Member from, KeyManagerResponse.HeadsRequest question) {
    return report(from, restarted, question);
  }

  private KeyManagerRequest.LoadHeads load(Bytes... reports) {
    return new KeyManagerRequest.LoadHeads(
        List.of(reports),
        network.headsProof(network.members.stream().map(Member::address).toList()));
  }

  private void remember() {
    remember(restarted, network.member(1), network.member(2));
  }

  private void remember(Member reader, Member one, Member other) {
    KeyManagerResponse.HeadsRequest question = question(reader);
    reader.ask(
        load(report(one, reader, question), report(other, reader, question)),
        KeyManagerResponse.Counting.class);
  }

  private static KeyManagerResponse.HeadsRequest question(Member reader) {
    return reader.ask(new KeyManagerRequest.RequestHeads(), KeyManagerResponse.HeadsRequest.class);
  }

  private Bytes report(Member from, Member reader, KeyManagerResponse.HeadsRequest question) {
    return from.message(
        new KeyManagerRequest.ReadHeads(
            question.message(), network.headsProof(List.of(reader.address()))));
  }

  private static void refuses(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(EnigmaException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private Verified<HeadAcknowledgement> acknowledgement(
      Member from, KeyManagerRequest.AcknowledgeHead request) {
    return HeadAcknowledgement.open(
        from.ask(request, KeyManagerResponse.HeadAcknowledged.class).acknowledgement(),
        network.config.hash());
  }

  private void requireQuorum(List<Verified<HeadAcknowledgement>> all, KnownHead head) {
    AckQuorum.require(all, ModelNetwork.REALM, head, roster(), ModelNetwork.MAX_HEADER_LAG);
  }

  private Roster roster() {
    return network.roster();
  }

  @Test
  void itGrantsNoLease() {
    restarted.restart();
    restarted.refuses(network.leaseRequest(holder, 1), ErrorCode.HEADS_UNKNOWN);
  }

  @Test
  void itAcknowledgesNoHead() {
    long lease = network.takeLease(holder, 1);
    restarted.restart();
    restarted.refuses(network.anchor(holder, lease, 1, STATE), ErrorCode.HEADS_UNKNOWN);
  }

  @Test
  void itRemindsNobody() {
    KeyManagerResponse.HeadsRequest question =
        network
            .member(1)
            .ask(new KeyManagerRequest.RequestHeads(), KeyManagerResponse.HeadsRequest.class);
    restarted.restart();
    restarted.refuses(
        new KeyManagerRequest.ReadHeads(
            question.message(), network.headsProof(List.of(network.member(1).address()))),
        ErrorCode.HEADS_UNKNOWN);
  }

  @Test
  void itCountsAgainAfterReadingAQuorum() {
    restarted.restart();
    remember();
    restarted.ask(network.leaseRequest(holder, 1), KeyManagerResponse.LeaseGranted.class);
  }

  @Test
  void itKnowsTheHeadsTheOthersKnow() {
    long lease = network.takeLease(holder, 1);
    network
        .member(1)
        .ask(network.anchor(holder, lease, 7, STATE), KeyManagerResponse.HeadAcknowledged.class);
    restarted.restart();
    remember();
    long next = network.takeLease(holder, 2);
    restarted.refuses(network.anchor(holder, next, 6, OTHER_STATE), ErrorCode.HEAD_REFUSED);
    restarted.refuses(network.anchor(holder, next, 7, OTHER_STATE), ErrorCode.HEAD_REFUSED);
    restarted.ask(
        network.anchor(holder, next, 8, OTHER_STATE), KeyManagerResponse.HeadAcknowledged.class);
  }

  @Test
  void itStaysFencedAboveWhatTheOthersGranted() {
    network.takeLease(holder, 5);
    restarted.restart();
    remember();
    restarted.refuses(network.leaseRequest(holder, 5), ErrorCode.LEASE_FENCED);
  }

  @Test
  void aLeaseOfItsEarlierLifeIsOver() {
    long lease = network.takeLease(holder, 1);
    restarted.restart();
    remember();
    restarted.refuses(network.anchor(holder, lease, 1, STATE), ErrorCode.LEASE_FENCED);
  }

  @Test
  void voidHeadsItReadBecomeVoidInTime() {
    long lease = network.takeLease(holder, 1);
    network
        .member(1)
        .ask(network.anchor(holder, lease, 7, STATE), KeyManagerResponse.HeadAcknowledged.class);
    restarted.restart();
    remember();
    network.mine(ModelNetwork.MAX_BATCH_AGE + 1);
    long next = network.takeLease(holder, 1);
    restarted.ask(
        network.anchor(holder, next, 1, OTHER_STATE), KeyManagerResponse.HeadAcknowledged.class);
  }

  @Test
  void oneReportIsNoQuorum() {
    restarted.restart();
    restarted.refuses(load(report(network.member(1), question())), ErrorCode.QUORUM_NOT_REACHED);
  }

  @Test
  void theSameReportTwiceIsNoQuorum() {
    restarted.restart();
    Bytes report = report(network.member(1), question());
    restarted.refuses(load(report, report), ErrorCode.QUORUM_NOT_REACHED);
  }

  @Test
  void aReportForAnEarlierLifeIsRefused() {
    restarted.restart();
    KeyManagerResponse.HeadsRequest question = question();
    Bytes first = report(network.member(1), question);
    Bytes second = report(network.member(2), question);
    restarted.restart();
    restarted.refuses(load(first, second), ErrorCode.QUORUM_STALE);
  }

  @Test
  void anOldReportIsRefused() {
    restarted.restart();
    KeyManagerResponse.HeadsRequest question = question();
    Bytes first = report(network.member(1), question);
    Bytes second = report(network.member(2), question);
    network.mine(ModelNetwork.MAX_HEADER_LAG + 1);
    restarted.refuses(load(first, second), ErrorCode.QUORUM_STALE);
  }

  @Test
  void aReportOfAnEnclaveThatIsNotListedIsRefused() {
    restarted.restart();
    KeyManagerResponse.HeadsRequest question = question();
    Bytes first = report(network.member(1), question);
    Bytes second = report(network.member(2), question);
    network.setListed(network.member(2).address(), false);
    network.mine(1);
    restarted.refuses(load(first, second), ErrorCode.NOT_LISTED);
  }

  @Test
  void theHeadsAreToldToListedKeyManagersOnly() {
    restarted.restart();
    KeyManagerResponse.HeadsRequest question = question();
    network.setListed(restarted.address(), false);
    network.mine(1);
    network
        .member(1)
        .refuses(
            new KeyManagerRequest.ReadHeads(
                question.message(), network.headsProof(List.of(restarted.address()))),
            ErrorCode.NOT_LISTED);
  }

  /**
   * The holder's host keeps back an acknowledgement, restarts its giver, lets it read the heads,
   * and only then fetches the second one: the head would count as anchored although a later quorum
   * might know nothing of it.
   */
  @Test
  void anAcknowledgementFromBeforeTheRestartMakesNoQuorumWithALaterOne() {
    long lease = network.takeLease(holder, 1);
    KeyManagerRequest.AcknowledgeHead request = network.anchor(holder, lease, 1, STATE);
    KnownHead head = new KnownHead(lease, 1, STATE);
    Verified<HeadAcknowledgement> keptBack = acknowledgement(restarted, request);
    restarted.restart();
    remember();
    Verified<HeadAcknowledgement> later = acknowledgement(network.member(1), request);
    assertThatThrownBy(() -> requireQuorum(List.of(keptBack, later), head))
        .isInstanceOfSatisfying(
            EnigmaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.QUORUM_STALE));
    requireQuorum(List.of(later, acknowledgement(network.member(2), request)), head);
  }

  @Test
  void anEarlierProcessThatRunsOnMakesNoLeaseWithThoseThatKnowTheLater() {
    remember(restarted.secondProcess(), network.member(1), network.member(2));
    KeyManagerRequest.GrantLease request = network.leaseRequest(holder, 1);
    refuses(ErrorCode.QUORUM_STALE, () -> quorum(request, restarted, network.member(1)));
  }

  @Test
  void anEarlierProcessThatRunsOnRemindsNobodyWithOneThatKnowsTheLater() {
    remember(restarted.secondProcess(), network.member(1), network.member(2));
    Member reader = network.member(2);
    reader.restart();
    KeyManagerResponse.HeadsRequest question = question(reader);
    reader.refuses(
        load(report(restarted, reader, question), report(network.member(1), reader, question)),
        ErrorCode.QUORUM_STALE);
  }

  @Test
  void theLivesOfOthersAreReadTogetherWithTheHeads() {
    Member second = restarted.secondProcess();
    remember(second, network.member(1), network.member(2));
    Member reader = network.member(2);
    reader.restart();
    remember(reader, second, network.member(1));
    long lease = network.takeLease(holder, 1);
    KeyManagerRequest.AcknowledgeHead request = network.anchor(holder, lease, 1, STATE);
    List<Verified<HeadAcknowledgement>> acknowledgements =
        List.of(acknowledgement(restarted, request), acknowledgement(reader, request));
    refuses(
        ErrorCode.QUORUM_STALE,
        () -> requireQuorum(acknowledgements, new KnownHead(lease, 1, STATE)));
  }

  @Test
  void theNonceOnChainLetsItCountWhenWhatItForgotIsOver() {
    restarted.restart();
    network.recordNonce(restarted);
    network.mine(NONCE_WAIT - 1);
    restarted.refuses(resume(), ErrorCode.HEADS_UNKNOWN);
    network.mine(1);
    restarted.ask(resume(), KeyManagerResponse.Counting.class);
    assertThat(network.takeLease(holder, 1)).isPositive();
  }

  @Test
  void theNonceOfAnEarlierLifeLetsNobodyCount() {
    restarted.restart();
    network.recordNonce(restarted);
    network.mine(NONCE_WAIT + 1);
    restarted.restart();
    restarted.refuses(resume(), ErrorCode.HEADS_UNKNOWN);
  }

  @Test
  void theSignedNonceIsTheNextOneOfTheKeyManager() {
    restarted.restart();
    KeyManagerResponse.NonceSigned first = network.signNonce(restarted);
    assertThat(first.number()).isEqualTo(1);
    assertThat(first.nonce()).isEqualTo(question().nonce());
    Incarnation message = new Incarnation(first.number(), first.nonce());
    assertThat(message.signer(network.config.domain(), first.signature()))
        .isEqualTo(restarted.address());
    network.recordNonce(restarted);
    restarted.restart();
    assertThat(network.signNonce(restarted).number()).isEqualTo(2);
  }

  @Test
  void aKeyManagerThatCountsSignsNoNonce() {
    restarted.refuses(
        new KeyManagerRequest.SignNonce(incarnationProof()), ErrorCode.INVALID_ARGUMENT);
  }

  /** A second process of member 0, which has come back by its nonce while the first runs on. */
  private Member comeBackByNonce() {
    Member second = restarted.secondProcess();
    network.recordNonce(second);
    for (long i = 0; i < NONCE_WAIT; i++) {
      network.mine(1);
      second.follow();
    }
    second.ask(resume(), KeyManagerResponse.Counting.class);
    return second;
  }

  @Test
  void whoCountsGrantsRefusesAnEarlierProcessBesideOneThatCameBackByItsNonce() {
    Member second = comeBackByNonce();
    KeyManagerRequest.GrantLease request = network.leaseRequest(holder, 1);
    for (Member other : List.of(network.member(1), network.member(2))) {
      refuses(ErrorCode.QUORUM_STALE, () -> quorum(request, restarted, other));
    }
    assertThat(quorum(request, second, network.member(1)).lease()).isPositive();
    assertThat(quorum(request, second, network.member(2)).lease()).isPositive();
  }

  @Test
  void whoCountsAcknowledgementsRefusesAnEarlierProcessBesideOneThatCameBackByItsNonce() {
    Member second = comeBackByNonce();
    KeyManagerRequest.GrantLease lease = network.leaseRequest(holder, 1);
    for (Member each : List.of(restarted, second, network.member(1), network.member(2))) {
      each.ask(lease, KeyManagerResponse.LeaseGranted.class);
    }
    long number = WorkerIdentity.read(lease.message(), network.config.hash()).lease();
    KeyManagerRequest.AcknowledgeHead request = network.anchor(holder, number, 1, STATE);
    KnownHead head = new KnownHead(number, 1, STATE);
    for (Member other : List.of(network.member(1), network.member(2))) {
      List<Verified<HeadAcknowledgement>> withTheEarlier =
          List.of(acknowledgement(restarted, request), acknowledgement(other, request));
      refuses(ErrorCode.QUORUM_STALE, () -> requireQuorum(withTheEarlier, head));
      requireQuorum(
          List.of(acknowledgement(second, request), acknowledgement(other, request)), head);
    }
  }

  @Test
  void whoReadsTheHeadsRefusesAnEarlierProcessBesideOneThatCameBackByItsNonce() {
    Member second = comeBackByNonce();
    Member reader = network.member(2);
    reader.restart();
    KeyManagerResponse.HeadsRequest question = question(reader);
    reader.refuses(
        load(report(restarted, reader, question), report(network.member(1), reader, question)),
        ErrorCode.QUORUM_STALE);
    reader.ask(
        load(report(second, reader, question), report(network.member(1), reader, question)),
        KeyManagerResponse.Counting.class);
  }

  @Test
  void anEarlierProcessCountsNoLongerOnceTheNonceIsOnChainEvenBeforeTheLaterOneDoes() {
    Member second = restarted.secondProcess();
    network.recordNonce(second);
    KeyManagerRequest.GrantLease request = network.leaseRequest(holder, 1);
    refuses(ErrorCode.QUORUM_STALE, () -> quorum(request, restarted, network.member(1)));
    assertThat(quorum(request, network.member(1), network.member(2)).lease()).isPositive();
  }

  /** It has read heads in an earlier life, which the others remember; now no quorum was left. */
  @Test
  void whatOthersKnowOfAnEarlierLifeDoesNotStandAgainstOneOnChain() {
    restarted.restart();
    remember();
    restarted.restart();
    network.recordNonce(restarted);
    network.mine(NONCE_WAIT);
    restarted.ask(resume(), KeyManagerResponse.Counting.class);
    KeyManagerRequest.GrantLease request = network.leaseRequest(holder, 1);
    assertThat(quorum(request, restarted, network.member(1)).lease()).isPositive();
  }

  @Test
  void whoReadsTheHeadsAfterALifeOnChainCountsInThatNumber() {
    restarted.restart();
    network.recordNonce(restarted);
    network.mine(NONCE_WAIT);
    restarted.ask(resume(), KeyManagerResponse.Counting.class);
    restarted.restart();
    remember();
    KeyManagerRequest.GrantLease request = network.leaseRequest(holder, 1);
    assertThat(quorum(request, restarted, network.member(1)).lease()).isPositive();
  }

  @Test
  void aNonceThatWasSignedAndPutOnChainAfterReadingTheHeadsEndsTheLifeThatSignedIt() {
    restarted.restart();
    KeyManagerResponse.NonceSigned kept = network.signNonce(restarted);
    remember();
    network.recordNonce(restarted, kept);
    network.mine(NONCE_WAIT);
    KeyManagerRequest.GrantLease request = network.leaseRequest(holder, 1);
    refuses(ErrorCode.QUORUM_STALE, () -> quorum(request, restarted, network.member(1)));
    restarted.ask(resume(), KeyManagerResponse.Counting.class);
    KeyManagerRequest.GrantLease again = network.leaseRequest(holder, 2);
    refuses(ErrorCode.QUORUM_STALE, () -> quorum(again, restarted, network.member(1)));
  }

  @Test
  void headsAreNotToldToAnEarlierLifeThanOneThatReadThemAlready() {
    long before = network.chain.tip().number();
    restarted.restart();
    KeyManagerResponse.HeadsRequest earlier = question();
    Member second = restarted.secondProcess();
    network.recordNonce(second);
    report(network.member(1), second, question(second));
    network
        .member(1)
        .refuses(
            new KeyManagerRequest.ReadHeads(
                earlier.message(), network.headsProof(before, List.of(restarted.address()))),
            ErrorCode.QUORUM_STALE);
  }

  private LeaseQuorum quorum(KeyManagerRequest.GrantLease request, Member... from) {
    List<Verified<LeaseGrant>> grants =
        Stream.of(from)
            .map(each ->
                holder.open(
                    request.message(), each.ask(request, KeyManagerResponse.LeaseGranted.class)))
            .toList();
    return LeaseQuorum.of(
        grants,
        LeaseRequest.open(request.message(), network.config.hash()),
        network.config.hash(),
        roster(),
        ModelNetwork.MAX_HEADER_LAG,
        0);
  }

  private KeyManagerRequest.ResumeByNonce resume() {
    return new KeyManagerRequest.ResumeByNonce(incarnationProof());
  }

  private Bytes incarnationProof() {
    return network.incarnationProof(restarted.address());
  }

  @Test
  void aMemberOfTheFirstGenerationThatNeverRanBeforeCountsAtOnce() {
    assertThat(network.takeLease(holder, 1)).isPositive();
  }

  @Test
  void aMemberOfTheFirstGenerationThatRanBeforeDoesNot() {
    restarted.restart();
    restarted.refuses(restarted.founding(), ErrorCode.HEADS_UNKNOWN);
    restarted.refuses(network.leaseRequest(holder, 1), ErrorCode.HEADS_UNKNOWN);
  }

  /**
   * It takes another one's place, so that a quorum with it may know nothing of an anchored head.
   */
  @Test
  void aKeyManagerListedLaterHasToReadTheHeadsFirst() {
    Member later = new Member(network.config, network.chain);
    network.members.add(later);
    network.setListed(later.address(), 0);
    network.mine(1);
    later.refuses(later.founding(), ErrorCode.HEADS_UNKNOWN);
    network.setListed(later.address(), 2);
    network.setCounters(1, 0, 2);
    network.mine(1);
    later.refuses(later.founding(), ErrorCode.HEADS_UNKNOWN);
    later.refuses(network.leaseRequest(holder, 1), ErrorCode.HEADS_UNKNOWN);
  }
}
