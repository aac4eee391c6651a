package network.enigma.enclave;

import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import network.enigma.ethereum.BlockHeader;
import network.enigma.protocol.Address;
import network.enigma.protocol.Batch;
import network.enigma.protocol.BatchKind;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.channel.TaskResult;
import network.enigma.protocol.channel.WorkerResponse.Released;
import network.enigma.protocol.channel.WorkerResponse.ReleasedBatch;
import network.enigma.protocol.channel.WorkerResponse.StepOpened;
import network.enigma.tee.ChainView;
import network.enigma.tee.message.HeadsReport;
import network.enigma.tee.message.KnownHead;

/**
 * A realm this enclave holds the lease of (Rules S1 to S4): its keys, its state, and its batches on
 * their way from made over anchored to committed.
 *
 * <p>Batches are made one at a time, each on the state the one before it leads to. Making one does
 * not wait for the release of another: a released batch's changes are moved into the base state
 * when the next batch begins.
 */
final class HeldRealm {
  /** Most batches that may wait for their acknowledgements. */
  static final int MOST_PENDING = 16;

  /** Most anchored layers that may lie on the base state while queries read it. */
  static final int MOST_LAYERS = 64;

  private final Lease lease;
  private volatile HeldKeys keys;
  private final RealmFacts facts;
  private final OpenedInputs inputs = new OpenedInputs();

  /** Held while a batch is made. */
  private final Lock oneAtATime = new ReentrantLock();

  /** Read by queries, written when anchored batches move into the base state. */
  private final ReentrantReadWriteLock base = new ReentrantReadWriteLock();

  private final RealmState state;

  // Guarded by this object.
  private final Deque<MadeBatch> anchored = new ArrayDeque<>();
  private final Deque<MadeBatch> pending = new ArrayDeque<>();
  private final Map<Address, BigInteger> margins = new HashMap<>();
  private final Deque<Uncommitted> uncommitted = new ArrayDeque<>();

  /** How many of the pending batches are adopted: their changes are in the base state. */
  private int adoptedPending;

  /** Up to where the committed history before this lease has not been opened again. */
  private KnownHead past;

  private long sequence;
  private Bytes32 stateHash;
  private long anchoredSequence;
  private Bytes32 anchoredStateHash;
  private boolean snapshotCommitted;
  private boolean dropped;

  /**
   * What was granted.
   *
   * @param number of the lease
   * @param tenure of the realm
   * @param waitsForCommit whether results wait until their batch is committed
   */
  record Lease(Bytes32 realm, long number, long tenure, boolean waitsForCommit) {}

  private record Uncommitted(
      long endSequence,
      Bytes32 stateHash,
      long headerNumber,
      Bytes32 headerHash,
      boolean snapshot,
      List<TaskResult> withheld) {}

  /**
   * A realm as loaded.
   *
   * @param sequence of the state
   * @param committed the head on chain
   * @param adopted batches between it and the state, which holds their changes already
   * @param anchored whether a quorum is known to hold the adopted batches' head; if not, nothing of
   *     them is shown and nothing runs or is answered before they are released
   * @param rekeyed whether nothing of the state lies under an older tenure's key
   */
  HeldRealm(
      Lease lease,
      HeldKeys keys,
      RealmFacts facts,
      RealmState state,
      long sequence,
      Bytes32 stateHash,
      KnownHead committed,
      List<MadeBatch> adopted,
      boolean anchored,
      boolean rekeyed) {
    this.snapshotCommitted = rekeyed;
    this.lease = lease;
    this.keys = keys;
    this.facts = facts;
    this.state = state;
    this.past = committed;
    this.sequence = sequence;
    this.stateHash = stateHash;
    if (anchored) {
      this.anchoredSequence = sequence;
      this.anchoredStateHash = stateHash;
      adopted.forEach(this::waitForCommit);
    } else {
      this.anchoredSequence = committed.endSequence();
      this.anchoredStateHash = committed.stateHash();
      this.pending.addAll(adopted);
      this.adoptedPending = adopted.size();
    }
  }

  Lease lease() {
    return lease;
  }

  HeldKeys keys() {
    return keys;
  }

  RealmFacts facts() {
    return facts;
  }

  OpenedInputs inputs() {
    return inputs;
  }

  /** What a new batch starts from: the state after every batch made. */
  record Tip(StateReader state, long sequence, Bytes32 stateHash) {}

  /** Makes a batch on a state. */
  @FunctionalInterface
  interface Making {
    Optional<MadeBatch> make(Tip tip);
  }

  /**
   * Makes a batch, or nothing if the making throws.
   *
   * @throws EnigmaException {@link ErrorCode#BATCH_TOO_OLD} or {@link ErrorCode#CHAIN_REORGANISED}
   *     when an uncommitted head is void: nothing runs before a new lease is taken (Rule C11)
   */
  Optional<MadeBatch> make(ChainView chain, BlockHeader header, long maxBatchAge, Making work) {
    oneAtATime.lock();
    try {
      requireLive(chain, maxBatchAge);
      requireAdoptedReleased();
      applyAnchored();
      Tip tip = tip();
      if (header.number() < tip.state.headerNumber()) {
        throw new EnigmaException(
            ErrorCode.BAD_HEADER,
            "block "
                + header.number()
                + " is below the realm's header, block "
                + tip.state.headerNumber());
      }
      Optional<MadeBatch> making = work.make(tip);
      if (making.isEmpty()) {
        return making;
      }
      MadeBatch made = making.get();
      synchronized (this) {
        requireNotDropped();
        pending.add(made);
        made.margins().forEach((payer, margin) -> margins.merge(payer, margin, BigInteger::add));
        sequence = made.batch().endSequence();
        stateHash = made.stateHash();
      }
      return making;
    } finally {
      oneAtATime.unlock();
    }
  }

  private synchronized Tip tip() {
    if (pending.size() >= MOST_PENDING) {
      throw new EnigmaException(
          ErrorCode.BATCH_FULL,
          MOST_PENDING + " batches wait for their acknowledgements; release them first");
    }
    return new Tip(topOf(pending, topOf(anchored, state)), sequence, stateHash);
  }

  private static StateReader topOf(Deque<MadeBatch> batches, StateReader below) {
    return batches.isEmpty() ? below : batches.getLast().layer();
  }

  /** Whether every batch made is anchored. */
  synchronized boolean isAnchored() {
    return pending.isEmpty();
  }

  /**
   * Moves anchored changes into the base state. A query that is reading it just now is not waited
   * for, unless too many layers have gathered meanwhile.
   */
  private void applyAnchored() {
    if (!base.writeLock().tryLock()) {
      synchronized (this) {
        if (anchored.size() < MOST_LAYERS) {
          return;
        }
      }
      base.writeLock().lock();
    }
    try {
      synchronized (this) {
        boolean whole = false;
        try {
          while (!anchored.isEmpty()) {
            MadeBatch next = anchored.removeFirst();
            state.apply(next.layer().changes());
            MadeBatch above = anchored.isEmpty() ? pending.peekFirst() : anchored.peekFirst();
            if (above != null) {
              above.layer().rebase(state);
            }
          }
          whole = true;
        } finally {
          dropIfTorn(whole);
        }
      }
    } finally {
      base.writeLock().unlock();
    }
  }

  /** A base state that memory ran out on half way is never used again. */
  private synchronized void dropIfTorn(boolean whole) {
    if (!whole) {
      dropped = true;
    }
  }

  /**
   * The state after every batch, whole, for a snapshot. Only while a batch is made.
   *
   * @throws EnigmaException {@link ErrorCode#NOT_ANCHORED} while a batch is not anchored
   */
  StateChanges everything(long headerNumber) {
    base.writeLock().lock();
    try {
      synchronized (this) {
        if (!pending.isEmpty()) {
          throw new EnigmaException(
              ErrorCode.NOT_ANCHORED, "a snapshot is made when every batch is anchored");
        }
        boolean whole = false;
        try {
          while (!anchored.isEmpty()) {
            state.apply(anchored.removeFirst().layer().changes());
          }
          whole = true;
        } finally {
          dropIfTorn(whole);
        }
      }
      return state.everything(headerNumber);
    } finally {
      base.writeLock().unlock();
    }
  }

  /** How much less the payer's tasks that are not anchored cost than they could have cost. */
  synchronized BigInteger margin(Address payer) {
    return margins.getOrDefault(payer, BigInteger.ZERO);
  }

  /** The newest made state for the checks of an order; exact enough for an acceptance. */
  <T> T read(Function<StateReader, T> reading) {
    base.readLock().lock();
    try {
      StateReader top;
      synchronized (this) {
        requireNotDropped();
        requireAdoptedReleased();
        top = topOf(pending, topOf(anchored, state));
      }
      return reading.apply(top);
    } finally {
      base.readLock().unlock();
    }
  }

  /** The anchored state with its sequence, for queries. */
  record Anchored(StateReader state, long sequence, Bytes32 stateHash) {}

  <T> T readAnchored(Function<Anchored, T> reading) {
    base.readLock().lock();
    try {
      Anchored top;
      synchronized (this) {
        requireNotDropped();
        requireAdoptedReleased();
        top = new Anchored(topOf(anchored, state), anchoredSequence, anchoredStateHash);
      }
      return reading.apply(top);
    } finally {
      base.readLock().unlock();
    }
  }

  /** The head that acknowledgements have to be for, of a batch made and not anchored yet. */
  synchronized KnownHead head(long endSequence) {
    return pending.stream()
        .filter(made -> made.batch().endSequence() == endSequence)
        .findFirst()
        .map(made -> new KnownHead(lease.number(), endSequence, made.stateHash()))
        .orElseThrow(() ->
            new EnigmaException(
                ErrorCode.UNKNOWN_BATCH,
                "no batch that ends with sequence " + endSequence + " waits to be anchored"));
  }

  /** Releases the batches up to an anchored head. */
  synchronized Released release(KnownHead head) {
    requireNotDropped();
    List<ReleasedBatch> released = new ArrayList<>();
    while (!pending.isEmpty() && pending.getFirst().batch().endSequence() <= head.endSequence()) {
      MadeBatch made = pending.removeFirst();
      if (adoptedPending > 0) {
        adoptedPending--;
      } else {
        anchored.add(made);
      }
      anchoredSequence = made.batch().endSequence();
      anchoredStateHash = made.stateHash();
      made.margins()
          .forEach((payer, margin) ->
              margins.computeIfPresent(
                  payer, (unused, sum) -> sum.equals(margin) ? null : sum.subtract(margin)));
      waitForCommit(made);
      released.add(made.released(!lease.waitsForCommit()));
    }
    return new Released(released, List.of());
  }

  private void waitForCommit(MadeBatch made) {
    uncommitted.add(
        new Uncommitted(
            made.batch().endSequence(),
            made.stateHash(),
            made.batch().headerNumber(),
            made.batch().headerHash(),
            made.batch().kind() == BatchKind.SNAPSHOT,
            lease.waitsForCommit() ? made.results() : List.of()));
  }

  /**
   * Takes in what the chain has committed. The keys of the tenure before go once a snapshot of this
   * one is committed and the orders sealed to them have expired (Rule K3).
   *
   * @param ordersExpired whether no order that was sealed before the tenure began can still run
   * @return the results that waited for it
   * @throws EnigmaException {@link ErrorCode#LEASE_FENCED} if another holder has gone on
   */
  synchronized Released confirm(
      long committedSequence, Bytes32 committedHash, long highestLease, boolean ordersExpired) {
    boolean knownHere =
        committedSequence < firstUncommittedSequence()
            || uncommitted.stream()
                .anyMatch(each ->
                    each.endSequence == committedSequence && each.stateHash.equals(committedHash))
            || pending.stream()
                .limit(adoptedPending)
                .anyMatch(each ->
                    each.batch().endSequence() == committedSequence
                        && each.stateHash().equals(committedHash));
    if (!knownHere || Long.compareUnsigned(highestLease, lease.number()) > 0) {
      dropped = true;
      throw new EnigmaException(
          ErrorCode.LEASE_FENCED,
          "the chain has sequence " + committedSequence + " of another lease of the realm");
    }
    List<TaskResult> results = new ArrayList<>();
    while (!uncommitted.isEmpty() && uncommitted.getFirst().endSequence <= committedSequence) {
      Uncommitted committed = uncommitted.removeFirst();
      results.addAll(committed.withheld);
      snapshotCommitted |= committed.snapshot;
    }
    if (snapshotCommitted && ordersExpired) {
      keys = new HeldKeys(keys.current(), Optional.empty());
    }

    return new Released(List.of(), results);
  }

  /**
   * Opens the last step of the committed history that was not opened under this lease. Each names
   * the state before it, so that only the history the chain has confirmed opens: never a batch that
   * no quorum knew of (Rule S3).
   *
   * @throws EnigmaException {@link ErrorCode#UNKNOWN_BATCH} if it is another step; {@link
   *     ErrorCode#DELTA_REFUSED} if the lease does not give its keys
   */
  synchronized StepOpened openStep(Bytes sealed) {
    requireNotDropped();
    Delta.Sealed step = Delta.open(keys, sealed);
    Batch batch = step.delta().batch();
    if (batch.endSequence() != past.endSequence() || !step.stateHash().equals(past.stateHash())) {
      throw new EnigmaException(
          ErrorCode.UNKNOWN_BATCH,
          "the step that ends with sequence "
              + batch.endSequence()
              + " is not the one before sequence "
              + (past.endSequence() + 1));
    }
    past = new KnownHead(past.lease(), batch.firstSequence() - 1, step.delta().previous());
    return new StepOpened(step.delta().previous(), step.delta().results());
  }

  private long firstUncommittedSequence() {
    return uncommitted.isEmpty() ? anchoredSequence + 1 : uncommitted.getFirst().endSequence;
  }

  /**
   * Checks that no uncommitted head has become void (Rule C11).
   *
   * @throws EnigmaException {@link ErrorCode#BATCH_TOO_OLD} or {@link ErrorCode#CHAIN_REORGANISED}
   */
  synchronized void requireLive(ChainView chain, long maxBatchAge) {
    requireNotDropped();
    long tip = chain.tip().number();
    for (Uncommitted each : uncommitted) {
      if (tip - each.headerNumber > maxBatchAge) {
        dropped = true;
        throw new EnigmaException(
            ErrorCode.BATCH_TOO_OLD,
            "sequence "
                + each.endSequence
                + " was not committed in time; take a new lease of the realm");
      }
      requireHeader(chain, each.headerNumber, each.headerHash);
    }
    for (MadeBatch each : pending) {
      requireHeader(chain, each.batch().headerNumber(), each.batch().headerHash());
    }
  }

  private void requireHeader(ChainView chain, long number, Bytes32 hash) {
    if (chain.replaced(number, hash)) {
      dropped = true;
      throw new EnigmaException(
          ErrorCode.CHAIN_REORGANISED,
          "the chain dropped block " + number + "; take a new lease of the realm");
    }
  }

  /**
   * Checks that the adopted batches are anchored under this lease (Rules S3, S4).
   *
   * @throws EnigmaException {@link ErrorCode#NOT_ANCHORED}
   */
  private synchronized void requireAdoptedReleased() {
    if (adoptedPending > 0) {
      throw new EnigmaException(
          ErrorCode.NOT_ANCHORED,
          "the batches this lease adopts up to sequence " + sequence + " are not anchored yet");
    }
  }

  private synchronized void requireNotDropped() {
    if (dropped) {
      throw new EnigmaException(
          ErrorCode.NOT_HOLDER, "the lease is over; take a new lease of the realm");
    }
  }

  /** The oldest batch, up to one just made, that is not known to be committed (Rule C11). */
  synchronized HeadsReport.Span oldestUncommitted(MadeBatch made) {
    if (!uncommitted.isEmpty()) {
      Uncommitted oldest = uncommitted.getFirst();
      return new HeadsReport.Span(oldest.headerNumber, oldest.headerHash, oldest.endSequence);
    }
    return pending.isEmpty() ? made.span() : pending.getFirst().span();
  }

  /** Ends the lease. */
  synchronized void drop() {
    dropped = true;
  }
}
