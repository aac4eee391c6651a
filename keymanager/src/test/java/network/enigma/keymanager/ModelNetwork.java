package network.enigma.keymanager;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import network.enigma.attestation.simulation.SimulatedAuthority;
import network.enigma.ethereum.StateProof;
import network.enigma.ethereum.storage.Challenge;
import network.enigma.ethereum.storage.Counters;
import network.enigma.ethereum.storage.EnigmaFacts;
import network.enigma.ethereum.storage.EnigmaStorage;
import network.enigma.ethereum.storage.GenerationTerms;
import network.enigma.ethereum.storage.KeyManagerSlots;
import network.enigma.ethereum.storage.ListedMeasurement;
import network.enigma.ethereum.storage.PostedTask;
import network.enigma.ethereum.storage.RealmHot;
import network.enigma.ethereum.storage.RealmOwner;
import network.enigma.ethereum.storage.RecordedIncarnation;
import network.enigma.ethereum.storage.WorkerCore;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.NetworkConfig;
import network.enigma.protocol.Role;
import network.enigma.protocol.channel.KeyManagerRequest;
import network.enigma.protocol.channel.KeyManagerResponse;
import network.enigma.tee.Roster;
import network.enigma.tee.message.HeadAnchor;
import network.enigma.tee.message.HeadsReport;
import network.enigma.tee.message.KnownHead;
import network.enigma.tee.model.ModelChain;

/**
 * A network as its key managers see it: a chain, the members, three workers, and one realm that
 * worker 1 holds in tenure 1. Every change of the chain is mined and shown to all members at once.
 */
final class ModelNetwork {
  static final int GENERATION = 1;
  static final Bytes32 REALM = Keccak.hashText("a realm");
  static final Bytes32 TASK = Keccak.hashText("a task");
  static final int EPOCH_BLOCKS = 100;
  static final int FAILOVER_BLOCKS = 10;
  static final int MAX_BATCH_AGE = 60;
  static final int MAX_HEADER_LAG = 8;
  static final int MAX_LEASES = 5;
  static final int TASK_LIFE = 60;

  private static final long ADMITTED_UNTIL = ModelChain.GENESIS_TIME + 1_000_000;
  private static final Address OWNER = Address.lastBytesOf(Keccak.hashText("owner"));

  final ModelChain chain = new ModelChain();
  final NetworkConfig config;
  final List<Member> members = new ArrayList<>();
  final List<WorkerIdentity> workers = new ArrayList<>();

  private ModelNetwork(long maxLeases) {
    config = config(chain, MAX_HEADER_LAG, maxLeases);
  }

  static NetworkConfig config(ModelChain chain, int maxHeaderLag) {
    return config(chain, maxHeaderLag, MAX_LEASES);
  }

  private static NetworkConfig config(ModelChain chain, int maxHeaderLag, long maxLeases) {
    return new NetworkConfig(
        NetworkConfig.Mode.SIMULATION,
        NetworkConfig.HeaderSource.NODE,
        NetworkConfig.FinalityRule.LATEST_K,
        0,
        31337,
        chain.header(0).hash(),
        chain.header(0).hash(),
        ModelChain.ENIGMA,
        ModelChain.CODE_HASH,
        new NetworkConfig.Parameters(
            EPOCH_BLOCKS,
            3,
            FAILOVER_BLOCKS,
            60,
            MAX_BATCH_AGE,
            maxHeaderLag,
            0,
            0,
            maxLeases,
            64L << 20,
            100_000_000,
            1,
            1_000,
            1));
  }

  /** A network whose members have been started and know nothing yet. */
  static ModelNetwork fresh(int count) {
    return fresh(count, MAX_LEASES);
  }

  private static ModelNetwork fresh(int count, long maxLeases) {
    ModelNetwork network = new ModelNetwork(maxLeases);
    for (int i = 0; i < count; i++) {
      network.members.add(new Member(network.config, network.chain));
    }
    for (int number = 1; number <= 3; number++) {
      WorkerIdentity worker = new WorkerIdentity(number, network.config.hash());
      network.workers.add(worker);
      network.chain.set(EnigmaStorage.workerId(worker.address()), Bytes32.ofUnsigned(number));
      network.setWorker(number, ADMITTED_UNTIL, 0);
    }
    network.setCounters(1, 0);
    network.setRealm(realm());
    network.setRanks(new RealmOwner(OWNER, 1, 2, 3, 0, 0));
    network.mine(1);
    return network;
  }

  /** A network of three members, of which two decide, and all hold the master secret. */
  static ModelNetwork running() {
    return running(MAX_LEASES);
  }

  /** The same with another limit of leases, 0 for none. */
  static ModelNetwork running(long maxLeases) {
    ModelNetwork network = fresh(3, maxLeases);
    network.publishGeneration();
    for (int i = 1; i < 3; i++) {
      network.fetchMaster(i, 0);
    }
    return network;
  }

  /**
   * Member 0 makes the master secret; governance lists all members and publishes the generation.
   */
  void publishGeneration() {
    KeyManagerResponse.MasterHeld held =
        member(0)
            .ask(
                new KeyManagerRequest.GenerateMaster(GENERATION),
                KeyManagerResponse.MasterHeld.class);
    setGeneration(held.checkHash());
    for (Member each : members) {
      setListed(each.address(), true);
    }
    list(SimulatedAuthority.measurement(Role.KEY_MANAGER), true);
    mine(1);
    for (Member each : members) {
      each.ask(each.founding(), KeyManagerResponse.Counting.class);
    }
  }

  void fetchMaster(int to, int from) {
    Bytes question = member(to).message(new KeyManagerRequest.RequestMaster(GENERATION));
    Bytes answer =
        member(from)
            .message(
                new KeyManagerRequest.ServeMaster(question, masterProof(member(to).address())));
    member(to)
        .ask(
            new KeyManagerRequest.ReceiveMaster(answer, masterProof(member(from).address())),
            KeyManagerResponse.MasterHeld.class);
  }

  Bytes masterProof(Address peer) {
    return chain.proof(
        KeyManagerSlots.master(
            GENERATION, peer, List.of(SimulatedAuthority.measurement(Role.KEY_MANAGER))));
  }

  Member member(int index) {
    return members.get(index);
  }

  WorkerIdentity worker(int number) {
    return workers.get(number - 1);
  }

  void mine(long count) {
    chain.mine(count);
    members.forEach(Member::follow);
  }

  // What the chain says.

  static RealmHot realm() {
    return new RealmHot(0, 0, 0, 1, 1, 1_000, GENERATION, 0, 0);
  }

  void setRealm(RealmHot hot) {
    chain.set(EnigmaStorage.realmHot(REALM), hot.encode());
  }

  void setCommitted(long lease, long sequence, Bytes32 stateHash) {
    setRealm(new RealmHot(sequence, lease, 0, 1, 1, 1_000, GENERATION, 0, 0));
    chain.set(EnigmaStorage.stateHash(REALM), stateHash);
    mine(1);
  }

  void setRanks(RealmOwner owner) {
    chain.set(EnigmaStorage.realmOwner(REALM), owner.encode());
  }

  void setRanks(int rank0, int rank1, int rank2) {
    setRanks(new RealmOwner(OWNER, rank0, rank1, rank2, GENERATION, 0));
  }

  void setWorker(int number, long admittedUntil, int flags) {
    chain.set(
        EnigmaStorage.workerCore(number),
        new WorkerCore(worker(number).address(), admittedUntil, 1, 0, flags, 0).encode());
  }

  void setWorkerFlags(int number, int flags) {
    setWorker(number, ADMITTED_UNTIL, flags);
  }

  void setTask(long postedAt, boolean countsAsOverdue) {
    chain.set(
        EnigmaStorage.task(REALM, TASK),
        new PostedTask(OWNER, postedAt, TASK_LIFE | (countsAsOverdue ? 0x8000 : 0), 5).encode());
  }

  void setChallenge(long challengedAt) {
    chain.set(EnigmaStorage.challenge(REALM), new Challenge(OWNER, challengedAt, 5).encode());
    setRealm(new RealmHot(0, 0, 0, 1, 1, 1_000, GENERATION, 0, 2));
  }

  void setCounters(long epoch, long epochStart) {
    setCounters(epoch, epochStart, GENERATION);
  }

  void setCounters(long epoch, long epochStart, int generation) {
    chain.set(
        EnigmaStorage.counters(),
        new Counters(epoch, epochStart, 0, 3, 3, generation, ModelChain.GENESIS_TIME, 3).encode());
  }

  void setGeneration(Bytes32 checkHash) {
    List<Bytes32> slots = EnigmaStorage.generation(GENERATION);
    chain.set(slots.get(0), new GenerationTerms(0, 3, 1, 2).encode());
    chain.set(slots.get(1), Keccak.hashText("roster"));
    chain.set(slots.get(2), checkHash);
  }

  /** Listed, as a member of a generation or, with 0, of none yet. */
  void setListed(Address keyManager, int generation) {
    chain.set(
        EnigmaStorage.keyManager(keyManager),
        new network.enigma.ethereum.storage.KeyManager(OWNER, true, generation, 0).encode());
  }

  void setListed(Address keyManager, boolean listed) {
    chain.set(
        EnigmaStorage.keyManager(keyManager),
        new network.enigma.ethereum.storage.KeyManager(OWNER, listed, GENERATION, 0).encode());
  }

  /** A program in the list of those for key managers. */
  void list(Bytes32 measurement, boolean listed) {
    chain.set(
        EnigmaStorage.measurement(measurement),
        new ListedMeasurement(listed, Role.KEY_MANAGER.number(), 0, 1).encode());
  }

  // What workers and hosts ask.

  Bytes leaseProof(WorkerIdentity worker, Bytes32 overdue) {
    return leaseProof(chain.tip().number(), worker, overdue);
  }

  Bytes leaseProof(long number, WorkerIdentity worker, Bytes32 overdue) {
    return chain.proof(
        number,
        KeyManagerSlots.grantLease(REALM, GENERATION, worker.address(), List.of(1, 2, 3), overdue));
  }

  KeyManagerRequest.GrantLease leaseRequest(WorkerIdentity worker, int attempt) {
    return leaseRequest(worker, 1, attempt, Bytes32.zero());
  }

  KeyManagerRequest.GrantLease leaseRequest(
      WorkerIdentity worker, long tenure, int attempt, Bytes32 overdue) {
    return new KeyManagerRequest.GrantLease(
        worker.request(REALM, tenure, chain.tip(), attempt), overdue, leaseProof(worker, overdue));
  }

  /** The worker takes a lease from all members; says its number. */
  long takeLease(WorkerIdentity worker, int attempt) {
    KeyManagerRequest.GrantLease request = leaseRequest(worker, attempt);
    for (Member each : members) {
      each.ask(request, KeyManagerResponse.LeaseGranted.class);
    }
    return WorkerIdentity.read(request.message(), config.hash()).lease();
  }

  KeyManagerRequest.AcknowledgeHead anchor(
      WorkerIdentity worker, long lease, long sequence, Bytes32 stateHash) {
    return anchor(worker, lease, sequence, stateHash, chain.tip().number());
  }

  KeyManagerRequest.AcknowledgeHead anchor(
      WorkerIdentity worker, long lease, long sequence, Bytes32 stateHash, long header) {
    return new KeyManagerRequest.AcknowledgeHead(
        new HeadAnchor(
                REALM,
                new KnownHead(lease, sequence, stateHash),
                header,
                chain.header(header).hash())
            .sign(worker.identity(), config.hash()),
        Optional.empty());
  }

  /** A head on a line whose oldest uncommitted batch has another header. */
  KeyManagerRequest.AcknowledgeHead anchorOnto(
      WorkerIdentity worker, KnownHead head, long header, long oldestHeader, long oldestSequence) {
    return new KeyManagerRequest.AcknowledgeHead(
        new HeadAnchor(
                REALM,
                head,
                header,
                chain.header(header).hash(),
                new HeadsReport.Span(
                    oldestHeader, chain.header(oldestHeader).hash(), oldestSequence))
            .sign(worker.identity(), config.hash()),
        Optional.empty());
  }

  KeyManagerRequest.AcknowledgeHead withProof(KeyManagerRequest.AcknowledgeHead request) {
    return new KeyManagerRequest.AcknowledgeHead(
        request.message(), Optional.of(chain.proof(KeyManagerSlots.acknowledgeHead(REALM))));
  }

  Bytes headsProof(List<Address> keyManagers) {
    return headsProof(chain.tip().number(), keyManagers);
  }

  Bytes headsProof(long number, List<Address> keyManagers) {
    return chain.proof(number, KeyManagerSlots.heads(GENERATION, keyManagers));
  }

  Bytes incarnationProof(Address keyManager) {
    return chain.proof(KeyManagerSlots.incarnation(keyManager));
  }

  KeyManagerResponse.NonceSigned signNonce(Member member) {
    return member.ask(
        new KeyManagerRequest.SignNonce(incarnationProof(member.address())),
        KeyManagerResponse.NonceSigned.class);
  }

  /** Puts the nonce of a member's life on chain, in the next block. */
  void recordNonce(Member member) {
    recordNonce(member, signNonce(member));
  }

  void recordNonce(Member member, KeyManagerResponse.NonceSigned signed) {
    chain.set(
        EnigmaStorage.incarnation(member.address()),
        new RecordedIncarnation(
                RecordedIncarnation.prefix(signed.nonce()),
                signed.number(),
                chain.tip().number() + 1)
            .encode());
    mine(1);
    member.follow();
  }

  /** The members as the chain has them now. */
  Roster roster() {
    List<Address> all = members.stream().map(Member::address).toList();
    return Roster.prove(
        new EnigmaFacts(StateProof.decode(headsProof(all)).verify(chain.tip(), ModelChain.ENIGMA)),
        all);
  }
}
