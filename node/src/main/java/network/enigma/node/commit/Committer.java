package network.enigma.node.commit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import network.enigma.chain.BlockTag;
import network.enigma.chain.EnigmaContract;
import network.enigma.chain.EthereumAccount;
import network.enigma.chain.Revert;
import network.enigma.chain.TransactionReceipt;
import network.enigma.contracts.Enigma;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps every released batch until it is final on chain, and sends again and again what the chain
 * lacks: many realms in one transaction, the batches of a realm in their order, one transaction at
 * a time.
 *
 * <p>Threads: any thread may add; one virtual thread of its own sends.
 */
public final class Committer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Committer.class);

  /** Bytes of calldata in one transaction: a node refuses transactions of more than 128 KiB. */
  private static final int MOST_BYTES = 96 * 1024;

  /** Commitments in one call of the contract. */
  private static final int MOST_BATCHES = 256;

  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final EnigmaContract contract;
  private final EthereumAccount account;
  private final CommitListener listener;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Thread thread;

  // Guarded by `lock`: by realm, by first sequence.
  private final Map<Bytes32, TreeMap<Long, ReadyBatch>> kept = new LinkedHashMap<>();
  private boolean closed;
  private boolean signalled;

  public Committer(EnigmaContract contract, EthereumAccount account, CommitListener listener) {
    this.contract = contract;
    this.account = account;
    this.listener = listener;
    this.thread = Thread.ofVirtual().name("committer").start(this::run);
  }

  /** Takes batches, in order; one of the same realm and sequence is replaced. */
  public void add(List<ReadyBatch> batches) {
    lock.lock();
    try {
      for (ReadyBatch batch : batches) {
        kept.computeIfAbsent(batch.realm(), realm -> new TreeMap<>())
            .put(batch.batch().firstSequence(), batch);
      }
      wake();
    } finally {
      lock.unlock();
    }
  }

  /** Whether batches can go in one call of the contract. */
  public static boolean fitOneCall(List<ReadyBatch> batches) {
    return size(batches) <= MOST_BYTES && batches.size() <= MOST_BATCHES;
  }

  private static int size(List<ReadyBatch> batches) {
    return batches.stream().mapToInt(ReadyBatch::size).sum();
  }

  /** Forgets what the chain has for good. */
  public void finalized(Bytes32 realm, long sequence) {
    lock.lock();
    try {
      TreeMap<Long, ReadyBatch> batches = kept.get(realm);
      if (batches != null) {
        batches.headMap(sequence, true).clear();
        if (batches.isEmpty()) {
          kept.remove(realm);
        }
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Forgets a realm's batches: another worker holds it. */
  public void drop(Bytes32 realm) {
    lock.lock();
    try {
      kept.remove(realm);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Whether a batch is kept, to be sent again if the chain loses it. */
  public boolean keeps(Bytes32 realm, long endSequence) {
    lock.lock();
    try {
      return kept.getOrDefault(realm, new TreeMap<>()).values().stream()
          .anyMatch(batch -> batch.batch().endSequence() == endSequence);
    } finally {
      lock.unlock();
    }
  }

  /** Looks at the chain now: a block came or was lost. */
  public void look() {
    lock.lock();
    try {
      wake();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until everything kept is on chain.
   *
   * @return whether it is
   */
  public boolean awaitCommitted(Duration most) {
    long deadline = System.nanoTime() + most.toNanos();
    while (true) {
      try {
        if (due().isEmpty()) {
          return true;
        }
      } catch (EnigmaException e) {
        LOG.debug("the chain cannot be read: {}", e.getMessage());
      }
      lock.lock();
      try {
        long left = deadline - System.nanoTime();
        if (left <= 0 || closed) {
          return false;
        }
        wake();
        changed.awaitNanos(Math.min(left, LOOK.toNanos() / 4));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      } finally {
        lock.unlock();
      }
    }
  }

  private void wake() {
    signalled = true;
    changed.signalAll();
  }

  private void run() {
    while (pause()) {
      try {
        List<ReadyBatch> due = due();
        if (!due.isEmpty()) {
          send(due);
        }
      } catch (EnigmaException e) {
        LOG.warn("a commit waits: {}", e.getMessage());
      } catch (RuntimeException e) {
        LOG.error("a commit failed", e);
      }
    }
  }

  /** Returns false when it is time to end. */
  private boolean pause() {
    lock.lock();
    try {
      long left = LOOK.toNanos();
      while (!closed && !signalled && left > 0) {
        left = changed.awaitNanos(left);
      }
      signalled = false;
      return !closed;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** What the chain lacks, as much as fits one transaction. */
  private List<ReadyBatch> due() {
    Map<Bytes32, List<ReadyBatch>> candidates = new LinkedHashMap<>();
    lock.lock();
    try {
      kept.forEach((realm, batches) -> candidates.put(realm, List.copyOf(batches.values())));
    } finally {
      lock.unlock();
    }
    List<ReadyBatch> due = new ArrayList<>();
    for (Map.Entry<Bytes32, List<ReadyBatch>> entry : candidates.entrySet()) {
      long next = contract.realm(entry.getKey(), BlockTag.PENDING).sequence() + 1;
      List<ReadyBatch> line = new ArrayList<>();
      for (ReadyBatch batch : entry.getValue()) {
        if (batch.batch().firstSequence() == next) {
          line.add(batch);
          next += batch.batch().count();
        }
      }
      for (List<ReadyBatch> together : indivisible(line)) {
        due.addAll(together);
        if (due.size() > together.size() && !fitOneCall(due)) {
          return due.subList(0, due.size() - together.size());
        }
      }
    }
    return due;
  }

  /** The batches of a take-over that name the same overdue task stay together (Rule C5). */
  private static List<List<ReadyBatch>> indivisible(List<ReadyBatch> line) {
    List<List<ReadyBatch>> parts = new ArrayList<>();
    for (ReadyBatch batch : line) {
      boolean joins =
          !batch.overdue().isZero()
              && !parts.isEmpty()
              && parts.getLast().getFirst().overdue().equals(batch.overdue());
      if (joins) {
        parts.getLast().add(batch);
      } else {
        parts.add(new ArrayList<>(List.of(batch)));
      }
    }
    return parts;
  }

  private void send(List<ReadyBatch> due) {
    try {
      TransactionReceipt receipt = commit(due);
      for (Enigma.Event event : contract.events(receipt)) {
        if (event instanceof Enigma.Event.Skipped skipped) {
          due.stream()
              .filter(batch ->
                  batch.realm().equals(Bytes32.of(skipped.realm()))
                      && batch.batch().endSequence() == skipped.endSequence())
              .findFirst()
              .ifPresent(batch -> refused(batch, Inadmissible.of(skipped.reason())));
        }
      }
    } catch (EnigmaException e) {
      if (!(Revert.failureOf(e).orElse(null) instanceof Enigma.Failure.NothingAdmitted none)) {
        throw e;
      }
      List<Bytes32> realms = due.stream().map(ReadyBatch::realm).distinct().toList();
      if (realms.size() > 1) {
        // Which of them are at fault shows one by one.
        for (Bytes32 realm : realms) {
          send(due.stream().filter(batch -> batch.realm().equals(realm)).toList());
        }
        return;
      }
      refused(due.getFirst(), Inadmissible.of(none.reason()));
    }
  }

  private TransactionReceipt commit(List<ReadyBatch> batches) {
    EthereumAccount.Sent sent =
        account.send(contract.commit(batches.stream().map(ReadyBatch::commitment).toList()));
    TransactionReceipt receipt = sent.await();
    LOG.info(
        "committed {} batches in block {}, {} gas{}",
        batches.size(),
        receipt.blockNumber(),
        receipt.gasUsed(),
        receipt.succeeded() ? "" : " (reverted)");
    return receipt;
  }

  private void refused(ReadyBatch refused, Inadmissible reason) {
    Bytes32 realm = refused.realm();
    long endSequence = refused.batch().endSequence();
    if (reason == Inadmissible.SEQUENCE && contract.realm(realm).sequence() >= endSequence) {
      // Somebody else committed it in the meantime.
      return;
    }
    LOG.warn("the contract refuses a batch of realm {}: {}", realm, reason);
    lock.lock();
    try {
      TreeMap<Long, ReadyBatch> batches = kept.get(realm);
      if (batches == null || batches.get(refused.batch().firstSequence()) != refused) {
        // A later lease has replaced it meanwhile: that one is not at fault.
        return;
      }
      batches.values().removeIf(batch -> batch.batch().endSequence() >= endSequence);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    listener.refused(realm, endSequence, reason);
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
    try {
      thread.join(PATIENCE);
      if (thread.isAlive()) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EnigmaException(ErrorCode.TIMEOUT, "the committer was interrupted", e);
    }
  }
}
