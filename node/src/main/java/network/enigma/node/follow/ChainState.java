package network.enigma.node.follow;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import network.enigma.chain.EnigmaContract;
import network.enigma.chain.EthereumLog;
import network.enigma.contracts.Enigma;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.TaskKind;
import network.enigma.protocol.TaskOrder;

/**
 * Realms, workers, key managers and posted tasks as of the newest block. Events say what changed;
 * what it changed to is read from the contract, so that a reorganisation needs no undoing.
 */
public final class ChainState {
  /** Settled tasks are remembered so long, for reorganisations. */
  private static final long REMEMBER_SETTLED = 1_000;

  /** A worker as the chain has it. */
  public record WorkerFacts(long number, Enigma.WorkerView view) {
    public Address operator() {
      return Address.of(view.operator());
    }

    public Address enclave() {
      return Address.of(view.enclave());
    }

    /** Whether it may be drawn and may take over. */
    public boolean active() {
      return !view.loggedOut() && !view.evicted() && !enclave().isZero();
    }
  }

  /** An announced input key. */
  public record InputKey(long tenure, int suite, byte[] key) {}

  private final EnigmaContract contract;
  private final Map<Bytes32, RealmFacts> realms = new ConcurrentHashMap<>();
  private final Map<Long, WorkerFacts> workers = new ConcurrentHashMap<>();
  private final Map<Bytes32, InputKey> inputKeys = new ConcurrentHashMap<>();
  private final Map<Bytes32, Map<Bytes32, PostedOrder>> posted = new ConcurrentHashMap<>();
  private final Map<Address, Address> keyManagers = new ConcurrentHashMap<>();

  /** Blocks in which evidence of an enclave was last published. */
  private final Map<Address, Long> published = new ConcurrentHashMap<>();

  // Touched by the follower's thread only.
  private final Set<Bytes32> changedRealms = ConcurrentHashMap.newKeySet();
  private final Set<Long> changedWorkers = ConcurrentHashMap.newKeySet();
  private volatile Enigma.NetworkView network;
  private volatile Enigma.Generation generation;
  private volatile boolean networkChanged;

  public ChainState(EnigmaContract contract) {
    this.contract = contract;
    this.network = contract.network();
    this.generation = contract.generation(network.generation());
  }

  public EnigmaContract contract() {
    return contract;
  }

  public Enigma.NetworkView network() {
    return network;
  }

  /** Key managers whose answers decide now. */
  public int quorum() {
    return Math.max(1, generation.quorum());
  }

  public Optional<RealmFacts> realm(Bytes32 realm) {
    return Optional.ofNullable(realms.get(realm));
  }

  /** The realm, read from the endpoint if no event has named it yet. */
  public Optional<RealmFacts> lookUp(Bytes32 realm) {
    RealmFacts known = realms.get(realm);
    if (known != null) {
      return Optional.of(known);
    }
    RealmFacts read = RealmFacts.read(contract, realm);
    return read.exists() ? Optional.of(read) : Optional.empty();
  }

  public Collection<RealmFacts> realms() {
    return List.copyOf(realms.values());
  }

  public Optional<WorkerFacts> worker(long number) {
    return Optional.ofNullable(workers.get(number));
  }

  public List<WorkerFacts> workers() {
    return List.copyOf(new TreeMap<>(workers).values());
  }

  public Optional<InputKey> inputKey(Bytes32 realm) {
    return Optional.ofNullable(inputKeys.get(realm));
  }

  /** Enclave accounts of the listed key managers. */
  public Set<Address> keyManagerEnclaves() {
    return Set.copyOf(keyManagers.keySet());
  }

  /** Operator of a listed key manager's enclave. */
  public Optional<Address> keyManagerOperator(Address enclave) {
    return Optional.ofNullable(keyManagers.get(enclave));
  }

  /** The block in which evidence of an enclave was last published, as far as events say. */
  public OptionalLong publishedAt(Address enclave) {
    Long block = published.get(enclave);
    return block == null ? OptionalLong.empty() : OptionalLong.of(block);
  }

  /** Whether an account operates a registered worker or key manager. */
  public boolean isOperator(Address account) {
    return keyManagers.containsValue(account)
        || workers.values().stream().anyMatch(worker -> worker.operator().equals(account));
  }

  /** Tasks of a realm that are posted and not settled. */
  public List<PostedOrder> openTasks(Bytes32 realm) {
    return posted.getOrDefault(realm, Map.of()).values().stream()
        .filter(PostedOrder::open)
        .toList();
  }

  public Optional<PostedOrder> postedTask(Bytes32 realm, Bytes32 taskId) {
    return Optional.ofNullable(posted.getOrDefault(realm, Map.of()).get(taskId));
  }

  // -------------------------------------------------------------------------------------- changes

  void take(Enigma.Event event, EthereumLog log) {
    switch (event) {
      case Enigma.Event.RealmOpened opened -> changed(opened.realm());
      case Enigma.Event.Assigned assigned -> changed(assigned.realm());
      case Enigma.Event.KeyAnnounced key -> {
        changed(key.realm());
        inputKeys.put(
            Bytes32.of(key.realm()), new InputKey(key.tenure(), key.suite(), key.inputKey()));
      }
      case Enigma.Event.Committed committed -> changed(committed.realm());
      case Enigma.Event.FailedOver over -> changed(over.realm());
      case Enigma.Event.Challenged challenged -> changed(challenged.realm());
      case Enigma.Event.ChallengeEnded ended -> changed(ended.realm());
      case Enigma.Event.TaskPosted task -> post(task, log);
      case Enigma.Event.TaskSettled settled ->
          settle(settled.realm(), settled.taskId(), log.blockNumber());
      case Enigma.Event.TaskExpired expired ->
          settle(expired.realm(), expired.taskId(), log.blockNumber());
      case Enigma.Event.WorkerRegistered worker -> {
        changedWorkers.add(worker.worker());
        published.put(Address.of(worker.enclave()), log.blockNumber());
      }
      case Enigma.Event.LoggedIn worker -> changedWorkers.add(worker.worker());
      case Enigma.Event.LoggedOut worker -> changedWorkers.add(worker.worker());
      case Enigma.Event.Evicted worker -> changedWorkers.add(worker.worker());
      case Enigma.Event.Slashed worker -> changedWorkers.add(worker.worker());
      case Enigma.Event.SeatTaken seat -> {
        changedWorkers.add(seat.worker());
        networkChanged = true;
      }
      case Enigma.Event.SeatDropped seat -> {
        changedWorkers.add(seat.worker());
        networkChanged = true;
      }
      case Enigma.Event.KeyManagerAdded added -> {
        keyManagers.put(Address.of(added.enclave()), Address.of(added.operator()));
        published.put(Address.of(added.enclave()), log.blockNumber());
      }
      case Enigma.Event.KeyManagerRemoved removed ->
          keyManagers.remove(Address.of(removed.enclave()));
      case Enigma.Event.Seeded seeded -> networkChanged = true;
      case Enigma.Event.GenerationPublished published -> networkChanged = true;
      default -> {}
    }
  }

  private void changed(byte[] realm) {
    changedRealms.add(Bytes32.of(realm));
  }

  private void post(Enigma.Event.TaskPosted task, EthereumLog log) {
    Bytes32 realm = Bytes32.of(task.realm());
    Bytes32 taskId = Bytes32.of(task.taskId());
    TaskOrder order =
        new TaskOrder(
            Address.of(task.sender()),
            realm,
            Address.of(task.target()),
            TaskKind.fromNumber(task.kind()),
            Bytes32.of(task.codeHash()),
            Bytes32.of(task.inputHash()),
            task.gasLimit(),
            task.gasPrice(),
            task.expiry(),
            Bytes32.of(task.salt()));
    posted
        .computeIfAbsent(realm, key -> new ConcurrentHashMap<>())
        .put(
            taskId,
            new PostedOrder(
                taskId, order, task.withEnvelope(), log.transactionHash(), log.blockNumber(), -1));
  }

  private void settle(byte[] realm, byte[] taskId, long block) {
    Map<Bytes32, PostedOrder> tasks = posted.get(Bytes32.of(realm));
    if (tasks != null) {
      tasks.computeIfPresent(Bytes32.of(taskId), (id, task) -> task.settled(block));
    }
  }

  /** Reads again what the events of the last blocks changed. */
  void refresh(long blockNumber) {
    for (Bytes32 realm : Set.copyOf(changedRealms)) {
      realms.put(realm, RealmFacts.read(contract, realm));
      changedRealms.remove(realm);
    }
    for (long worker : Set.copyOf(changedWorkers)) {
      workers.put(worker, new WorkerFacts(worker, contract.worker(worker)));
      changedWorkers.remove(worker);
    }
    if (networkChanged) {
      networkChanged = false;
      network = contract.network();
      generation = contract.generation(network.generation());
    }
    for (Map<Bytes32, PostedOrder> tasks : posted.values()) {
      tasks
          .values()
          .removeIf(task -> !task.open() && task.settledAt() < blockNumber - REMEMBER_SETTLED);
    }
  }

  /** Blocks above a number are void: everything is read again. */
  void rollBack(long toNumber) {
    changedRealms.addAll(realms.keySet());
    changedWorkers.addAll(workers.keySet());
    networkChanged = true;
    for (Map<Bytes32, PostedOrder> tasks : posted.values()) {
      tasks.values().removeIf(task -> task.postedAt() > toNumber);
      tasks.replaceAll((id, task) -> task.settledAt() > toNumber ? task.settled(-1) : task);
    }
  }
}
