package network.enigma.keymanager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import network.enigma.ethereum.storage.KeyManagerSlots;
import network.enigma.ethereum.storage.RealmHot;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Grant;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.channel.KeyManagerRequest;
import network.enigma.protocol.channel.KeyManagerResponse;
import network.enigma.protocol.channel.SharedResponse;
import network.enigma.protocol.crypto.Suite;
import network.enigma.tee.RealmKeys;
import network.enigma.tee.message.KnownHead;
import network.enigma.tee.message.LeaseGrant;
import network.enigma.tee.message.LeaseQuorum;
import network.enigma.tee.message.LeaseRequest;
import network.enigma.tee.message.Verified;
import org.junit.jupiter.api.Test;

/** Rules S2 and C5: who gets a lease, and what is in it. */
class LeaseTest {
  private static final Bytes32 NONE = Bytes32.zero();
  private static final Bytes32 STATE = Keccak.hashText("state");

  private final ModelNetwork network = ModelNetwork.running();
  private final Member member = network.member(0);
  private final WorkerIdentity holder = network.worker(1);

  private Verified<LeaseGrant> grant(Member from, KeyManagerRequest.GrantLease request) {
    return holder.open(request.message(), from.ask(request, KeyManagerResponse.LeaseGranted.class));
  }

  private LeaseQuorum quorum(KeyManagerRequest.GrantLease request, Member... from) {
    List<Verified<LeaseGrant>> grants =
        java.util.Arrays.stream(from).map(each -> grant(each, request)).toList();
    return LeaseQuorum.of(
        grants,
        LeaseRequest.open(request.message(), network.config.hash()),
        network.config.hash(),
        network.roster(),
        ModelNetwork.MAX_HEADER_LAG,
        0);
  }

  @Test
  void theHolderGetsTheSameSecretFromEveryQuorum() {
    RealmKeys first =
        new RealmKeys(
            quorum(network.leaseRequest(holder, 1), network.member(0), network.member(1))
                .current());
    RealmKeys second =
        new RealmKeys(
            quorum(network.leaseRequest(holder, 2), network.member(1), network.member(2))
                .current());
    assertThat(second.inputKeyHash(Suite.X_WING)).isEqualTo(first.inputKeyHash(Suite.X_WING));
  }

  @Test
  void oneGrantIsNoQuorum() {
    KeyManagerRequest.GrantLease request = network.leaseRequest(holder, 1);
    assertThatThrownBy(() -> quorum(request, member))
        .isInstanceOfSatisfying(
            EnigmaException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.QUORUM_NOT_REACHED));
  }

  @Test
  void theSameGrantTwiceIsNoQuorum() {
    KeyManagerRequest.GrantLease request = network.leaseRequest(holder, 1);
    assertThatThrownBy(() -> quorum(request, member, member))
        .isInstanceOfSatisfying(
            EnigmaException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.QUORUM_NOT_REACHED));
  }

  @Test
  void theChainSeesWhoGrantedWhatToWhom() {
    KeyManagerRequest.GrantLease request = network.leaseRequest(holder, 1);
    KeyManagerResponse.LeaseGranted granted =
        member.ask(request, KeyManagerResponse.LeaseGranted.class);
    long lease = WorkerIdentity.read(request.message(), network.config.hash()).lease();
    assertThat(
            new Grant(ModelNetwork.REALM, 1, lease, holder.address())
                .signer(network.config.domain(), granted.grantSignature()))
        .isEqualTo(member.address());
  }

  @Test
  void aGrantOpensForTheWorkerThatAskedOnly() {
    KeyManagerRequest.GrantLease request = network.leaseRequest(holder, 1);
    KeyManagerResponse.LeaseGranted granted =
        member.ask(request, KeyManagerResponse.LeaseGranted.class);
    assertThatThrownBy(() -> network.worker(2).open(request.message(), granted))
        .isInstanceOfSatisfying(
            EnigmaException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.DECRYPTION_FAILED));
  }

  @Test
  void aGrantOfAnEarlierRequestAnswersNoLaterOne() {
    KeyManagerRequest.GrantLease earlier = network.leaseRequest(holder, 1);
    KeyManagerResponse.LeaseGranted granted =
        member.ask(earlier, KeyManagerResponse.LeaseGranted.class);
    KeyManagerRequest.GrantLease later = network.leaseRequest(holder, 2);
    assertThatThrownBy(() -> holder.open(later.message(), granted))
        .isInstanceOfSatisfying(
            EnigmaException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.DECRYPTION_FAILED));
  }

  @Test
  void theSameRequestIsAnsweredAgainWithTheSameLease() {
    KeyManagerRequest.GrantLease request = network.leaseRequest(holder, 1);
    long first = grant(member, request).body().lease();
    assertThat(grant(member, request).body().lease()).isEqualTo(first);
  }

  @Test
  void aLeaseThatIsNotAboveEveryOtherIsRefused() {
    member.ask(network.leaseRequest(holder, 5), KeyManagerResponse.LeaseGranted.class);
    member.refuses(network.leaseRequest(holder, 5), ErrorCode.LEASE_FENCED);
    member.refuses(network.leaseRequest(holder, 4), ErrorCode.LEASE_FENCED);
  }

  @Test
  void aLeaseThatIsNotAboveTheChainsIsRefused() {
    long next = network.chain.tip().number() + 1;
    network.setCommitted((next << 16) + 7, 3, STATE);
    member.refuses(network.leaseRequest(holder, 7), ErrorCode.LEASE_FENCED);
    member.ask(network.leaseRequest(holder, 8), KeyManagerResponse.LeaseGranted.class);
  }

  @Test
  void aWorkerTakesOnlySoManyLeasesInAnEpoch() {
    for (int attempt = 1; attempt <= ModelNetwork.MAX_LEASES; attempt++) {
      member.ask(network.leaseRequest(holder, attempt), KeyManagerResponse.LeaseGranted.class);
    }
    member.refuses(
        network.leaseRequest(holder, ModelNetwork.MAX_LEASES + 1), ErrorCode.TOO_MANY_LEASES);
    network.setCounters(2, 0);
    network.mine(1);
    member.ask(network.leaseRequest(holder, 1), KeyManagerResponse.LeaseGranted.class);
  }

  @Test
  void aGrantNamesTheHeadOnChain() {
    network.setCommitted(5, 3, STATE);
    assertThat(grant(member, network.leaseRequest(holder, 1)).body().head())
        .contains(new KnownHead(5, 3, STATE));
  }

  @Test
  void aGrantNamesTheHighestHeadAcknowledged() {
    long lease = network.takeLease(holder, 1);
    member.ask(network.anchor(holder, lease, 4, STATE), KeyManagerResponse.HeadAcknowledged.class);
    assertThat(quorum(network.leaseRequest(holder, 2), member, network.member(1)).head())
        .contains(new KnownHead(lease, 4, STATE));
  }

  @Test
  void theSecretOfTheTenureBeforeIsGivenOnRequest() {
    RealmHot hot = new RealmHot(0, 0, 0, 1, 2, 1_000, ModelNetwork.GENERATION, 0, 0);
    RealmKeys before =
        new RealmKeys(quorum(network.leaseRequest(holder, 1), member, network.member(1)).current());
    network.setRealm(hot);
    network.mine(1);
    Bytes request =
        holder.request(
            ModelNetwork.REALM,
            2,
            network.chain.tip(),
            1,
            Optional.of((long) ModelNetwork.GENERATION));
    LeaseQuorum quorum =
        quorum(
            new KeyManagerRequest.GrantLease(request, NONE, network.leaseProof(holder, NONE)),
            member,
            network.member(1));
    assertThat(new RealmKeys(quorum.previous().orElseThrow()).inputKeyHash(Suite.X_WING))
        .isEqualTo(before.inputKeyHash(Suite.X_WING));
    assertThat(new RealmKeys(quorum.current()).inputKeyHash(Suite.X_WING))
        .isNotEqualTo(before.inputKeyHash(Suite.X_WING));
  }

  /** A realm in tenure 2 since a block, with or without a snapshot of it committed. */
  private void inTenureTwo(long began, boolean rekeyed) {
    network.setRealm(
        new RealmHot(
            0,
            0,
            0,
            1,
            2,
            began + network.config.parameters().tenureBlocks(),
            ModelNetwork.GENERATION,
            0,
            rekeyed ? 4 : 0));
    network.mine(1);
  }

  private KeyManagerRequest.GrantLease withTheTenureBefore(long tenure) {
    Bytes request =
        holder.request(
            ModelNetwork.REALM,
            tenure,
            network.chain.tip(),
            ++attempts,
            Optional.of((long) ModelNetwork.GENERATION));
    return new KeyManagerRequest.GrantLease(request, NONE, network.leaseProof(holder, NONE));
  }

  private int attempts;

  @Test
  void theSecretOfTheTenureBeforeIsGivenUntilASnapshotIsCommittedAndOldOrdersHaveExpired() {
    long maxOrderBlocks = network.config.parameters().maxOrderBlocks();
    long began = network.chain.tip().number() + 1;
    inTenureTwo(began, true);
    network.mine(maxOrderBlocks - 1);
    assertThat(grant(member, withTheTenureBefore(2)).body().previous()).isPresent();
    network.mine(1);
    assertThat(network.chain.tip().number()).isEqualTo(began + maxOrderBlocks);
    assertThat(grant(member, withTheTenureBefore(2)).body().previous()).isPresent();
    network.mine(1);
    member.refuses(withTheTenureBefore(2), ErrorCode.LEASE_REFUSED);
    inTenureTwo(began, false);
    assertThat(grant(member, withTheTenureBefore(2)).body().previous()).isPresent();
  }

  @Test
  void whoTakesTheNextTenureGetsTheSecretOfTheOneBefore() {
    long began = network.chain.tip().number() + 1;
    inTenureTwo(began, true);
    network.mine(network.config.parameters().maxOrderBlocks() + 1);
    RealmHot hot =
        new RealmHot(
            0,
            0,
            0,
            1,
            2,
            began + network.config.parameters().tenureBlocks(),
            ModelNetwork.GENERATION,
            network.chain.tip().number(),
            4 | 1);
    network.setRealm(hot);
    network.setRanks(1, 2, 3);
    network.mine(1);
    assertThat(grant(member, withTheTenureBefore(3)).body().previous()).isPresent();
  }

  @Test
  void aTenureThatIsNotDrawnGetsNoSecret() {
    member.refuses(network.leaseRequest(holder, 2, 1, NONE), ErrorCode.LEASE_REFUSED);
    member.refuses(network.leaseRequest(holder, 0, 1, NONE), ErrorCode.LEASE_REFUSED);
  }

  @Test
  void theFirstRankOfADrawnTenureGetsItsSecret() {
    network.setRealm(new RealmHot(0, 0, 0, 1, 1, 1_000, ModelNetwork.GENERATION, 0, 1));
    network.setRanks(2, 3, 0);
    network.mine(1);
    member.ask(
        network.leaseRequest(network.worker(2), 2, 1, NONE), KeyManagerResponse.LeaseGranted.class);
  }

  @Test
  void theSecondRankOfADrawnTenureWaits() {
    long drawnAt = network.chain.tip().number();
    network.setRealm(new RealmHot(0, 0, 0, 1, 1, 1_000, ModelNetwork.GENERATION, drawnAt, 1));
    network.setRanks(2, 3, 0);
    network.mine(ModelNetwork.FAILOVER_BLOCKS - 1);
    WorkerIdentity second = network.worker(3);
    member.refuses(network.leaseRequest(second, 2, 1, NONE), ErrorCode.LEASE_REFUSED);
    network.mine(1);
    member.ask(network.leaseRequest(second, 2, 1, NONE), KeyManagerResponse.LeaseGranted.class);
  }

  @Test
  void theSecondRankDoesNotWaitForOneThatIsLoggedOut() {
    network.setRealm(
        new RealmHot(
            0, 0, 0, 1, 1, 1_000, ModelNetwork.GENERATION, network.chain.tip().number(), 1));
    network.setRanks(2, 3, 0);
    network.setWorkerFlags(2, 1);
    network.mine(1);
    member.ask(
        network.leaseRequest(network.worker(3), 2, 1, NONE), KeyManagerResponse.LeaseGranted.class);
  }

  @Test
  void anOverdueTaskLetsTheSecondRankTakeOver() {
    network.setTask(network.chain.tip().number(), true);
    network.mine(ModelNetwork.FAILOVER_BLOCKS - 1);
    WorkerIdentity second = network.worker(2);
    member.refuses(network.leaseRequest(second, 1, 1, ModelNetwork.TASK), ErrorCode.LEASE_REFUSED);
    network.mine(1);
    member.ask(
        network.leaseRequest(second, 1, 1, ModelNetwork.TASK),
        KeyManagerResponse.LeaseGranted.class);
  }

  @Test
  void anExpiredTaskLetsNobodyTakeOver() {
    network.setTask(network.chain.tip().number(), true);
    network.mine(ModelNetwork.TASK_LIFE);
    WorkerIdentity second = network.worker(2);
    member.ask(
        network.leaseRequest(second, 1, 1, ModelNetwork.TASK),
        KeyManagerResponse.LeaseGranted.class);
    network.mine(1);
    member.refuses(network.leaseRequest(second, 1, 1, ModelNetwork.TASK), ErrorCode.LEASE_REFUSED);
  }

  @Test
  void aTaskThatCannotBeOverdueLetsNobodyTakeOver() {
    network.setTask(network.chain.tip().number(), false);
    network.mine(ModelNetwork.FAILOVER_BLOCKS);
    member.refuses(
        network.leaseRequest(network.worker(2), 1, 1, ModelNetwork.TASK), ErrorCode.LEASE_REFUSED);
  }

  @Test
  void aChallengeLetsTheThirdRankTakeOverAfterTwiceTheTime() {
    network.setChallenge(network.chain.tip().number());
    network.mine(2L * ModelNetwork.FAILOVER_BLOCKS - 1);
    WorkerIdentity third = network.worker(3);
    member.refuses(network.leaseRequest(third, 1, 1, NONE), ErrorCode.LEASE_REFUSED);
    network.mine(1);
    member.ask(network.leaseRequest(third, 1, 1, NONE), KeyManagerResponse.LeaseGranted.class);
  }

  @Test
  void nobodyTakesOverWithoutAReason() {
    network.mine(ModelNetwork.FAILOVER_BLOCKS);
    member.refuses(network.leaseRequest(network.worker(2), 1, 1, NONE), ErrorCode.LEASE_REFUSED);
  }

  @Test
  void aWorkerThatWasNotDrawnGetsNothing() {
    network.setTask(network.chain.tip().number(), true);
    network.setRanks(1, 2, 0);
    network.mine(3L * ModelNetwork.FAILOVER_BLOCKS);
    member.refuses(
        network.leaseRequest(network.worker(3), 1, 1, ModelNetwork.TASK), ErrorCode.LEASE_REFUSED);
  }

  @Test
  void anEvictedWorkerGetsNothing() {
    network.setWorkerFlags(1, 2);
    network.mine(1);
    member.refuses(network.leaseRequest(holder, 1), ErrorCode.WORKER_NOT_ACTIVE);
  }

  @Test
  void aWorkerPastItsAdmissionGetsNothing() {
    network.setWorker(1, network.chain.tip().timestamp(), 0);
    network.mine(1);
    member.refuses(network.leaseRequest(holder, 1), ErrorCode.WORKER_NOT_ACTIVE);
  }

  @Test
  void anEnclaveThatIsNotRegisteredGetsNothing() {
    WorkerIdentity stranger = new WorkerIdentity(4, network.config.hash());
    member.refuses(network.leaseRequest(stranger, 1), ErrorCode.NOT_LISTED);
  }

  @Test
  void aRealmThatDoesNotExistGetsNothing() {
    Bytes32 other = Keccak.hashText("another realm");
    Bytes request = holder.request(other, 1, network.chain.tip(), 1);
    Bytes proof =
        network.chain.proof(
            KeyManagerSlots.grantLease(
                other, ModelNetwork.GENERATION, holder.address(), List.of(1), NONE));
    member.refuses(new KeyManagerRequest.GrantLease(request, NONE, proof), ErrorCode.LEASE_REFUSED);
  }

  @Test
  void aProofOfAnotherRealmShowsNothing() {
    Bytes request = holder.request(Keccak.hashText("another realm"), 1, network.chain.tip(), 1);
    KeyManagerRequest.GrantLease mixed =
        new KeyManagerRequest.GrantLease(request, NONE, network.leaseProof(holder, NONE));
    // The nodes for one realm may happen to prove another one's absence; either way there is no
    // lease.
    KeyManagerResponse answer = member.ask(mixed);
    assertThat(answer)
        .isInstanceOfSatisfying(
            SharedResponse.Failure.class,
            failure ->
                assertThat(failure.code())
                    .isIn(ErrorCode.BAD_STATE_PROOF, ErrorCode.LEASE_REFUSED));
  }

  @Test
  void anOldHeaderGetsNothing() {
    Bytes request = holder.request(ModelNetwork.REALM, 1, network.chain.tip(), 1);
    Bytes proof = network.leaseProof(holder, NONE);
    network.mine(ModelNetwork.MAX_HEADER_LAG + 1);
    member.refuses(new KeyManagerRequest.GrantLease(request, NONE, proof), ErrorCode.QUORUM_STALE);
  }

  @Test
  void aHeaderThatIsNotHeldGetsNothing() {
    network.chain.mine();
    member.refuses(network.leaseRequest(holder, 1), ErrorCode.UNKNOWN_HEADER);
  }

  @Test
  void aProofOfAnotherBlockThanTheRequestNamesGetsNothing() {
    Bytes request = holder.request(ModelNetwork.REALM, 1, network.chain.tip(), 1);
    network.mine(1);
    member.refuses(
        new KeyManagerRequest.GrantLease(request, NONE, network.leaseProof(holder, NONE)),
        ErrorCode.UNKNOWN_HEADER);
  }

  @Test
  void aHeaderTheChainDroppedGetsNothing() {
    KeyManagerRequest.GrantLease request = network.leaseRequest(holder, 1);
    network.chain.fork(1);
    network.mine(2);
    member.refuses(request, ErrorCode.CHAIN_REORGANISED);
  }

  @Test
  void aRequestOfAnotherNetworkGetsNothing() {
    WorkerIdentity elsewhere = new WorkerIdentity(1, Keccak.hashText("another network"));
    member.refuses(
        new KeyManagerRequest.GrantLease(
            elsewhere.request(ModelNetwork.REALM, 1, network.chain.tip(), 1),
            NONE,
            network.leaseProof(elsewhere, NONE)),
        ErrorCode.WRONG_NETWORK);
  }

  @Test
  void aRequestWithAForgedSignatureGetsNothing() {
    byte[] forged = network.leaseRequest(holder, 1).message().toByteArray();
    forged[forged.length - 2] ^= 1;
    member.refuses(
        new KeyManagerRequest.GrantLease(Bytes.of(forged), NONE, network.leaseProof(holder, NONE)),
        ErrorCode.BAD_SIGNATURE);
  }

  @Test
  void aRequestInAnotherWorkersNameGetsNothing() {
    // Sender is in bytes 33 to 53 of a message.
    byte[] request =
        network.worker(2).request(ModelNetwork.REALM, 1, network.chain.tip(), 1).toByteArray();
    holder.address().copyTo(request, 33);
    member.refuses(
        new KeyManagerRequest.GrantLease(Bytes.of(request), NONE, network.leaseProof(holder, NONE)),
        ErrorCode.BAD_SIGNATURE);
  }

  @Test
  void aKeyManagerWithoutTheMasterSecretGrantsNothing() {
    ModelNetwork fresh = ModelNetwork.fresh(2);
    fresh.publishGeneration();
    fresh.member(1).refuses(fresh.leaseRequest(fresh.worker(1), 1), ErrorCode.NO_MASTER_SECRET);
  }

  @Test
  void aKeyManagerWithAnotherMasterSecretGrantsNothing() {
    ModelNetwork fresh = ModelNetwork.fresh(2);
    fresh.publishGeneration();
    fresh
        .member(1)
        .ask(
            new KeyManagerRequest.GenerateMaster(ModelNetwork.GENERATION),
            KeyManagerResponse.MasterHeld.class);
    fresh.member(1).refuses(fresh.leaseRequest(fresh.worker(1), 1), ErrorCode.WRONG_MASTER_SECRET);
  }
}
