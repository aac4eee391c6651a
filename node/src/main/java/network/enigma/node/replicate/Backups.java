package network.enigma.node.replicate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import network.enigma.node.commit.Committer;
import network.enigma.node.commit.ReadyBatch;
import network.enigma.node.enclave.WorkerEnclave;
import network.enigma.node.follow.ChainState;
import network.enigma.node.lease.HeldLease;
import network.enigma.node.peer.WorkerPeers;
import network.enigma.node.storage.LogEntry;
import network.enigma.node.storage.NodeStore;
import network.enigma.protocol.Batch;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Realms;
import network.enigma.protocol.channel.WorkerRequest;
import network.enigma.protocol.crypto.Signature;
import network.enigma.protocol.wire.WireReader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes one realm's anchored batches to the backups and, with their acknowledgements, to the
 * committer. When too few backups answer, the sealed delta goes into the transaction instead.
 */
public final class Backups implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Backups.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** How long adopted batches wait for the one that settles the overdue task. */
  private static final Duration SETTLING = Duration.ofSeconds(10);

  /** Least time between two groups of batches for the backups. */
  private static final Duration GATHER = Duration.ofMillis(200);

  /** Deltas longer than this are not put into transactions: the backups are asked again. */
  private static final int LONGEST_IN_CALLDATA = 80 * 1024;

  private static final int MOST_AT_ONCE = 64;

  /** When the contract takes this worker's batches. */
  public interface CommitTurn {
    /** Whether the chain has yet to learn that this worker takes the realm over. */
    boolean takesOver(HeldLease lease);

    /**
     * Waits until the contract takes batches made under a lease.
     *
     * @param overdue the task that the batches settle, zero for a challenge
     * @return what the batches name as overdue; nothing if the lease is over
     */
    Optional<Bytes32> await(HeldLease lease, Bytes32 overdue) throws InterruptedException;
  }

  private record Anchored(LogEntry entry, HeldLease lease) {}

  private final Bytes32 realm;
  private final long worker;
  private final WorkerEnclave enclave;
  private final ChainState state;
  private final NodeStore store;
  private final BackupChoice choice;
  private final WorkerPeers peers;
  private final Committer committer;
  private final CommitTurn turn;
  private final LinkedBlockingQueue<Anchored> queue = new LinkedBlockingQueue<>();

  /** Whether a batch was taken that is neither with the committer nor given up. */
  private boolean busy;

  // Only the own thread uses these: batches of a take-over that wait for the one that settles the
  // overdue task.
  private final List<ReadyBatch> heldBack = new ArrayList<>();
  private @Nullable HeldLease heldBackUnder;

  private final Thread thread;

  /** When the last group went to the backups; only this object's thread uses it. */
  private long lastPrepared;

  public Backups(
      Bytes32 realm,
      long worker,
      WorkerEnclave enclave,
      ChainState state,
      NodeStore store,
      BackupChoice choice,
      Committer committer,
      CommitTurn turn) {
    this.realm = realm;
    this.worker = worker;
    this.enclave = enclave;
    this.state = state;
    this.store = store;
    this.choice = choice;
    this.peers = choice.peers();
    this.committer = committer;
    this.turn = turn;
    this.thread = Thread.ofVirtual().name("backups").start(this::run);
  }

  /** Sends a sealed delta to the ranks before it is anchored; whether it arrives delays nothing. */
  public void keep(LogEntry entry) {
    byte[] message = new PeerCall.Keep(entry).encode();
    for (ChainState.WorkerFacts backup : candidates()) {
      Thread.ofVirtual()
          .name("keep")
          .start(() -> {
            try {
              peers.call(backup.operator(), message, TIMEOUT);
            } catch (EnigmaException e) {
              log.debug("worker {} did not keep a delta: {}", backup.number(), e.getMessage());
            }
          });
    }
  }

  /** Takes an anchored batch, in order. */
  public synchronized void anchored(LogEntry entry, HeldLease lease) {
    busy = true;
    queue.add(new Anchored(entry, lease));
  }

  /** Whether all batches it took are with the committer, or given up. */
  public synchronized boolean idle() {
    return !busy;
  }

  private synchronized void roundOver() {
    busy = !queue.isEmpty() || !heldBack.isEmpty();
  }

  private void run() {
    List<Anchored> group = new ArrayList<>();
    try {
      while (true) {
        Anchored next =
            heldBack.isEmpty()
                ? queue.take()
                : queue.poll(SETTLING.toMillis(), TimeUnit.MILLISECONDS);
        if (next == null) {
          log.info("realm {} is taken over by a challenge: the overdue task is not run", realm);
          hand(heldBackUnder, Bytes32.zero());
          roundOver();
          continue;
        }
        group.add(next);
        gather();
        while (group.size() < MOST_AT_ONCE
            && queue.peek() != null
            && queue.peek().lease.equals(group.getFirst().lease)) {
          group.add(queue.take());
        }
        try {
          take(prepare(group), group.getFirst().lease);
        } catch (RuntimeException e) {
          log.error("batches of realm {} could not be prepared", realm, e);
        }
        group.clear();
        roundOver();
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /**
   * Hands batches to the committer. Those of a take-over go in one call of the contract up to the
   * one that settles the overdue task (Rule C5): they are held back until it is there.
   */
  private void take(List<ReadyBatch> batches, HeldLease lease) throws InterruptedException {
    if (!lease.equals(heldBackUnder)) {
      heldBack.clear();
      heldBackUnder = lease;
    }
    heldBack.addAll(batches);
    if (!turn.takesOver(lease)) {
      hand(lease, Bytes32.zero());
    } else if (heldBack.stream().anyMatch(batch -> batch.settles(lease.overdue()))) {
      hand(lease, Committer.fitOneCall(heldBack) ? lease.overdue() : Bytes32.zero());
    } else if (lease.overdue().isZero()) {
      hand(lease, Bytes32.zero());
    }
  }

  private void hand(@Nullable HeldLease lease, Bytes32 overdue) throws InterruptedException {
    if (lease != null) {
      Optional<Bytes32> named = turn.await(lease, overdue);
      named.ifPresent(task -> committer.add(ReadyBatch.takingOver(heldBack, task)));
    }
    heldBack.clear();
  }

  /** Lets more batches come: a block has room for many, and a backup acknowledges them at once. */
  private void gather() throws InterruptedException {
    if (lastPrepared != 0) {
      long wait = lastPrepared + GATHER.toNanos() - System.nanoTime();
      if (wait > 0) {
        TimeUnit.NANOSECONDS.sleep(wait);
      }
    }
    lastPrepared = System.nanoTime();
  }

  private List<ReadyBatch> prepare(List<Anchored> group) throws InterruptedException {
    HeldLease lease = group.getFirst().lease;
    // Batches and results are durable here before anybody else is asked to keep or commit them.
    store.sync().await();
    List<LogEntry> entries = group.stream().map(Anchored::entry).toList();
    int wanted = enclave.network().parameters().minBackups();
    Map<Long, List<Signature>> acknowledged = new TreeMap<>();
    while (wanted > 0) {
      acknowledged = acknowledgements(entries, lease, wanted);
      boolean fits =
          entries.stream().allMatch(entry -> entry.sealed().length() <= LONGEST_IN_CALLDATA);
      if (acknowledged.size() >= wanted || fits) {
        break;
      }
      log.warn("a batch of realm {} is too large to be committed without backups", realm);
      TimeUnit.SECONDS.sleep(1);
    }
    boolean enough = acknowledged.size() >= wanted;
    List<ReadyBatch> ready = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      LogEntry entry = entries.get(i);
      int index = i;
      List<ReadyBatch.Acknowledgement> acknowledgements =
          enough
              ? acknowledged.entrySet().stream()
                  .map(each ->
                      new ReadyBatch.Acknowledgement(each.getKey(), each.getValue().get(index)))
                  .toList()
              : List.of();
      ready.add(
          new ReadyBatch(
              content(entry),
              worker,
              entry.headSignature(),
              acknowledgements,
              Bytes32.zero(),
              enough
                  ? Optional.empty()
                  : Optional.of(
                      new ReadyBatch.Availability(
                          entry.sealed(),
                          lease.grants().stream().limit(state.quorum()).toList()))));
    }
    return ready;
  }

  private static Batch content(LogEntry entry) {
    return entry
        .batch()
        .orElseThrow(
            () -> new EnigmaException(ErrorCode.INTERNAL, "an anchored step has no content"));
  }

  /** Asks backups until enough have acknowledged: ranks first, then any worker. */
  private Map<Long, List<Signature>> acknowledgements(
      List<LogEntry> entries, HeldLease lease, int wanted) throws InterruptedException {
    List<ChainState.WorkerFacts> backups = candidates();
    LinkedBlockingQueue<Optional<Map.Entry<Long, List<Signature>>>> answers =
        new LinkedBlockingQueue<>();
    for (ChainState.WorkerFacts backup : backups) {
      Thread.ofVirtual()
          .name("hold")
          .start(() -> {
            try {
              answers.add(Optional.of(Map.entry(backup.number(), hold(backup, entries, lease))));
            } catch (RuntimeException e) {
              log.info("worker {} is no backup now: {}", backup.number(), e.getMessage());
              answers.add(Optional.empty());
            }
          });
    }
    Map<Long, List<Signature>> acknowledged = new TreeMap<>();
    for (int heard = 0; heard < backups.size() && acknowledged.size() < wanted; heard++) {
      var answer = answers.poll(3 * TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      if (answer == null) {
        break;
      }
      answer.ifPresent(each -> acknowledged.put(each.getKey(), each.getValue()));
    }
    return acknowledged;
  }

  private List<ChainState.WorkerFacts> candidates() {
    return choice.of(realm);
  }

  private List<Signature> hold(
      ChainState.WorkerFacts backup, List<LogEntry> entries, HeldLease lease) {
    try {
      return ask(backup, lease, Optional.empty(), entries, entries.size());
    } catch (EnigmaException e) {
      switch (e.code()) {
        // It has no room for a step, and less for all of them.
        case HOLDER_UNREACHABLE, STORAGE_FULL, STORAGE_FAILED, TOO_MANY_REQUESTS -> throw e;
        default -> {}
      }
      // Its enclave does not know the realm, or was started anew: from the snapshot on.
      log.debug("worker {} needs the whole log: {}", backup.number(), e.getMessage());
      List<LogEntry> history = history(entries.getLast().endSequence());
      return ask(backup, lease, Optional.of(startOf(history)), history, entries.size());
    }
  }

  private List<Signature> ask(
      ChainState.WorkerFacts backup,
      HeldLease lease,
      Optional<WorkerRequest.Start> start,
      List<LogEntry> entries,
      int acknowledge) {
    byte[] answer =
        peers.call(
            backup.operator(),
            new PeerCall.Hold(
                    realm,
                    lease.tenure(),
                    lease.lease(),
                    enclave.enclave(),
                    lease.grants(),
                    start,
                    entries,
                    acknowledge)
                .encode(),
            TIMEOUT);
    WireReader reader = new WireReader(answer);
    List<Signature> signatures =
        reader.list(acknowledge, from -> Signature.of(from.raw(Signature.LENGTH)));
    reader.end();
    if (signatures.size() != acknowledge) {
      throw new EnigmaException(ErrorCode.MALFORMED_MESSAGE, "a backup answered too little");
    }
    return signatures;
  }

  /** All steps from the newest committed snapshot up to a sequence. */
  private List<LogEntry> history(long endSequence) {
    List<LogEntry> all = store.log(realm, 0);
    int first = 0;
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).snapshot() && all.get(i).committed().isPresent()) {
        first = i;
      }
    }
    return all.subList(first, all.size()).stream()
        // A step that was never anchored has no content, and is passed over by who loads the state.
        .filter(entry -> entry.endSequence() <= endSequence && entry.batch().isPresent())
        .toList();
  }

  private WorkerRequest.Start startOf(List<LogEntry> history) {
    long before = content(history.getFirst()).firstSequence() - 1;
    return new WorkerRequest.Start(
        before,
        before == 0
            ? Realms.genesisStateHash(realm)
            : store
                .entry(realm, before)
                .orElseThrow(() ->
                    new EnigmaException(
                        ErrorCode.STORAGE_FAILED,
                        "the step before sequence " + before + " is missing"))
                .stateHash());
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
