package network.enigma.enclave;

import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import network.enigma.ethereum.BlockHeader;
import network.enigma.ethereum.StateProof;
import network.enigma.ethereum.storage.EnigmaFacts;
import network.enigma.ethereum.storage.RealmHot;
import network.enigma.ethereum.storage.RealmOwner;
import network.enigma.protocol.Address;
import network.enigma.protocol.Announcement;
import network.enigma.protocol.Batch;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Grant;
import network.enigma.protocol.Head;
import network.enigma.protocol.Realms;
import network.enigma.protocol.channel.WorkerRequest;
import network.enigma.protocol.channel.WorkerResponse;
import network.enigma.protocol.crypto.Signature;
import network.enigma.protocol.crypto.Suite;
import network.enigma.tee.RealmKeys;
import network.enigma.tee.Roster;
import network.enigma.tee.message.KnownHead;
import network.enigma.tee.message.LeaseGrant;
import network.enigma.tee.message.LeaseQuorum;
import network.enigma.tee.message.LeaseRequest;
import network.enigma.tee.message.Verified;

/**
 * Takes leases of realms (Rules S2, S4): asks the key managers, checks and combines what they
 * grant, and loads the realm's state up to the highest head that a quorum acknowledged.
 */
final class Leases {
  private static final int MOST_REQUESTS = 10_000;

  /** The suite of announced input keys (Rule K6). */
  static final Suite SUITE = Suite.X_WING;

  private final Network network;
  private final Rosters rosters;
  private final Map<Bytes32, Verified<LeaseRequest>> requests =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Bytes32, Verified<LeaseRequest>> eldest) {
          return size() > MOST_REQUESTS;
        }
      };

  /** By realm, the highest lease this enclave ever took; dropping the realm does not forget it. */
  private final Map<Bytes32, Long> highestTaken = new HashMap<>();

  Leases(Network network, Rosters rosters) {
    this.network = network;
    this.rosters = rosters;
  }

  WorkerResponse request(WorkerRequest.RequestLease asked) {
    BlockHeader tip = network.chain().tip();
    LeaseRequest request =
        new LeaseRequest(
            asked.realm(),
            asked.tenure(),
            tip.number(),
            tip.hash(),
            asked.attempt(),
            asked.previousGeneration(),
            network.identity().sealingKey(),
            network.nonce());
    Bytes message = request.sign(network.identity(), network.hash());
    synchronized (requests) {
      requests.put(asked.realm(), LeaseRequest.open(message, network.hash()));
    }
    return new WorkerResponse.LeaseRequested(request.lease(), message);
  }

  /** A realm as it was taken, with the answer to the host. */
  record Taken(HeldRealm realm, WorkerResponse.LeaseTaken answer) {}

  Taken take(WorkerRequest.TakeLease take) {
    Bytes32 realm = take.realm();
    Verified<LeaseRequest> request;
    synchronized (requests) {
      request = requests.get(realm);
    }
    if (request == null) {
      throw new EnigmaException(
          ErrorCode.LEASE_REFUSED, "this enclave has asked for no lease of realm " + realm);
    }
    EnigmaFacts facts = network.chain().proveRecent(StateProof.decode(take.proof()));
    if (!facts.networkHash().equals(network.hash())) {
      throw new EnigmaException(
          ErrorCode.WRONG_NETWORK, "the contract is of network " + facts.networkHash());
    }
    RealmHot hot = facts.realmHot(realm);
    RealmOwner owner = facts.realmOwner(realm);
    long tenure = request.body().tenure();
    requireTenure(hot, tenure);
    long lease = request.body().lease();
    if (Long.compareUnsigned(hot.lease(), lease) > 0) {
      throw new EnigmaException(
          ErrorCode.LEASE_FENCED, "the chain has seen lease " + hot.lease() + " of the realm");
    }

    List<Verified<LeaseGrant>> grants = new ArrayList<>();
    Map<Address, Signature> signatures = new TreeMap<>();
    Grant publicPart = new Grant(realm, tenure, lease, network.identity().address());
    for (WorkerRequest.Grant each : take.grants()) {
      Verified<LeaseGrant> grant =
          LeaseGrant.open(network.identity(), network.hash(), request.digest(), each.sealedGrant());
      if (!grant.sender().equals(each.keyManager())
          || !publicPart.signer(network.domain(), each.signature()).equals(grant.sender())) {
        throw new EnigmaException(
            ErrorCode.BAD_SIGNATURE, "a grant is not signed by " + each.keyManager());
      }
      network.chain().recentHeader(grant.body().headerNumber(), grant.body().headerHash());
      grants.add(grant);
      signatures.put(grant.sender(), each.signature());
    }
    Roster roster = rosters.of(signatures.keySet(), Optional.of(facts));
    LeaseQuorum quorum =
        LeaseQuorum.of(
            grants,
            request,
            network.hash(),
            roster,
            network.parameters().maxHeaderLag(),
            hot.sequence());
    HeldKeys keys =
        new HeldKeys(new RealmKeys(quorum.current()), quorum.previous().map(RealmKeys::new));
    Optional<WorkerResponse.Announcement> announcement =
        announcement(facts, hot, keys.current(), tenure);

    HeldRealm.Lease held = new HeldRealm.Lease(realm, lease, tenure, owner.waitsForCommit());
    Loaded loaded = load(take, keys, facts, quorum.head(), held);
    boolean anchored =
        loaded.adopted.isEmpty() || isHeldByAQuorum(grants, quorum.head().orElseThrow(), roster);
    RealmFacts realmFacts =
        new RealmFacts(realm, network.chain(), network.parameters().maxHeaderLag());
    HeldRealm taken =
        new HeldRealm(
            held,
            keys,
            realmFacts,
            loaded.state,
            loaded.sequence,
            loaded.stateHash,
            loaded.committed,
            loaded.adopted,
            anchored,
            loaded.oldestTenure >= tenure);
    claim(realm, request, lease);
    return new Taken(
        taken,
        new WorkerResponse.LeaseTaken(
            lease,
            tenure,
            loaded.sequence,
            loaded.committed.endSequence(),
            loaded.stateHash,
            keys.current().inputKey(SUITE).publicKey(),
            announcement,
            List.copyOf(signatures.values()),
            anchored
                ? loaded.adopted.stream()
                    .map(made -> made.released(!held.waitsForCommit()))
                    .toList()
                : List.of(),
            anchored ? Optional.empty() : Optional.of(loaded.adopted.getLast().anchor(network)),
            loaded.oldestTenure < tenure));
  }

  /**
   * Whether every later quorum must name the head. One key manager's word is enough to have to load
   * it, and too little to show what it covers: a quorum without that key manager would lose it.
   */
  private static boolean isHeldByAQuorum(
      List<Verified<LeaseGrant>> grants, KnownHead head, Roster roster) {
    return grants.stream()
            .filter(grant -> grant.body().head().filter(head::equals).isPresent())
            .count()
        >= roster.quorum();
  }

  /**
   * Uses the request up: one lease gives one state, whatever the host asks at the same time.
   *
   * @throws EnigmaException {@link ErrorCode#LEASE_REFUSED} if it was used before
   */
  private void claim(Bytes32 realm, Verified<LeaseRequest> request, long lease) {
    synchronized (requests) {
      Long highest = highestTaken.get(realm);
      if (requests.get(realm) != request
          || (highest != null && Long.compareUnsigned(highest, lease) >= 0)) {
        throw new EnigmaException(
            ErrorCode.LEASE_REFUSED,
            "lease " + lease + " of realm " + realm + " was taken already, or is superseded");
      }
      requests.remove(realm);
      highestTaken.put(realm, lease);
    }
  }

  /** A tenure is the announced one, or the drawn one while that is pending. */
  private static void requireTenure(RealmHot hot, long tenure) {
    boolean announced = tenure == hot.tenure() && tenure != 0;
    boolean drawn = tenure == hot.tenure() + 1L && hot.pending();
    if (!announced && !drawn) {
      throw new EnigmaException(
          ErrorCode.LEASE_REFUSED,
          "tenure " + tenure + " is neither the realm's, " + hot.tenure() + ", nor drawn");
    }
  }

  /** What announces the tenure's key, or nothing if it is on chain. */
  private Optional<WorkerResponse.Announcement> announcement(
      EnigmaFacts facts, RealmHot hot, RealmKeys keys, long tenure) {
    Bytes32 keyHash = keys.inputKeyHash(SUITE);
    if (tenure == hot.tenure()) {
      Bytes32 announced = facts.inputKeyHash(keys.realm(), tenure);
      if (!announced.equals(keyHash) && !announced.equals(keys.inputKeyHash(Suite.X25519))) {
        throw new EnigmaException(
            ErrorCode.KEY_MISMATCH,
            "the key of tenure " + tenure + " is not the one on chain, " + announced);
      }
      return Optional.empty();
    }
    Announcement message = new Announcement(keys.realm(), tenure, SUITE.id(), keyHash);
    return Optional.of(
        new WorkerResponse.Announcement(
            SUITE.id(),
            keys.inputKey(SUITE).publicKey(),
            network.identity().sign(message.digest(network.domain()))));
  }

  /**
   * A loaded state.
   *
   * @param committed the head on chain
   * @param adopted the batches between it and the state
   * @param oldestTenure under whose key a part of it is sealed; the greatest number for a state
   *     without parts
   */
  private record Loaded(
      RealmState state,
      long sequence,
      Bytes32 stateHash,
      KnownHead committed,
      List<MadeBatch> adopted,
      long oldestTenure) {}

  /**
   * Loads the state up to the chain's head, and on to the highest acknowledged one; the batches in
   * between are adopted.
   *
   * @throws EnigmaException {@link ErrorCode#HEAD_MISMATCH} when snapshot and deltas do not lead
   *     there
   */
  private Loaded load(
      WorkerRequest.TakeLease take,
      HeldKeys keys,
      EnigmaFacts facts,
      Optional<KnownHead> acknowledged,
      HeldRealm.Lease lease) {
    long committed = facts.realmHot(lease.realm()).sequence();
    Bytes32 stored = facts.storedStateHash(lease.realm());
    Bytes32 genesis = Realms.genesisStateHash(lease.realm());
    Bytes32 committedHash = stored.isZero() ? genesis : stored;
    KnownHead onChain = new KnownHead(0, committed, committedHash);
    KnownHead target = acknowledged.filter(head -> head.endSequence() > committed).orElse(onChain);

    RealmState state = new RealmState();
    long sequence = 0;
    Bytes32 hash = genesis;
    long oldestTenure = Long.MAX_VALUE;
    if (take.snapshot().isPresent()) {
      Delta.Sealed snapshot = openSnapshot(keys, take.snapshot().get());
      state.apply(snapshot.delta().changes());
      oldestTenure = StateSealer.header(snapshot.bytes()).tenure();
      sequence = snapshot.delta().batch().endSequence();
      hash = snapshot.stateHash();
    }
    if (sequence > committed) {
      throw mismatch("the snapshot at sequence " + sequence + " is not committed");
    }
    List<MadeBatch> adopted = new ArrayList<>();
    boolean passedCommitted = sequence == committed && hash.equals(committedHash);
    for (Delta.Sealed sealed : line(keys, take.deltas(), sequence, hash, target)) {
      Delta delta = sealed.delta();
      // A snapshot changes nothing of the state before it but the header.
      state.apply(
          Delta.kind(delta.batch()) == RealmKeys.StateKind.SNAPSHOT
              ? StateChanges.none(delta.changes().headerNumber())
              : delta.changes());
      oldestTenure = Math.min(oldestTenure, StateSealer.header(sealed.bytes()).tenure());
      sequence = delta.batch().endSequence();
      hash = sealed.stateHash();
      if (sequence == committed) {
        passedCommitted = hash.equals(committedHash);
      } else if (sequence > committed) {
        adopted.add(adopt(sealed, lease, state));
      }
    }
    if (!passedCommitted) {
      throw mismatch("they do not lead to the chain's state hash at sequence " + committed);
    }
    return new Loaded(state, sequence, hash, onChain, adopted, oldestTenure);
  }

  private static Delta.Sealed openSnapshot(HeldKeys keys, Bytes sealed) {
    Delta.Sealed snapshot;
    try {
      snapshot = Delta.open(keys, sealed);
    } catch (EnigmaException e) {
      throw mismatch("the snapshot does not open: " + e.getMessage());
    }
    if (Delta.kind(snapshot.delta().batch()) != RealmKeys.StateKind.SNAPSHOT) {
      throw mismatch("a delta stands in the place of the snapshot");
    }
    return snapshot;
  }

  /**
   * The deltas that lead from a state to the target, in order. A host keeps more than these: what
   * an earlier holder made and never had anchored, bytes that its disk or another machine spoilt.
   * They lead nowhere, and are passed over.
   *
   * @throws EnigmaException {@link ErrorCode#HEAD_MISMATCH} if one is missing
   */
  private static List<Delta.Sealed> line(
      HeldKeys keys, List<Bytes> deltas, long fromSequence, Bytes32 fromHash, KnownHead target) {
    Map<Bytes32, Delta.Sealed> byStateHash = new HashMap<>();
    String unreadable = "";
    for (Bytes bytes : deltas) {
      try {
        Delta.Sealed sealed = Delta.open(keys, bytes);
        byStateHash.put(sealed.stateHash(), sealed);
      } catch (EnigmaException e) {
        unreadable = "; one does not open: " + e.getMessage();
      }
    }
    ArrayDeque<Delta.Sealed> line = new ArrayDeque<>();
    long sequence = target.endSequence();
    Bytes32 hash = target.stateHash();
    while (sequence > fromSequence) {
      Delta.Sealed last = byStateHash.get(hash);
      if (last == null || last.delta().batch().endSequence() != sequence) {
        throw mismatch(
            "none leads to the state at sequence "
                + sequence
                + (line.isEmpty() ? ", the highest acknowledged head" : "")
                + unreadable);
      }
      line.addFirst(last);
      sequence = last.delta().batch().firstSequence() - 1;
      hash = last.delta().previous();
    }
    if (sequence != fromSequence || !hash.equals(fromHash)) {
      throw mismatch("they do not continue the state at sequence " + fromSequence + unreadable);
    }
    return List.copyOf(line);
  }

  /** The same content, signed under this lease (Rule S4). */
  private MadeBatch adopt(Delta.Sealed sealed, HeldRealm.Lease lease, RealmState state) {
    Batch batch = sealed.delta().batch().underLease(lease.number(), lease.tenure());
    Head head = new Head(batch.realm(), batch.lease(), batch.endSequence(), sealed.stateHash());
    return new MadeBatch(
        batch,
        sealed.stateHash(),
        network.identity().sign(head.digest(network.domain())),
        sealed.delta().results(),
        sealed.bytes(),
        new StateLayer(state, batch.headerNumber()),
        Map.<Address, BigInteger>of(),
        !state.waiting().isEmpty());
  }

  private static EnigmaException mismatch(String why) {
    return new EnigmaException(ErrorCode.HEAD_MISMATCH, "snapshot and deltas do not fit: " + why);
  }
}
