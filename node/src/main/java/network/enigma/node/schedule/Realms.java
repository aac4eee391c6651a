package network.enigma.node.schedule;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import network.enigma.chain.EthereumLog;
import network.enigma.contracts.Enigma;
import network.enigma.ethereum.storage.EnigmaStorage;
import network.enigma.node.commit.Inadmissible;
import network.enigma.node.follow.ChainWatch;
import network.enigma.node.follow.PostedEnvelope;
import network.enigma.node.follow.PostedOrder;
import network.enigma.node.follow.RealmFacts;
import network.enigma.node.storage.Changes;
import network.enigma.node.storage.DiskRoom;
import network.enigma.node.storage.LogEntry;
import network.enigma.node.storage.NodeStore;
import network.enigma.node.storage.Retention;
import network.enigma.node.storage.StoredOrder;
import network.enigma.node.storage.StoredResult;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All realms this worker has to do with, and what the chain says about them. */
public final class Realms implements ChainWatch.Observer, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Realms.class);

  /** Blocks between two looks for what may be dropped. */
  private static final int PRUNING = 64;

  /** Blocks, beside twice {@code maxBatchAge}, after which no reorganisation is expected. */
  private static final int DEEP = 64;

  /** Blocks for which steps and results are kept: a week of twelve-second blocks. */
  private static final int KEPT = 50_400;

  private record Commit(Bytes32 realm, long endSequence, long block) {}

  private final WorkerParts parts;
  private final FailoverWatch failover;
  private final Map<Bytes32, RealmHolder> holders = new ConcurrentHashMap<>();
  private final Set<Commit> commits = ConcurrentHashMap.newKeySet();
  private final SilenceWatch silence;
  private final KeptWatch kept;
  private final Retention retention;
  private final AtomicBoolean pruning = new AtomicBoolean();
  private final RenewalWatch renewals;
  private volatile long finalNumber = -1;

  public Realms(WorkerParts parts, PostedEnvelope envelopes, Renewals renewals) {
    this.parts = parts;
    this.failover =
        new FailoverWatch(
            parts.worker(),
            parts.state(),
            parts.store(),
            envelopes,
            parts.enclave().network().parameters().failoverBlocks(),
            () -> parts.enclave().heldTip());
    this.silence = new SilenceWatch(parts);
    this.kept = new KeptWatch(parts, this::holder, this::isMine);
    long age = parts.enclave().network().parameters().maxBatchAge();
    this.retention = new Retention(parts.store(), 2 * age + DEEP, KEPT);
    this.renewals = new RenewalWatch(parts, renewals);
  }

  /** The holder of a realm on this machine, made on first use. */
  public RealmHolder holder(Bytes32 realm) {
    return holders.computeIfAbsent(realm, key -> new RealmHolder(key, parts, failover));
  }

  /** Whether this worker holds a realm's lease now. */
  public boolean holds(Bytes32 realm) {
    RealmHolder holder = holders.get(realm);
    return holder != null && holder.holds();
  }

  /** How many leases this worker holds. */
  public long held() {
    return holders.values().stream().filter(RealmHolder::holds).count();
  }

  /** Whether orders of a realm are this worker's to run. */
  public boolean isMine(RealmFacts facts) {
    return facts.holder() == parts.worker()
        || holds(facts.realm())
        || failover.due(facts).isPresent();
  }

  /** Newest block that is final by the network's rule. */
  public long finalNumber() {
    return finalNumber;
  }

  /** Takes up the orders that were stored and not done before a restart. */
  public void resume() {
    for (StoredOrder order : parts.store().orders()) {
      Bytes32 realm = order.task().order().realm();
      if (parts.store().result(realm, order.taskId()).isPresent()) {
        holder(realm).keepDone(List.of(order.taskId()));
        continue;
      }
      log.info("takes up task {} of realm {} again", order.taskId(), realm);
      holder(realm).resume(order);
    }
    for (Bytes32 realm : parts.store().realms()) {
      boolean open =
          parts.store().lastEntry(realm).map(entry -> entry.committed().isEmpty()).orElse(false);
      if (open) {
        holder(realm);
      }
    }
  }

  // ----------------------------------------------------------------------------------------- chain

  @Override
  public void event(Enigma.Event event, EthereumLog where) {
    switch (event) {
      case Enigma.Event.Committed committed -> {
        renewals.committed(committed);
        committed(committed, where);
      }
      case Enigma.Event.Allocated allocated ->
          allocation(allocated.realm(), allocated.payer(), where);
      case Enigma.Event.LeaveRequested leave -> allocation(leave.realm(), leave.payer(), where);
      case Enigma.Event.SessionsRevoked revoked ->
          allocation(revoked.realm(), revoked.owner(), where);
      case Enigma.Event.TaskExpired expired ->
          expired(Bytes32.of(expired.realm()), Bytes32.of(expired.taskId()), where.blockNumber());
      default -> {}
    }
  }

  private void allocation(byte[] realm, byte[] payer, EthereumLog where) {
    Bytes32 slot = EnigmaStorage.allocation(Bytes32.of(realm), Address.of(payer));
    parts.proofs().changed(slot, where.blockNumber());
  }

  private void committed(Enigma.Event.Committed committed, EthereumLog where) {
    Bytes32 realm = Bytes32.of(committed.realm());
    long endSequence = committed.firstSequence() + committed.count() - 1;
    Bytes32 stateHash = Bytes32.of(committed.stateHash());
    LogEntry.Place place =
        new LogEntry.Place(where.transactionHash(), where.blockNumber(), where.blockHash());
    Optional<LogEntry> before =
        parts
            .store()
            .changeEntry(
                realm,
                endSequence,
                entry ->
                    entry.stateHash().equals(stateHash)
                        ? entry.committedAt(Optional.of(place))
                        : entry)
            .filter(entry -> entry.stateHash().equals(stateHash));
    if (before.isEmpty()) {
      return;
    }
    commits.add(new Commit(realm, endSequence, where.blockNumber()));
    if (!before.get().committed().equals(Optional.of(place))) {
      parts.store().sync().await();
      parts.metrics().batchesCommitted.inc();
    }
    RealmHolder holder = holders.get(realm);
    if (holder != null) {
      holder.committed(endSequence, where.blockNumber());
    }
    parts.board().realmChanged(realm);
  }

  private void expired(Bytes32 realm, Bytes32 taskId, long block) {
    if (parts.store().result(realm, taskId).isEmpty()) {
      Changes changes = new Changes();
      NodeStore.removeOrder(changes, realm, taskId);
      NodeStore.putResult(
          changes, realm, StoredResult.expired(taskId, block, "refunded on Ethereum"));
      parts.store().write(changes);
      parts.board().taskChanged(realm, taskId);
    }
  }

  @Override
  public void rolledBack(long toNumber) {
    parts.proofs().forgetAll();
    Set<Commit> lost = new HashSet<>(commits);
    lost.removeIf(commit -> commit.block() <= toNumber);
    for (Commit commit : lost) {
      commits.remove(commit);
      parts
          .store()
          .changeEntry(
              commit.realm(), commit.endSequence(), entry -> entry.committedAt(Optional.empty()));
      RealmHolder holder = holders.get(commit.realm());
      if (holder != null && !parts.committer().keeps(commit.realm(), commit.endSequence())) {
        holder.lostCommit(commit.endSequence());
      }
    }
    if (!lost.isEmpty()) {
      parts.store().sync().await();
    }
    parts.board().allChanged();
    parts.committer().look();
  }

  @Override
  public void caughtUp(long blockNumber, long newFinal) {
    finalNumber = newFinal;
    parts.metrics().headerNumber.set(blockNumber);
    parts.metrics().realmsHeld.set(held());
    long forgotten = blockNumber - 2 * parts.enclave().network().parameters().maxBatchAge();
    for (Commit commit : commits) {
      if (commit.block() <= newFinal) {
        parts.committer().finalized(commit.realm(), commit.endSequence());
      }
    }
    commits.removeIf(commit -> commit.block() < forgotten);
    for (RealmFacts facts : parts.state().realms()) {
      boolean concerned =
          facts.holder() == parts.worker() || facts.ranks().contains(parts.worker());
      if (!concerned) {
        continue;
      }
      RealmHolder holder = holder(facts.realm());
      if (facts.holder() == parts.worker()) {
        takePosted(facts, holder);
      }
      holder.blockCame();
      renewals.look(facts, blockNumber);
      if (failover.isNext(facts)) {
        silence.look(facts, holder);
      }
    }
    kept.look();
    if (blockNumber % PRUNING == 0) {
      prune(blockNumber);
    }
    parts.committer().look();
    parts.board().allChanged();
  }

  private void showDisk() {
    DiskRoom.Measure disk = parts.store().room().measure();
    parts.metrics().diskUsed.set(disk.used());
    parts.metrics().diskLeft.set(disk.left());
  }

  private void prune(long blockNumber) {
    if (pruning.compareAndSet(false, true)) {
      Thread.ofVirtual()
          .name("retention")
          .start(() -> {
            try {
              retention.prune(blockNumber);
              showDisk();
            } catch (EnigmaException e) {
              log.warn("nothing was dropped: {}", e.getMessage());
            } finally {
              pruning.set(false);
            }
          });
    }
  }

  private void takePosted(RealmFacts facts, RealmHolder holder) {
    Collection<PostedOrder> open = parts.state().openTasks(facts.realm());
    if (open.stream().allMatch(task -> !task.whole() || holder.knows(task.taskId()))) {
      return;
    }
    Thread.ofVirtual()
        .name("posted-tasks")
        .start(() -> {
          try {
            failover.envelopes(facts.realm()).forEach(holder::enqueue);
          } catch (EnigmaException e) {
            log.warn("posted tasks wait: {}", e.getMessage());
          }
        });
  }

  /** The contract refuses a batch: its realm starts again from what the chain has. */
  public void refused(Bytes32 realm, long endSequence, Inadmissible reason) {
    parts.metrics().batchesSkipped.inc();
    RealmHolder holder = holders.get(realm);
    if (holder != null) {
      holder.refusedByContract("the contract refuses sequence " + endSequence + ": " + reason);
    }
  }

  /** Waits until all accepted orders are anchored and all batches committed, for a clean end. */
  public boolean settle(Duration most) {
    long deadline = System.nanoTime() + most.toNanos();
    for (RealmHolder holder : holders.values()) {
      if (holder.holds()
          && !holder.awaitIdle(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())))) {
        return false;
      }
    }
    return parts
        .committer()
        .awaitCommitted(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
  }

  @Override
  public void close() {
    holders.values().forEach(RealmHolder::close);
  }
}
