package network.enigma.client;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the chain said lately, by what it is about: believed for a while, and read anew by one
 * thread while the others wait for what it reads.
 */
final class Lately<K, V> {
  private static final int MOST_SLOTS = 10_000;

  private static final class Slot<V> {
    private @Nullable V value;
    private long readAt;
  }

  private final long fresh;
  private final Function<K, V> read;
  private final Map<K, Slot<V>> slots = new ConcurrentHashMap<>();

  /**
   * @param fresh how long an answer is believed
   * @param read asks the chain
   */
  Lately(Duration fresh, Function<K, V> read) {
    this.fresh = fresh.toNanos();
    this.read = read;
  }

  /** The value, at most so old. */
  V get(K key) {
    return get(key, value -> true);
  }

  /** The value: at most so old if it is good enough as it is, else just read. */
  V get(K key, Predicate<V> enough) {
    if (slots.size() > MOST_SLOTS) {
      slots.clear();
    }
    Slot<V> slot = slots.computeIfAbsent(key, unused -> new Slot<>());
    synchronized (slot) {
      V known = slot.value;
      if (known != null && System.nanoTime() - slot.readAt < fresh && enough.test(known)) {
        return known;
      }
      long now = System.nanoTime();
      V value = read.apply(key);
      slot.value = value;
      slot.readAt = now;
      return value;
    }
  }

  /** Makes the next question read the chain again. */
  void forget(K key) {
    slots.remove(key);
  }
}
