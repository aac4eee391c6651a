package network.enigma.client;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import network.enigma.chain.BlockTag;
import network.enigma.ethereum.BlockHeader;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * What the chain commits in the realms that tasks wait in: one thread looks once a block, for all
 * tasks together. It runs while somebody waits.
 */
final class Commits {
  private static final Duration PAUSE = Duration.ofMillis(250);
  private static final Duration OUTAGE_PAUSE = Duration.ofSeconds(1);

  /** Most blocks whose headers are read to see that the chain only grew. */
  private static final long MOST_NEW_BLOCKS = 64;

  /**
   * A realm as the chain has it at a block.
   *
   * @param number of the block
   * @param reorganisations how often the chain was seen not to have grown only
   * @param finalized number of the newest finalized block, if it was asked for
   * @param from the first block whose commits are known
   * @param commits by the state hash they lead to
   */
  record View(
      long number,
      long reorganisations,
      OptionalLong finalized,
      long from,
      Map<Bytes32, Ledger.Commit> commits) {
    Optional<Ledger.Commit> commit(Bytes32 stateHash) {
      return Optional.ofNullable(commits.get(stateHash));
    }
  }

  private static final class Realm {
    private final Map<Watch, Long> watchers = new HashMap<>();
    private final Map<Bytes32, Ledger.Commit> commits = new HashMap<>();
    private @Nullable BlockHeader readUpTo;
    private long from;
    private long reorganisations;
    private @Nullable View view;

    long wantedFrom() {
      return watchers.values().stream().mapToLong(Long::longValue).min().orElse(Long.MAX_VALUE);
    }
  }

  /** One task's look at its realm. */
  final class Watch implements AutoCloseable {
    private final Bytes32 id;
    private final Realm realm;
    private @Nullable View seen;

    private Watch(Bytes32 id, Realm realm) {
      this.id = id;
      this.realm = realm;
    }

    /** The realm at a newer block than the last time. */
    View next() {
      synchronized (Commits.this) {
        while (true) {
          EnigmaException failed = failure;
          if (failed != null) {
            throw new EnigmaException(failed.code(), String.valueOf(failed.getMessage()), failed);
          }
          View now = realm.view;
          Long wanted = realm.watchers.get(this);
          if (now != null && now != seen && wanted != null && now.from() <= wanted) {
            seen = now;
            return now;
          }
          try {
            Commits.this.wait();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnigmaException(ErrorCode.TIMEOUT, "interrupted while waiting");
          }
        }
      }
    }

    @Override
    public void close() {
      synchronized (Commits.this) {
        realm.watchers.remove(this);
        if (realm.watchers.isEmpty()) {
          realms.remove(id, realm);
        }
      }
    }
  }

  private record Place(long number, long reorganisations) {}

  private final Ledger ledger;

  /** Hashes of blocks, read once for each time the chain may have changed them. */
  private final Lately<Place, Optional<Bytes32>> hashes;

  /** Counts up whenever blocks that were looked at may be others now. */
  private final AtomicLong reorganisations = new AtomicLong();

  private final ExecutorService threads;
  private final boolean wantsFinalized;

  // Guarded by this object.
  private final Map<Bytes32, Realm> realms = new HashMap<>();
  private boolean running;
  private @Nullable EnigmaException failure;

  /**
   * @param wantsFinalized whether finality is asked for beside commits
   */
  Commits(Ledger ledger, ExecutorService threads, boolean wantsFinalized) {
    this.ledger = ledger;
    this.hashes =
        new Lately<>(
            Duration.ofMinutes(10),
            place -> ledger.rpc().header(BlockTag.of(place.number())).map(BlockHeader::hash));
    this.threads = threads;
    this.wantsFinalized = wantsFinalized;
  }

  /** Looks at a realm's commits from a block on. */
  synchronized Watch watch(Bytes32 id, long fromBlock) {
    Realm realm = realms.computeIfAbsent(id, unused -> new Realm());
    Watch watch = new Watch(id, realm);
    realm.watchers.put(watch, fromBlock);
    if (!running) {
      running = true;
      failure = null;
      threads.execute(this::run);
    }
    return watch;
  }

  /** Whether the chain has another block of a number than the one with that hash. */
  boolean replaced(View view, long number, Bytes32 hash) {
    try {
      return hashes
          .get(new Place(number, view.reorganisations()), Optional::isPresent)
          .filter(now -> !now.equals(hash))
          .isPresent();
    } catch (EnigmaException e) {
      if (e.code() == ErrorCode.CHAIN_UNREACHABLE && !Thread.currentThread().isInterrupted()) {
        return false;
      }
      throw e;
    }
  }

  private void run() {
    try {
      while (true) {
        List<Map.Entry<Bytes32, Realm>> wanted;
        synchronized (this) {
          if (realms.isEmpty()) {
            running = false;
            return;
          }
          wanted = List.copyOf(realms.entrySet());
        }
        Pause.of(look(wanted) ? PAUSE : OUTAGE_PAUSE);
      }
    } catch (RuntimeException e) {
      synchronized (this) {
        running = false;
        failure =
            e instanceof EnigmaException known
                ? known
                : new EnigmaException(ErrorCode.INTERNAL, "commits cannot be followed: " + e, e);
        notifyAll();
      }
    }
  }

  /** Whether the endpoint answered. */
  private boolean look(List<Map.Entry<Bytes32, Realm>> wanted) {
    try {
      BlockHeader latest = ledger.rpc().header(BlockTag.LATEST).orElseThrow();
      OptionalLong finalized = wantsFinalized ? finalized() : OptionalLong.empty();
      for (Map.Entry<Bytes32, Realm> each : wanted) {
        look(each.getKey(), each.getValue(), latest, finalized);
      }
      return true;
    } catch (EnigmaException e) {
      if (Thread.currentThread().isInterrupted()
          || (e.code() != ErrorCode.CHAIN_UNREACHABLE && e.code() != ErrorCode.CHAIN_REORGANISED)) {
        throw e;
      }
      return false;
    }
  }

  private OptionalLong finalized() {
    return ledger
        .rpc()
        .header(BlockTag.FINALIZED)
        .map(header -> OptionalLong.of(header.number()))
        .orElse(OptionalLong.empty());
  }

  private void look(Bytes32 id, Realm realm, BlockHeader latest, OptionalLong finalized) {
    long wantedFrom;
    synchronized (this) {
      wantedFrom = realm.wantedFrom();
    }
    BlockHeader before = realm.from <= wantedFrom ? realm.readUpTo : null;
    View shown = realm.view;
    if (before != null
        && latest.hash().equals(before.hash())
        && shown != null
        && shown.finalized().equals(finalized)) {
      return;
    }
    if (before != null && grewFrom(before, latest)) {
      read(id, realm, before.number() + 1, latest.number());
    } else {
      realm.reorganisations = reorganisations.incrementAndGet();
      realm.commits.clear();
      realm.from = Math.min(wantedFrom, latest.number());
      read(id, realm, realm.from, latest.number());
    }
    realm.readUpTo = latest;
    realm.commits.values().removeIf(commit -> commit.block() < wantedFrom);
    realm.from = Math.max(realm.from, Math.min(wantedFrom, latest.number()));
    View view =
        new View(
            latest.number(),
            realm.reorganisations,
            finalized,
            realm.from,
            Map.copyOf(realm.commits));
    synchronized (this) {
      realm.view = view;
      notifyAll();
    }
  }

  /** Whether the blocks after one lead to another. */
  private boolean grewFrom(BlockHeader before, BlockHeader latest) {
    if (latest.hash().equals(before.hash())) {
      return true;
    }
    long fresh = latest.number() - before.number();
    if (fresh <= 0 || fresh > MOST_NEW_BLOCKS) {
      return false;
    }
    List<BlockHeader> blocks =
        fresh == 1 ? List.of(latest) : ledger.rpc().headers(before.number() + 1, latest.number());
    return blocks.getFirst().parentHash().equals(before.hash())
        && blocks.getLast().hash().equals(latest.hash());
  }

  private void read(Bytes32 id, Realm realm, long from, long to) {
    if (from > to) {
      return;
    }
    ledger
        .commits(id, from, to)
        .forEach(commit -> realm.commits.put(Bytes32.of(commit.event().stateHash()), commit));
  }
}
