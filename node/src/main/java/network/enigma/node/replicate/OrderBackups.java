package network.enigma.node.replicate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import network.enigma.node.follow.ChainState;
import network.enigma.node.storage.StoredOrder;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands the orders that this worker accepted in one realm to the backups, which keep them until
 * they are settled (Rule S5). Orders that come while a message is under way share the next one.
 */
public final class OrderBackups implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(OrderBackups.class);

  /** How long an acceptance waits for backups that do not answer. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private static final int MOST_BYTES = 4 << 20;

  private record Entrusted(StoredOrder order, CompletableFuture<@Nullable Void> safe) {}

  private final Bytes32 realm;
  private final BackupChoice choice;
  private final LinkedBlockingQueue<Entrusted> queue = new LinkedBlockingQueue<>();
  private final Thread thread;

  public OrderBackups(Bytes32 realm, BackupChoice choice) {
    this.realm = realm;
    this.choice = choice;
    this.thread = Thread.ofVirtual().name("entrust").start(this::run);
  }

  /**
   * Sends an order.
   *
   * @return done when as many backups have it on disk as the network wants, or are not to be had
   */
  public CompletableFuture<@Nullable Void> entrust(StoredOrder order) {
    Entrusted entrusted = new Entrusted(order, new CompletableFuture<>());
    queue.add(entrusted);
    return entrusted.safe;
  }

  /** Waits for what {@link #entrust} returned, at most a moment. */
  public static void await(CompletableFuture<@Nullable Void> safe) {
    try {
      safe.get(2 * PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      log.warn("an order is accepted without a backup: {}", e.toString());
    }
  }

  /** Tells the backups which orders are settled on Ethereum. */
  public void settled(List<Bytes32> taskIds) {
    for (int from = 0; from < taskIds.size(); from += PeerCall.MAXIMUM_TASKS) {
      int to = Math.min(taskIds.size(), from + PeerCall.MAXIMUM_TASKS);
      byte[] message = new PeerCall.Settled(realm, taskIds.subList(from, to)).encode();
      for (ChainState.WorkerFacts backup : choice.of(realm)) {
        Thread.ofVirtual().name("settled").start(() -> send(backup, message));
      }
    }
  }

  private void run() {
    try {
      while (true) {
        List<Entrusted> group = new ArrayList<>();
        group.add(queue.take());
        long bytes = group.getFirst().order.task().envelope().length();
        while (bytes < MOST_BYTES && group.size() < PeerCall.MAXIMUM_TASKS) {
          Entrusted next = queue.poll();
          if (next == null) {
            break;
          }
          bytes += next.order.task().envelope().length();
          group.add(next);
        }
        entrust(group);
      }
    } catch (InterruptedException e) {
      queue.forEach(each -> each.safe.complete(null));
    }
  }

  private void entrust(List<Entrusted> group) throws InterruptedException {
    try {
      List<ChainState.WorkerFacts> backups = choice.of(realm);
      byte[] message = new PeerCall.Entrust(group.stream().map(Entrusted::order).toList()).encode();
      LinkedBlockingQueue<Boolean> answers = new LinkedBlockingQueue<>();
      for (ChainState.WorkerFacts backup : backups) {
        Thread.ofVirtual().name("entrust").start(() -> answers.add(send(backup, message)));
      }
      int wanted = Math.min(choice.minimum(), backups.size());
      int kept = 0;
      for (int heard = 0; heard < backups.size() && kept < wanted; heard++) {
        Boolean answer = answers.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        if (answer == null) {
          break;
        }
        kept += answer ? 1 : 0;
      }
      if (kept < choice.minimum()) {
        log.info("{} orders of realm {} are kept by {} backups", group.size(), realm, kept);
      }
    } finally {
      group.forEach(each -> each.safe.complete(null));
    }
  }

  private boolean send(ChainState.WorkerFacts backup, byte[] message) {
    try {
      choice.peers().call(backup.operator(), message, PATIENCE);
      return true;
    } catch (EnigmaException e) {
      log.debug("worker {} keeps no orders now: {}", backup.number(), e.getMessage());
      return false;
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
