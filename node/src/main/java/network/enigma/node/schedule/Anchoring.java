package network.enigma.node.schedule;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import network.enigma.ethereum.BlockHeader;
import network.enigma.ethereum.storage.EnigmaStorage;
import network.enigma.ethereum.storage.WorkerSlots;
import network.enigma.node.follow.RealmFacts;
import network.enigma.node.keymanager.KeyManagerCall;
import network.enigma.node.lease.HeldLease;
import network.enigma.node.lease.LeaseTaker;
import network.enigma.node.replicate.Backups;
import network.enigma.node.replicate.RemoteLog;
import network.enigma.node.storage.Changes;
import network.enigma.node.storage.LogEntry;
import network.enigma.node.storage.NodeStore;
import network.enigma.node.storage.StoredOrder;
import network.enigma.node.storage.StoredResult;
import network.enigma.node.storage.Written;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.MerkleTree;
import network.enigma.protocol.Realms;
import network.enigma.protocol.channel.KeyManagerResponse;
import network.enigma.protocol.channel.TaskResult;
import network.enigma.protocol.channel.WorkerRequest;
import network.enigma.protocol.channel.WorkerResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From a made batch to published results (Rule S3): the sealed delta goes to disk, the head to the
 * key managers, and what the enclave then releases to disk, to whoever waits for it, and to the
 * backups. One acknowledgement covers all batches that were made meanwhile.
 */
final class Anchoring implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Anchoring.class);

  /** Batches that may wait for their acknowledgement while the next one runs. */
  private static final int MOST_UNDER_WAY = 2;

  /**
   * Orders that make a batch worth running while another one is under way. Fewer wait for it: every
   * batch costs the key managers, the backups and the disk the same, however small it is.
   */
  private static final int WORTH_A_BATCH = 128;

  private static final Duration TIMEOUT = Duration.ofSeconds(8);

  /** How long adopted batches wait for their acknowledgements before the lease is given up. */
  private static final Duration ADOPTING = Duration.ofSeconds(30);

  private static final Duration PAUSE = Duration.ofMillis(250);

  /**
   * A batch that only its sealed delta is known of.
   *
   * @param tasks in it
   */
  record Made(
      HeldLease lease,
      WorkerResponse.Executed executed,
      List<StoredOrder> tasks,
      boolean snapshot) {}

  /** Up to where, and in which block, the chain has committed the realm. */
  private record Commit(long endSequence, long block) {}

  private final Bytes32 realm;
  private final WorkerParts parts;
  private final Backups backups;
  private final RealmHolder holder;
  private final PastResults past;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Thread thread;

  // Guarded by `lock`.
  private final List<Made> waiting = new ArrayList<>();
  private int underWay;
  private boolean blockCame;
  private boolean closed;

  /** What the enclave has not been told yet. */
  private @Nullable Commit unconfirmed;

  private boolean confirmNow;

  Anchoring(Bytes32 realm, WorkerParts parts, Backups backups, RealmHolder holder) {
    this.realm = realm;
    this.parts = parts;
    this.backups = backups;
    this.holder = holder;
    this.past = new PastResults(realm, parts);
    this.thread = Thread.ofVirtual().name("anchoring").start(this::run);
  }

  /** Takes a batch, in order. */
  void add(Made made) {
    lock.lock();
    try {
      waiting.add(made);
      underWay++;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until another batch may be made.
   *
   * @param orders how many wait to be in it
   */
  void awaitRoom(IntSupplier orders) {
    lock.lock();
    try {
      while (!closed
          && underWay > 0
          && (underWay >= MOST_UNDER_WAY || orders.getAsInt() < WORTH_A_BATCH)) {
        changed.await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EnigmaException(ErrorCode.NODE_NOT_READY, "the node is closing");
    } finally {
      lock.unlock();
    }
  }

  /** Waits until every batch made is anchored, or given up. */
  void awaitIdle() {
    lock.lock();
    try {
      while (underWay > 0 && !closed) {
        changed.await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EnigmaException(ErrorCode.NODE_NOT_READY, "the node is closing");
    } finally {
      lock.unlock();
    }
  }

  /** An order came. */
  void orderCame(int orders) {
    if (orders == WORTH_A_BATCH) {
      lock.lock();
      try {
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  boolean idle() {
    lock.lock();
    try {
      return underWay == 0;
    } finally {
      lock.unlock();
    }
  }

  void blockCame() {
    lock.lock();
    try {
      blockCame = true;
      confirmNow = unconfirmed != null;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * The chain committed something of the realm: the enclave is told once it has the block, which it
   * gets after the host has seen it.
   */
  void committed(long endSequence, long block) {
    lock.lock();
    try {
      unconfirmed = new Commit(endSequence, block);
      confirmNow = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      while (true) {
        List<Made> group = new ArrayList<>();
        Commit confirm;
        lock.lock();
        try {
          while (!closed && waiting.isEmpty() && !confirmNow) {
            changed.await();
          }
          if (closed) {
            return;
          }
          confirm = confirmNow ? unconfirmed : null;
          confirmNow = false;
          HeldLease lease = waiting.isEmpty() ? null : waiting.getFirst().lease();
          while (!waiting.isEmpty() && waiting.getFirst().lease().equals(lease)) {
            group.add(waiting.removeFirst());
          }
        } finally {
          lock.unlock();
        }
        if (confirm != null && confirm(confirm)) {
          confirmed(confirm);
        }
        if (!group.isEmpty()) {
          try {
            anchor(group);
          } finally {
            lock.lock();
            try {
              underWay -= group.size();
              changed.signalAll();
            } finally {
              lock.unlock();
            }
            holder.wake();
          }
        }
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  // ---------------------------------------------------------------------------------------- anchor

  private void anchor(List<Made> group) throws InterruptedException {
    HeldLease lease = group.getFirst().lease();
    try {
      Changes changes = new Changes();
      for (Made made : group) {
        LogEntry entry = entry(made);
        NodeStore.putEntry(changes, entry);
        backups.keep(entry);
      }
      // A kill of this process does not lose it from here on; the disk works while the key managers
      // do, and is done before anything of the batch is shown.
      parts.store().append(changes);
      Written written = parts.store().sync();
      Made last = group.getLast();
      List<Bytes> acknowledgements = acknowledge(last.executed().anchor(), lease, Optional.empty());
      written.await();
      publish(release(last.executed().endSequence(), acknowledgements), lease);
      long tasks = group.stream().mapToLong(made -> made.tasks().size()).sum();
      parts.metrics().tasksAnchored.inc(tasks);
    } catch (EnigmaException e) {
      holder.loseLease(
          lease,
          group.stream().flatMap(made -> made.tasks().stream()).toList(),
          String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      log.error("anchoring of realm {} failed", realm, e);
      holder.loseLease(
          lease, group.stream().flatMap(made -> made.tasks().stream()).toList(), e.toString());
    }
  }

  private LogEntry entry(Made made) {
    WorkerResponse.Executed executed = made.executed();
    return new LogEntry(
        realm,
        executed.endSequence(),
        made.snapshot(),
        executed.lease(),
        parts.enclave().enclave(),
        executed.stateHash(),
        executed.sealedDelta(),
        executed.signature(),
        Optional.empty(),
        Optional.empty());
  }

  /**
   * Asks until a quorum has acknowledged, as long as the lease may still be good.
   *
   * @param limit how long to ask, if not for ever
   */
  private List<Bytes> acknowledge(Bytes anchor, HeldLease lease, Optional<Duration> limit)
      throws InterruptedException {
    long start = System.nanoTime();
    KeyManagerCall.AcknowledgeHead question = new KeyManagerCall.AcknowledgeHead(anchor, realm);
    while (true) {
      try {
        return parts
            .keyManagers()
            .ask(keyManager -> keyManager.acknowledge(question), parts.state().quorum(), TIMEOUT)
            .stream()
            .map(KeyManagerResponse.HeadAcknowledged::acknowledgement)
            .toList();
      } catch (EnigmaException e) {
        switch (e.code()) {
          case QUORUM_NOT_REACHED,
              HOLDER_UNREACHABLE,
              COMMIT_OVERDUE,
              UNKNOWN_HEADER,
              HEADS_UNKNOWN,
              QUORUM_STALE,
              CHAIN_UNREACHABLE,
              TIMEOUT -> {
            if (limit.isPresent() && System.nanoTime() - start > limit.get().toNanos()) {
              throw e;
            }
            log.info("lease {} waits for acknowledgements: {}", lease.lease(), e.getMessage());
            pause();
          }
          default -> throw e;
        }
      }
    }
  }

  private void pause() throws InterruptedException {
    lock.lock();
    try {
      blockCame = false;
      long left = PAUSE.toNanos();
      while (!closed && !blockCame && left > 0) {
        left = changed.awaitNanos(left);
      }
      if (closed) {
        throw new InterruptedException();
      }
    } finally {
      lock.unlock();
    }
  }

  private List<WorkerResponse.ReleasedBatch> release(
      long endSequence, List<Bytes> acknowledgements) {
    Set<Bytes32> slots =
        new LinkedHashSet<>(
            WorkerSlots.release(
                parts.state().network().generation(), parts.state().keyManagerEnclaves()));
    slots.add(EnigmaStorage.counters());
    return release(endSequence, acknowledgements, slots).batches();
  }

  private WorkerResponse.Released release(
      long endSequence, List<Bytes> acknowledgements, Set<Bytes32> slots) {
    while (true) {
      BlockHeader tip = parts.enclave().tip();
      try {
        return parts
            .proofs()
            .with(
                tip,
                slots,
                false,
                proof ->
                    parts
                        .enclave()
                        .call(
                            new WorkerRequest.Release(realm, endSequence, acknowledgements, proof),
                            WorkerResponse.Released.class));
      } catch (EnigmaException e) {
        // A key manager may be a block ahead of this host.
        boolean mayCome = e.code() == ErrorCode.UNKNOWN_HEADER;
        if (!mayCome || !parts.enclave().awaitHeader(tip.number() + 1, TIMEOUT)) {
          throw e;
        }
      }
    }
  }

  /** Stores released batches with their results, tells who waits, and passes them on. */
  private void publish(List<WorkerResponse.ReleasedBatch> batches, HeldLease lease) {
    List<Bytes32> done = new ArrayList<>();
    List<LogEntry> entries = new ArrayList<>();
    // The backups' thread makes it durable before the batch is committed.
    parts.store().changeEntries(() -> released(batches, entries, done));
    holder.done(done);
    done.forEach(taskId -> parts.board().taskChanged(realm, taskId));
    for (LogEntry entry : entries) {
      backups.anchored(entry, lease);
    }
    if (!batches.isEmpty()) {
      holder.callbacksWaiting(batches.getLast().callbacksWaiting());
    }
  }

  /**
   * The steps with their batches, and the results.
   *
   * @param entries gets the steps
   * @param done gets the tasks
   */
  private Changes released(
      List<WorkerResponse.ReleasedBatch> batches, List<LogEntry> entries, List<Bytes32> done) {
    Changes changes = new Changes();
    for (WorkerResponse.ReleasedBatch released : batches) {
      LogEntry entry =
          parts
              .store()
              .entry(realm, released.batch().endSequence())
              .orElseThrow(() ->
                  new EnigmaException(
                      ErrorCode.STORAGE_FAILED,
                      "the step of sequence " + released.batch().endSequence() + " is missing"))
              .released(released.batch(), released.signature(), parts.enclave().enclave());
      NodeStore.putEntry(changes, entry);
      entries.add(entry);
      done.addAll(
          putResults(
              changes,
              released.batch().endSequence(),
              released.results(),
              previous(entry, entries)));
    }
    return changes;
  }

  private Bytes32 previous(LogEntry entry, List<LogEntry> fresh) {
    long before = entry.batch().orElseThrow().firstSequence() - 1;
    if (before == 0) {
      return Realms.genesisStateHash(realm);
    }
    return fresh.stream()
        .filter(each -> each.endSequence() == before)
        .findFirst()
        .or(() -> parts.store().entry(realm, before))
        .map(LogEntry::stateHash)
        .or(() ->
            parts
                .state()
                .realm(realm)
                .filter(facts -> facts.sequence() == before)
                .map(RealmFacts::stateHash))
        .orElse(Bytes32.zero());
  }

  private List<Bytes32> putResults(
      Changes changes, long endSequence, List<TaskResult> results, Bytes32 previous) {
    MerkleTree tree = MerkleTree.ofReceipts(results.stream().map(TaskResult::receipt).toList());
    List<Bytes32> done = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      TaskResult result = results.get(i);
      Bytes32 taskId = result.receipt().taskId();
      done.add(taskId);
      boolean duplicate =
          result.receipt().outcome() == network.enigma.protocol.Outcome.DUPLICATE
              && parts.store().result(realm, taskId).isPresent();
      if (!duplicate) {
        NodeStore.putResult(
            changes,
            realm,
            new StoredResult(
                taskId,
                Optional.of(result),
                endSequence,
                i,
                results.size(),
                tree.path(i),
                previous,
                Optional.empty()));
      }
    }
    return done;
  }

  // ------------------------------------------------------------------------------------- committed

  /** False if the enclave has to be told again, with the next block. */
  private boolean confirm(Commit commit) {
    try {
      BlockHeader tip = parts.enclave().tip();
      if (!holder.holds() || tip.number() < commit.block()) {
        return false;
      }
      WorkerResponse.Released released =
          parts
              .proofs()
              .with(
                  tip,
                  WorkerSlots.confirmCommitted(realm),
                  true,
                  proof ->
                      parts
                          .enclave()
                          .call(
                              new WorkerRequest.ConfirmCommitted(realm, proof),
                              WorkerResponse.Released.class));
      publishLate(released.results());
      parts.store().append(NodeStore.putResultsUpTo(new Changes(), realm, commit.endSequence()));
      return true;
    } catch (EnigmaException e) {
      log.info(
          "the enclave was not told that sequence {} of realm {} is committed: {}",
          commit.endSequence(),
          realm,
          e.getMessage());
      holder.giveUpLeaseIfOver(e);
    } catch (RuntimeException e) {
      log.error("telling the enclave of a commit of realm {} failed", realm, e);
    }
    return false;
  }

  private void confirmed(Commit commit) {
    lock.lock();
    try {
      if (commit.equals(unconfirmed)) {
        unconfirmed = null;
        confirmNow = false;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Results that waited for their batch to be committed. */
  private void publishLate(List<TaskResult> results) {
    if (results.isEmpty()) {
      return;
    }
    Changes changes = new Changes();
    List<Bytes32> done = new ArrayList<>();
    for (LogEntry entry : parts.store().log(realm, results.getFirst().receipt().sequence())) {
      if (entry.batch().isEmpty()) {
        continue;
      }
      long first = entry.batch().get().firstSequence();
      List<TaskResult> own =
          results.stream()
              .filter(each ->
                  each.receipt().sequence() >= first
                      && each.receipt().sequence() <= entry.endSequence())
              .toList();
      if (!own.isEmpty()) {
        done.addAll(putResults(changes, entry.endSequence(), own, previous(entry, List.of())));
      }
    }
    parts.store().write(changes);
    holder.done(done);
    done.forEach(taskId -> parts.board().taskChanged(realm, taskId));
  }

  // ------------------------------------------------------------------------------------- adopting

  /** Machines that may have the realm's history: this one, then the others. */
  List<LeaseTaker.LogSource> sources(RealmFacts facts) {
    List<LeaseTaker.LogSource> sources = new ArrayList<>();
    sources.add(() -> parts.store().log(realm, 0));
    parts
        .peers()
        .operators()
        .forEach(operator -> sources.add(() -> RemoteLog.fetch(parts.peers(), operator, realm)));
    return sources;
  }

  /**
   * Makes the host's log what the lease was taken with, and publishes what was anchored before
   * (Rule S4).
   */
  void adopt(LeaseTaker.Taken taken, RealmFacts facts) {
    long sequence = taken.answer().sequence();
    List<Bytes32> again = new ArrayList<>();
    parts.store().changeEntries(() -> adopted(taken, sequence, again));
    parts.store().sync().await();
    takePast(taken.answer().committed());
    publish(
        taken
            .answer()
            .anchor()
            .map(anchor -> anchored(anchor, sequence, taken.held()))
            .orElseGet(() -> taken.answer().adopted()),
        taken.held());
    runAgain(again);
  }

  /**
   * The steps up to a sequence in the place of what the host has.
   *
   * @param again gets the tasks of what is void
   */
  private Changes adopted(LeaseTaker.Taken taken, long sequence, List<Bytes32> again) {
    Changes changes = new Changes();
    Map<Long, LogEntry> kept = new HashMap<>();
    taken.history().stream()
        .filter(entry -> entry.endSequence() <= sequence)
        .forEach(entry -> kept.put(entry.endSequence(), entry));
    List<LogEntry> stored = parts.store().log(realm, 0);
    Set<Long> alreadyStored = new LinkedHashSet<>();
    Set<Long> voided = new HashSet<>();
    for (LogEntry entry : stored) {
      LogEntry right = kept.get(entry.endSequence());
      boolean inHistory = right != null && right.stateHash().equals(entry.stateHash());
      boolean older =
          !kept.isEmpty()
              && entry.endSequence()
                  < kept.keySet().stream().mapToLong(Long::longValue).min().orElse(0);
      if (inHistory && !entry.sealed().isEmpty()) {
        alreadyStored.add(entry.endSequence());
      } else if (!older) {
        NodeStore.removeEntry(changes, realm, entry.endSequence());
        if (!inHistory) {
          voided.add(entry.endSequence());
        }
      }
    }
    kept.values().stream()
        .filter(entry -> !alreadyStored.contains(entry.endSequence()))
        .forEach(entry -> NodeStore.putEntry(changes, entry));
    again.addAll(voidedTasks(changes, voided));
    return changes;
  }

  /** The results of committed batches that this host does not have. */
  private void takePast(long committed) {
    List<Bytes32> done = new ArrayList<>();
    past.open(
        committed,
        (entry, opened) -> {
          Changes changes = new Changes();
          done.addAll(
              putResults(changes, entry.endSequence(), opened.results(), opened.previous()));
          parts.store().append(changes);
        });
    parts.store().write(NodeStore.putResultsUpTo(new Changes(), realm, committed));
    holder.done(done);
    done.forEach(taskId -> parts.board().taskChanged(realm, taskId));
  }

  /** Tasks whose batch is void: what was told of them no longer holds (Rule C11). */
  private List<Bytes32> voidedTasks(Changes changes, Set<Long> voided) {
    List<Bytes32> tasks = new ArrayList<>();
    if (!voided.isEmpty()) {
      parts
          .store()
          .results(
              realm,
              each -> {
                if (each.result().isPresent() && voided.contains(each.endSequence())) {
                  tasks.add(each.taskId());
                  NodeStore.removeResult(changes, realm, each.taskId());
                }
                return true;
              });
    }
    return tasks;
  }

  /** Tasks of void batches run again, unless the next holder's history has them too. */
  private void runAgain(List<Bytes32> tasks) {
    for (Bytes32 taskId : tasks) {
      if (parts.store().result(realm, taskId).isEmpty()) {
        parts.store().order(realm, taskId).ifPresent(holder::runAgain);
        log.info("task {} of realm {} runs again: its batch is void", taskId, realm);
      }
      parts.board().taskChanged(realm, taskId);
    }
  }

  /** Adopted batches that a quorum of key managers has yet to acknowledge under this lease. */
  private List<WorkerResponse.ReleasedBatch> anchored(
      Bytes anchor, long endSequence, HeldLease lease) {
    try {
      return release(endSequence, acknowledge(anchor, lease, Optional.of(ADOPTING)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EnigmaException(ErrorCode.NODE_NOT_READY, "the node is closing");
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
  }
}
