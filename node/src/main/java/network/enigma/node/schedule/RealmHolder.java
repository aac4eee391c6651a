package network.enigma.node.schedule;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import network.enigma.ethereum.BlockHeader;
import network.enigma.ethereum.storage.WorkerSlots;
import network.enigma.node.follow.RealmFacts;
import network.enigma.node.lease.HeldLease;
import network.enigma.node.lease.LeaseTaker;
import network.enigma.node.replicate.Backups;
import network.enigma.node.replicate.OrderBackups;
import network.enigma.node.storage.Changes;
import network.enigma.node.storage.NodeStore;
import network.enigma.node.storage.StoredOrder;
import network.enigma.node.storage.StoredResult;
import network.enigma.node.storage.Written;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.LeaseNumber;
import network.enigma.protocol.Query;
import network.enigma.protocol.TaskKind;
import network.enigma.protocol.TaskOrder;
import network.enigma.protocol.channel.TaskInput;
import network.enigma.protocol.channel.WorkerRequest;
import network.enigma.protocol.channel.WorkerResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One realm that this worker holds or may come to hold. Orders wait here; one thread runs them in
 * batches whenever the enclave is free, so that batches grow with the load by themselves; {@link
 * Anchoring} takes over from there.
 */
public final class RealmHolder implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RealmHolder.class);
  private static final int MOST_TASKS = 512;
  private static final int STEPS_BETWEEN_SNAPSHOTS = 256;

  /** From so many steps on a snapshot does not wait for a quiet moment. */
  private static final int MOST_STEPS_WITHOUT_SNAPSHOT = 512;

  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final Duration NEXT_BLOCK = Duration.ofSeconds(30);

  /** Blocks for which the order of a committed task is kept, should its batch become void. */
  private static final int REORGANISATION = 64;

  /** Blocks after which an announcement that the chain does not show is made again. */
  private static final int ANNOUNCING = 5;

  private final Bytes32 realm;
  private final WorkerParts parts;
  private final FailoverWatch failover;
  private final OrderHandOver handOver;
  private final Backups backups;
  private final OrderBackups entrusted;
  private final Anchoring anchoring;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** Held while a lease is taken. */
  private final ReentrantLock leasing = new ReentrantLock();

  private final Thread thread;

  // Guarded by `lock`.
  private final Deque<StoredOrder> waiting = new ArrayDeque<>();
  private final Set<Bytes32> known = new HashSet<>();

  /** How many wait; read without the lock. */
  private volatile int orders;

  private final Set<Long> lost = new HashSet<>();

  /** The tasks of the batches made, by end sequence. */
  private final TreeMap<Long, List<Bytes32>> uncommitted = new TreeMap<>();

  /** Whether orders have left {@link #waiting} and their batch is not made yet. */
  private volatile boolean executing;

  /** Tasks whose orders are kept for reorganisations, by the block at which they were settled. */
  private final TreeMap<Long, List<Bytes32>> settled = new TreeMap<>();

  private @Nullable HeldLease held;

  /** The lease whose tenure the enclave has seen announced; only the realm's own thread uses it. */
  private @Nullable HeldLease provedTenureOf;

  private boolean callbacksWaiting;
  private boolean blockCame;
  private boolean closed;
  private int stepsSinceSnapshot;

  RealmHolder(Bytes32 realm, WorkerParts parts, FailoverWatch failover) {
    this.realm = realm;
    this.parts = parts;
    this.failover = failover;
    this.handOver = new OrderHandOver(realm, parts);
    this.backups =
        new Backups(
            realm,
            parts.worker(),
            parts.enclave(),
            parts.state(),
            parts.store(),
            parts.backups(),
            parts.committer(),
            new Backups.CommitTurn() {
              @Override
              public boolean takesOver(HeldLease lease) {
                return RealmHolder.this.takesOver(lease);
              }

              @Override
              public Optional<Bytes32> await(HeldLease lease, Bytes32 overdue)
                  throws InterruptedException {
                return awaitCommitTurn(lease, overdue);
              }
            });
    this.entrusted = new OrderBackups(realm, parts.backups());
    this.anchoring = new Anchoring(realm, parts, backups, this);
    this.thread = Thread.ofVirtual().name("realm-holder").start(this::run);
  }

  /** Whether this worker holds a lease of the realm now. */
  public boolean holds() {
    return lease().isPresent();
  }

  Optional<HeldLease> lease() {
    lock.lock();
    try {
      HeldLease now = held;
      return now != null && now.life() == parts.enclave().lives()
          ? Optional.of(now)
          : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  // ---------------------------------------------------------------------------------------- orders

  /**
   * Accepts an order: the enclave gives its word, the order is stored here and on the backups'
   * disks, and then it waits its turn.
   *
   * @return the acceptance; empty for a posted task whose block the enclave does not have yet
   */
  public Optional<WorkerResponse.Accepted> accept(TaskInput task) {
    return underLease(() -> acceptNow(task));
  }

  private Optional<WorkerResponse.Accepted> acceptNow(TaskInput task) {
    Bytes32 taskId = task.order().taskId(parts.enclave().network().domain());
    Optional<WorkerResponse.Accepted> accepted;
    try {
      accepted =
          Optional.of(
              parts
                  .proofs()
                  .with(
                      parts.enclave().tip(),
                      WorkerSlots.tasks(realm, parts.enclave().network().domain(), List.of(task)),
                      task.posted(),
                      WorkerSlots.accounts(List.of(task)),
                      proof ->
                          parts
                              .enclave()
                              .call(
                                  new WorkerRequest.Accept(task, proof),
                                  WorkerResponse.Accepted.class)));
    } catch (EnigmaException e) {
      if (!task.posted() || e.code() != ErrorCode.TASK_NOT_ELIGIBLE) {
        throw e;
      }
      accepted = Optional.empty();
    }
    StoredOrder order =
        new StoredOrder(
            taskId,
            task,
            accepted.map(WorkerResponse.Accepted::encode).map(Bytes::of).orElse(Bytes.empty()),
            parts.enclave().tip().number());
    // It may run before the backups have it; its user hears of it when they have.
    CompletableFuture<@Nullable Void> safe = entrusted.entrust(order);
    enqueue(order);
    OrderBackups.await(safe);
    if (accepted.isPresent()) {
      parts.metrics().ordersAccepted.inc();
    }
    return accepted;
  }

  /** Stores an order and lets it wait its turn. */
  void enqueue(StoredOrder order) {
    lock.lock();
    try {
      if (!known.add(order.taskId())) {
        return;
      }
    } finally {
      lock.unlock();
    }
    parts.store().append(NodeStore.putOrder(new Changes(), realm, order));
    Written written = parts.store().sync();
    // It may run while the disk is still busy; whoever sent it hears when the disk is done.
    resume(order);
    written.await();
    parts.board().taskChanged(realm, order.taskId());
  }

  /** Lets an order that is stored already wait its turn. */
  void resume(StoredOrder order) {
    lock.lock();
    try {
      known.add(order.taskId());
      waiting.addLast(order);
      orders = waiting.size();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    anchoring.orderCame(orders);
  }

  /** An order whose batch is void waits its turn once more. */
  void runAgain(StoredOrder order) {
    lock.lock();
    try {
      if (known.add(order.taskId())) {
        waiting.addLast(order);
        orders = waiting.size();
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** A task is done; its order is kept as long as a reorganisation may make its batch void. */
  void keepDone(List<Bytes32> taskIds) {
    long tip = parts.enclave().heldTip();
    lock.lock();
    try {
      settled.computeIfAbsent(tip, block -> new ArrayList<>()).addAll(taskIds);
    } finally {
      lock.unlock();
    }
  }

  private void forgetSettled() {
    Changes changes = new Changes();
    long before = parts.enclave().heldTip() - REORGANISATION;
    lock.lock();
    try {
      Map<Long, List<Bytes32>> deep = settled.headMap(before);
      deep.values()
          .forEach(tasks ->
              tasks.stream()
                  .filter(taskId -> !known.contains(taskId))
                  .forEach(taskId -> NodeStore.removeOrder(changes, realm, taskId)));
      deep.clear();
    } finally {
      lock.unlock();
    }
    parts.store().write(changes);
  }

  boolean knows(Bytes32 taskId) {
    lock.lock();
    try {
      return known.contains(taskId);
    } finally {
      lock.unlock();
    }
  }

  /** Answers a query from the anchored head. */
  public WorkerResponse.Answered query(Query query) {
    return underLease(() -> queryNow(query));
  }

  private WorkerResponse.Answered queryNow(Query query) {
    return parts
        .proofs()
        .with(
            parts.enclave().tip(),
            WorkerSlots.answerQuery(query, parts.enclave().network().mode()),
            false,
            proof ->
                parts
                    .enclave()
                    .call(
                        new WorkerRequest.AnswerQuery(query, proof),
                        WorkerResponse.Answered.class));
  }

  // ----------------------------------------------------------------------------------------- lease

  /** Asks the enclave under a lease; when the lease turns out to be over, under a new one. */
  private <T> T underLease(java.util.function.Supplier<T> question) {
    HeldLease lease = requireLease();
    try {
      return question.get();
    } catch (EnigmaException e) {
      if (!endsLease(e)) {
        throw e;
      }
      loseLease(lease, List.of(), String.valueOf(e.getMessage()));
      requireLease();
      return question.get();
    }
  }

  /** Whether the enclave says that it needs a new lease before it does anything more. */
  private static boolean endsLease(EnigmaException e) {
    return switch (e.code()) {
      case NOT_HOLDER,
          LEASE_FENCED,
          LEASE_REFUSED,
          HEAD_MISMATCH,
          BATCH_TOO_OLD,
          CHAIN_REORGANISED ->
          true;
      default -> false;
    };
  }

  /** Takes a lease if none is held. */
  private HeldLease requireLease() {
    Optional<HeldLease> now = lease();
    if (now.isPresent()) {
      return now.get();
    }
    leasing.lock();
    try {
      now = lease();
      if (now.isPresent()) {
        return now.get();
      }
      RealmFacts facts =
          parts
              .state()
              .realm(realm)
              .orElseThrow(() -> new EnigmaException(ErrorCode.UNKNOWN_REALM, "no realm " + realm));
      if (facts.holder() == parts.worker() && !facts.pending()) {
        return take(facts, Bytes32.zero());
      }
      Optional<Bytes32> overdue = failover.due(facts);
      if (overdue.isPresent()) {
        return take(facts, overdue.get());
      }
      if (facts.holder() == parts.worker()) {
        // The old tenure goes on until the next one is announced, but its lease is not renewed.
        throw new EnigmaException(
            ErrorCode.KEY_PENDING, "realm " + realm + " is about to change its worker");
      }
      throw new EnigmaException(
          ErrorCode.NOT_HOLDER, "realm " + realm + " is held by worker " + facts.holder());
    } finally {
      leasing.unlock();
    }
  }

  private HeldLease take(RealmFacts facts, Bytes32 overdue) {
    LeaseTaker.Taken taken =
        parts.leases().take(facts, parts.worker(), overdue, anchoring.sources(facts));
    HeldLease lease = taken.held();
    if (taken.answer().announcement().isPresent()) {
      parts.leases().announce(realm, parts.worker(), taken.answer());
    }
    // What is kept was signed under earlier leases; what of it still counts is adopted.
    parts.committer().drop(realm);
    anchoring.adopt(taken, facts);
    lock.lock();
    try {
      held = lease;
      // A state under the key of the tenure before is sealed anew in this one (Rule K3).
      stepsSinceSnapshot =
          taken.answer().snapshotDue() ? MOST_STEPS_WITHOUT_SNAPSHOT : taken.history().size();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    parts.metrics().leasesTaken.inc();
    parts.board().realmChanged(realm);
    return lease;
  }

  private boolean takesOver(HeldLease lease) {
    return lease.tookOver()
        && parts.state().realm(realm).filter(facts -> facts.holder() != parts.worker()).isPresent();
  }

  /**
   * After a take-over the contract takes batches only from a certain block on, perhaps after a
   * challenge.
   */
  private Optional<Bytes32> awaitCommitTurn(HeldLease lease, Bytes32 overdue)
      throws InterruptedException {
    boolean challenged = false;
    Bytes32 named = overdue;
    while (takesOver(lease)) {
      if (isLost(lease)) {
        return Optional.empty();
      }
      Optional<Long> turn = failover.turn(parts.state().realm(realm).orElseThrow(), named);
      long next = parts.enclave().heldTip() + 1;
      if (turn.isPresent() && next >= turn.get()) {
        return Optional.of(named);
      }
      if (turn.isEmpty() && !named.isZero()) {
        // Somebody else settled the task, or it expired.
        named = Bytes32.zero();
        continue;
      }
      if (turn.isEmpty() && !challenged) {
        challenged = true;
        challenge();
      }
      if (!parts.enclave().awaitHeader(next, NEXT_BLOCK) && Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
    // What a later lease does not adopt is void.
    return isSuperseded(lease) ? Optional.empty() : Optional.of(Bytes32.zero());
  }

  private boolean isSuperseded(HeldLease lease) {
    lock.lock();
    try {
      HeldLease now = held;
      return now != null && now.lease() > lease.lease();
    } finally {
      lock.unlock();
    }
  }

  /** Whether the chain shows that a lease has come to its end. */
  private boolean isOver(HeldLease lease, RealmFacts facts) {
    boolean ofThisWorker = facts.holder() == parts.worker() || lease.tookOver();
    return facts.view().lease() > lease.lease()
        || facts.view().tenure() > lease.tenure()
        || (facts.view().tenure() == lease.tenure() && !ofThisWorker);
  }

  private boolean isLost(HeldLease lease) {
    lock.lock();
    try {
      return closed || lost.contains(lease.lease());
    } finally {
      lock.unlock();
    }
  }

  private void challenge() {
    try {
      parts.account().execute(parts.contract().challenge(realm));
      log.info("challenged the holder of realm {}", realm);
    } catch (EnigmaException e) {
      log.info("realm {} is not challenged by this worker: {}", realm, e.getMessage());
    }
  }

  /** The holder does not answer though it has work: calls out for it on chain. */
  void callOut() {
    boolean challenged = parts.state().realm(realm).map(RealmFacts::challenged).orElse(true);
    if (!challenged) {
      challenge();
    }
  }

  /** The lease is over: what was made under it and is not anchored runs again. */
  void loseLease(HeldLease over, List<StoredOrder> again, String why) {
    lock.lock();
    try {
      lost.add(over.lease());
      if (over.equals(held)) {
        log.info("lost lease {} of realm {}: {}", over.lease(), realm, why);
        held = null;
        callbacksWaiting = false;
        // Adopted, or run again, by whoever holds the next lease.
        uncommitted.values().forEach(this::keepDone);
        uncommitted.clear();
      }
      for (StoredOrder order : again.reversed()) {
        waiting.addFirst(order);
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (over.life() == parts.enclave().lives() && !holds()) {
      try {
        parts.enclave().call(new WorkerRequest.DropRealm(realm));
      } catch (EnigmaException e) {
        log.debug("the enclave had dropped realm {} already: {}", realm, e.getMessage());
      }
    }
  }

  /**
   * A reorganisation took a commit back that counted as final: under a new lease its batch is
   * adopted and committed again.
   */
  void lostCommit(long endSequence) {
    lease()
        .ifPresent(now ->
            Thread.ofVirtual()
                .name("lost-commit")
                .start(() ->
                    loseLease(
                        now, List.of(), "the chain lost the commit of sequence " + endSequence)));
  }

  /** The contract does not take this worker's batches: what the chain has counts. */
  void refusedByContract(String why) {
    lease().ifPresent(now -> loseLease(now, List.of(), why));
  }

  /** Tasks that are over. */
  void done(List<Bytes32> taskIds) {
    lock.lock();
    try {
      taskIds.forEach(known::remove);
      if (!waiting.isEmpty()) {
        Set<Bytes32> over = Set.copyOf(taskIds);
        waiting.removeIf(order -> over.contains(order.taskId()));
      }
    } finally {
      lock.unlock();
    }
  }

  /** A released batch left callbacks for the next one. */
  void callbacksWaiting(boolean some) {
    lock.lock();
    try {
      callbacksWaiting = some;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** A block came. */
  void blockCame() {
    anchoring.blockCame();
    forgetSettled();
    Optional<HeldLease> now = lease();
    Optional<RealmFacts> facts = parts.state().realm(realm);
    if (now.isPresent() && facts.isPresent() && isOver(now.get(), facts.get())) {
      Thread.ofVirtual()
          .name("lease-over")
          .start(() -> {
            parts.committer().drop(realm);
            loseLease(now.get(), List.of(), "another worker holds the realm");
          });
    }
    lock.lock();
    try {
      blockCame = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The chain committed up to a sequence, in a block. */
  void committed(long endSequence, long block) {
    List<Bytes32> tasks = new ArrayList<>();
    lock.lock();
    try {
      Map<Long, List<Bytes32>> done = uncommitted.headMap(endSequence, true);
      done.values().forEach(tasks::addAll);
      done.clear();
    } finally {
      lock.unlock();
    }
    entrusted.settled(tasks);
    keepDone(tasks);
    anchoring.committed(endSequence, block);
  }

  // ------------------------------------------------------------------------------------- execution

  private void run() {
    while (awaitWork()) {
      try {
        step();
      } catch (EnigmaException e) {
        log.info("realm {} waits: {}", realm, e.getMessage());
        giveUpLeaseIfOver(e);
        pause();
      } catch (RuntimeException e) {
        log.error("realm {} failed", realm, e);
        pause();
      }
    }
  }

  /** Gives the lease up if the enclave says that it is over. */
  void giveUpLeaseIfOver(EnigmaException e) {
    if (endsLease(e)) {
      lease().ifPresent(now -> loseLease(now, List.of(), String.valueOf(e.getMessage())));
    }
  }

  private boolean awaitWork() {
    lock.lock();
    try {
      while (!closed
          && waiting.isEmpty()
          && !callbacksWaiting
          && !(held != null && stepsSinceSnapshot >= STEPS_BETWEEN_SNAPSHOTS && anchoring.idle())
          && !(blockCame && (tenureToBegin() || mustAnswerChallenge() || mustTakeUp()))) {
        changed.await();
      }
      blockCame = false;
      return !closed;
    } catch (InterruptedException e) {
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the next block, at most a moment. */
  private void pause() {
    lock.lock();
    try {
      long left = PAUSE.toNanos();
      while (!closed && !blockCame && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      closed = true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Whether this worker is to announce the key of a drawn tenure, or to answer for an absent one.
   */
  private boolean tenureToBegin() {
    return parts
        .state()
        .realm(realm)
        .map(facts ->
            facts.pending()
                ? failover.mayAnnounce(facts)
                : facts.holder() != parts.worker()
                    && lease().isEmpty()
                    && failover.due(facts).isPresent())
        .orElse(false);
  }

  /**
   * Whether this worker's tenure is challenged and nothing is on its way that would answer (Rule
   * C5).
   */
  private boolean mustAnswerChallenge() {
    boolean challenged =
        parts
            .state()
            .realm(realm)
            .filter(
                facts -> facts.holder() == parts.worker() && !facts.pending() && facts.challenged())
            .isPresent();
    return challenged
        && anchoring.idle()
        && parts.store().lastEntry(realm).filter(entry -> entry.committed().isEmpty()).isEmpty();
  }

  /**
   * Whether batches of this worker's tenure wait for a lease: they are committed under a new one,
   * or what they held runs again.
   */
  private boolean mustTakeUp() {
    boolean mine =
        parts
            .state()
            .realm(realm)
            .filter(facts -> facts.holder() == parts.worker() && !facts.pending())
            .isPresent();
    return mine
        && lease().isEmpty()
        && parts.store().lastEntry(realm).filter(entry -> entry.committed().isEmpty()).isPresent();
  }

  private void step() {
    RealmFacts facts = parts.state().realm(realm).orElseThrow();
    if (facts.pending() && failover.mayAnnounce(facts)) {
      begin(facts);
      return;
    }
    if (handOver(facts)) {
      return;
    }
    HeldLease lease = requireLease();
    failover.envelopes(realm).stream()
        .filter(order -> !knows(order.taskId()))
        .forEach(this::enqueue);
    if (stepsSinceSnapshot >= MOST_STEPS_WITHOUT_SNAPSHOT) {
      anchoring.awaitIdle();
      snapshot(lease);
      return;
    }
    // Only now: what comes meanwhile is in the batch.
    anchoring.awaitRoom(() -> orders);
    List<StoredOrder> next = next(lease);
    boolean snapshotDue =
        stepsSinceSnapshot >= STEPS_BETWEEN_SNAPSHOTS || lease.tookOver() || mustAnswerChallenge();
    if (!next.isEmpty() || takeCallbacks()) {
      try {
        execute(lease, next);
      } finally {
        executing = false;
      }
    } else if (snapshotDue && anchoring.idle()) {
      snapshot(lease);
    }
  }

  /** Something was anchored. */
  void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Gives the orders that wait to the worker that holds the realm now. */
  private boolean handOver(RealmFacts facts) {
    boolean elsewhere =
        facts.holder() != 0
            && facts.holder() != parts.worker()
            && lease().isEmpty()
            && failover.due(facts).isEmpty();
    if (!elsewhere) {
      return false;
    }
    List<StoredOrder> orders = drain();
    List<StoredOrder> left = new ArrayList<>();
    try {
      OrderHandOver.Outcome outcome = handOver.to(facts.holder(), orders);
      left.addAll(outcome.left());
      done(outcome.over());
      outcome.over().forEach(taskId -> parts.board().taskChanged(realm, taskId));
      if (!left.isEmpty()) {
        throw new EnigmaException(
            ErrorCode.HOLDER_UNREACHABLE, left.size() + " orders wait for the realm's new holder");
      }
      return true;
    } finally {
      putBack(left);
    }
  }

  private List<StoredOrder> drain() {
    lock.lock();
    try {
      List<StoredOrder> all = List.copyOf(waiting);
      waiting.clear();
      return all;
    } finally {
      lock.unlock();
    }
  }

  private void begin(RealmFacts facts) {
    leasing.lock();
    try {
      Optional<HeldLease> now = lease();
      boolean announcing =
          now.isPresent()
              && now.get().tenure() == facts.leaseTenure()
              && LeaseNumber.headerNumber(now.get().lease()) + ANNOUNCING
                  >= parts.enclave().heldTip();
      if (!announcing) {
        take(facts, Bytes32.zero());
      }
    } finally {
      leasing.unlock();
    }
  }

  private boolean takeCallbacks() {
    lock.lock();
    try {
      boolean some = callbacksWaiting;
      callbacksWaiting = false;
      return some;
    } finally {
      lock.unlock();
    }
  }

  /** The orders of the next batch; an overdue one comes first. */
  private List<StoredOrder> next(HeldLease lease) {
    List<StoredOrder> next = new ArrayList<>();
    lock.lock();
    try {
      waiting.stream()
          .filter(order -> order.taskId().equals(lease.overdue()))
          .findFirst()
          .ifPresent(order -> {
            waiting.remove(order);
            waiting.addFirst(order);
          });
      Set<Bytes32> codes = new HashSet<>();
      while (next.size() < MOST_TASKS && !waiting.isEmpty()) {
        TaskOrder order = waiting.getFirst().task().order();
        if (order.kind() == TaskKind.CALLABLE
            && codes.add(order.codeHash())
            && codes.size() > WorkerRequest.MAXIMUM_CODES) {
          break;
        }
        next.add(waiting.removeFirst());
      }
      orders = waiting.size();
      executing = !next.isEmpty();
    } finally {
      lock.unlock();
    }
    return next;
  }

  private void execute(HeldLease lease, List<StoredOrder> orders) {
    List<StoredOrder> left = orders;
    try {
      BlockHeader header = parts.enclave().tip();
      List<TaskInput> tasks = orders.stream().map(StoredOrder::task).toList();
      List<Bytes> codes = parts.codes().of(tasks, header);
      boolean posted = tasks.stream().anyMatch(TaskInput::posted);
      Set<Bytes32> slots =
          new LinkedHashSet<>(WorkerSlots.tasks(realm, parts.enclave().network().domain(), tasks));
      WorkerResponse response =
          parts
              .proofs()
              .with(
                  header,
                  slots,
                  posted || firstOf(lease),
                  WorkerSlots.accounts(tasks),
                  proof ->
                      parts
                          .enclave()
                          .call(
                              new WorkerRequest.Execute(
                                  realm,
                                  header.number(),
                                  parts.account().address(),
                                  tasks,
                                  proof,
                                  codes)));
      provedTenureOf = lease;
      switch (response) {
        case WorkerResponse.Executed executed -> {
          left = orders.subList(executed.taken(), orders.size());
          List<StoredOrder> taken = orders.subList(0, executed.taken());
          reject(executed.rejected(), taken);
          made(lease, executed, without(taken, executed.rejected()), false);
        }
        case WorkerResponse.AllRejected rejected -> {
          left = List.of();
          reject(rejected.rejected(), orders);
        }
        default ->
            throw new EnigmaException(
                ErrorCode.MALFORMED_MESSAGE, "the enclave answered " + response.getClass());
      }
    } finally {
      putBack(left);
    }
  }

  private static List<StoredOrder> without(
      List<StoredOrder> orders, List<WorkerResponse.Rejected> rejected) {
    Set<Bytes32> ids = new HashSet<>();
    rejected.forEach(each -> ids.add(each.taskId()));
    return orders.stream().filter(order -> !ids.contains(order.taskId())).toList();
  }

  private void putBack(List<StoredOrder> orders) {
    lock.lock();
    try {
      for (StoredOrder order : orders.reversed()) {
        waiting.addFirst(order);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Whether the enclave has yet to see that the lease's tenure is announced. */
  private boolean firstOf(HeldLease lease) {
    return !lease.equals(provedTenureOf);
  }

  private void snapshot(HeldLease lease) {
    anchoring.awaitRoom(() -> 0);
    BlockHeader header = parts.enclave().tip();
    WorkerResponse.Executed executed =
        parts
            .proofs()
            .with(
                header,
                WorkerSlots.snapshot(realm),
                true,
                proof ->
                    parts
                        .enclave()
                        .call(
                            new WorkerRequest.Snapshot(
                                realm, header.number(), parts.account().address(), proof),
                            WorkerResponse.Executed.class));
    provedTenureOf = lease;
    made(lease, executed, List.of(), true);
  }

  private void made(
      HeldLease lease,
      WorkerResponse.Executed executed,
      List<StoredOrder> tasks,
      boolean snapshot) {
    lock.lock();
    try {
      stepsSinceSnapshot = snapshot ? 0 : stepsSinceSnapshot + 1;
      if (!tasks.isEmpty()) {
        uncommitted.put(executed.endSequence(), tasks.stream().map(StoredOrder::taskId).toList());
      }
    } finally {
      lock.unlock();
    }
    parts.metrics().batchesExecuted.inc();
    anchoring.add(new Anchoring.Made(lease, executed, tasks, snapshot));
  }

  /** Tasks the batch leaves out: they wait if they may run later, else they end here. */
  private void reject(List<WorkerResponse.Rejected> rejected, List<StoredOrder> orders) {
    Changes changes = new Changes();
    List<Bytes32> over = new ArrayList<>();
    long tip = parts.enclave().tip().number();
    for (WorkerResponse.Rejected each : rejected) {
      StoredOrder order =
          orders.stream()
              .filter(candidate -> candidate.taskId().equals(each.taskId()))
              .findFirst()
              .orElse(null);
      if (order == null || parts.store().result(realm, each.taskId()).isPresent()) {
        over.add(each.taskId());
        continue;
      }
      boolean later =
          Long.compareUnsigned(order.task().order().expiry(), tip) > 0
              && (each.code() == ErrorCode.TASK_NOT_ELIGIBLE
                  || each.code() == ErrorCode.CALLABLE_CODE_MISMATCH
                  || isCodeWithheld(each, order)
                  || isPostedAgain(each, order)
                  || each.code() == ErrorCode.EXPIRY_TOO_FAR
                  || each.code() == ErrorCode.BAD_STATE_PROOF);
      if (later) {
        retryLater(order);
        continue;
      }
      log.info("task {} of realm {} is left out: {}", each.taskId(), realm, each.message());
      over.add(each.taskId());
      NodeStore.removeOrder(changes, realm, each.taskId());
      NodeStore.putResult(
          changes,
          realm,
          StoredResult.expired(each.taskId(), tip, each.code() + ": " + each.message()));
    }
    parts.store().write(changes);
    done(over);
    over.forEach(taskId -> parts.board().taskChanged(realm, taskId));
  }

  /** Whether the endpoint had no fitting code for a CALLABLE whose target is proved to have it. */
  private static boolean isCodeWithheld(WorkerResponse.Rejected rejected, StoredOrder order) {
    return rejected.code() == ErrorCode.CODE_MISMATCH
        && order.task().order().kind() == TaskKind.CALLABLE;
  }

  /** Whether a post that the enclave does not see may come back after a reorganisation. */
  private boolean isPostedAgain(WorkerResponse.Rejected rejected, StoredOrder order) {
    return rejected.code() == ErrorCode.TASK_CLOSED
        && order.task().posted()
        && parts.state().postedTask(realm, order.taskId()).filter(task -> !task.open()).isEmpty();
  }

  private void retryLater(StoredOrder order) {
    Thread.ofVirtual()
        .name("retry-task")
        .start(() -> {
          parts.enclave().awaitHeader(parts.enclave().heldTip() + 1, Duration.ofSeconds(30));
          resume(order);
        });
  }

  /** Whether nothing waits or is under way to the committer. */
  private boolean idle() {
    lock.lock();
    try {
      return waiting.isEmpty() && !executing && anchoring.idle() && backups.idle();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until nothing waits or is under way to the committer. */
  boolean awaitIdle(Duration most) {
    long deadline = System.nanoTime() + most.toNanos();
    try {
      while (!idle()) {
        if (System.nanoTime() > deadline) {
          return false;
        }
        TimeUnit.MILLISECONDS.sleep(10);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    thread.interrupt();
    anchoring.close();
    backups.close();
    entrusted.close();
  }
}
