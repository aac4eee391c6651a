package network.enigma.node.rpc;

import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import network.enigma.node.schedule.TaskBoard;
import network.enigma.protocol.Bytes32;

/**
 * The tasks this node had to do with since it started, and when: the last thousands of them, in
 * memory. It holds no sender and no input: only what a task's id and the node's clock tell.
 */
public final class TaskJournal implements TaskBoard.Listener {
  /** How many tasks are remembered. */
  static final int KEPT = 4_096;

  /**
   * A task the node had to do with.
   *
   * @param number position in the journal, from 1
   * @param acceptedAt milliseconds since 1970 at which this node stored the order; empty where it
   *     got the task's end from elsewhere
   * @param endedAt milliseconds since 1970 at which the task's batch was anchored, or the task
   *     given up; empty while it runs
   */
  record Entry(
      long number,
      Bytes32 realm,
      Bytes32 taskId,
      Optional<Long> acceptedAt,
      Optional<Long> endedAt) {
    private Entry ended(long at) {
      return new Entry(number, realm, taskId, acceptedAt, Optional.of(at));
    }
  }

  private record Key(Bytes32 realm, Bytes32 taskId) {}

  private final InstantSource clock;
  private final BiPredicate<Bytes32, Bytes32> hasEnded;
  private final int kept;
  private final Set<Consumer<Entry>> listeners = ConcurrentHashMap.newKeySet();

  // Guarded by `this`.
  private final NavigableMap<Long, Entry> entries = new TreeMap<>();
  private final Map<Key, Long> numbers = new HashMap<>();
  private long lastNumber;

  /**
   * @param hasEnded whether the node has stored how a task of a realm ended
   */
  public TaskJournal(InstantSource clock, BiPredicate<Bytes32, Bytes32> hasEnded) {
    this(clock, hasEnded, KEPT);
  }

  TaskJournal(InstantSource clock, BiPredicate<Bytes32, Bytes32> hasEnded, int kept) {
    this.clock = clock;
    this.hasEnded = hasEnded;
    this.kept = kept;
  }

  @Override
  public void taskChanged(Bytes32 realm, Bytes32 taskId) {
    boolean ended = hasEnded.test(realm, taskId);
    Optional<Entry> changed = note(realm, taskId, ended, clock.millis());
    changed.ifPresent(entry -> listeners.forEach(listener -> listener.accept(entry)));
  }

  private synchronized Optional<Entry> note(
      Bytes32 realm, Bytes32 taskId, boolean ended, long now) {
    Long number = numbers.get(new Key(realm, taskId));
    Entry known = number == null ? null : entries.get(number);
    if (known != null && (!ended || known.endedAt().isPresent())) {
      return Optional.empty();
    }
    Entry entry;
    if (known == null) {
      lastNumber++;
      numbers.put(new Key(realm, taskId), lastNumber);
      entry =
          new Entry(
              lastNumber,
              realm,
              taskId,
              ended ? Optional.empty() : Optional.of(now),
              ended ? Optional.of(now) : Optional.empty());
    } else {
      entry = known.ended(now);
    }
    entries.put(entry.number(), entry);
    if (entries.size() > kept) {
      Entry oldest = entries.pollFirstEntry().getValue();
      numbers.remove(new Key(oldest.realm(), oldest.taskId()));
    }
    return Optional.of(entry);
  }

  /**
   * Tasks with numbers below a bound, the latest first.
   *
   * @param realm only of this realm
   */
  synchronized List<Entry> before(long number, Optional<Bytes32> realm, int limit) {
    return entries.headMap(number, false).descendingMap().values().stream()
        .filter(entry -> realm.map(entry.realm()::equals).orElse(true))
        .limit(limit)
        .toList();
  }

  /** Tells a listener of each task that comes or ends; it must return at once. */
  TaskBoard.Watch listen(Consumer<Entry> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }
}
