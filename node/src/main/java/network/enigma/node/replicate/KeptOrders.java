package network.enigma.node.replicate;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import network.enigma.node.storage.Changes;
import network.enigma.node.storage.NodeStore;
import network.enigma.node.storage.StoredOrder;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.NetworkConfig;
import network.enigma.protocol.channel.TaskInput;

/**
 * Orders that another worker accepted and is to run, on this machine's disk until they are settled
 * or expired, so that they outlive that worker (Rule S5).
 */
public final class KeptOrders {
  /** Most orders kept of one realm. */
  private static final int MOST_OF_A_REALM = 200_000;

  /** Most bytes of orders that one worker may entrust, and of all orders: orders end in an hour. */
  private static final long MOST_OF_A_WORKER = 1L << 30;

  private static final long MOST_OF_ALL = 4L << 30;

  /**
   * What is in memory of a kept order.
   *
   * @param from the worker for which it came
   * @param holder the worker that was last asked about it
   */
  private record Kept(
      Bytes32 taskId, long expiry, long seenAt, long from, int bytes, long holder, long askedAt) {}

  private final NodeStore store;
  private final NetworkConfig network;
  private final long mostOfAWorker;
  private final long mostOfAll;
  private final Map<Bytes32, Map<Bytes32, Kept>> kept = new ConcurrentHashMap<>();

  /** Bytes of the orders of each worker, and of all under 0. */
  private final Map<Long, Long> bytes = new ConcurrentHashMap<>();

  /** Takes up what an earlier life kept. */
  public KeptOrders(NodeStore store, NetworkConfig network) {
    this(store, network, MOST_OF_A_WORKER, MOST_OF_ALL);
  }

  /**
   * @param mostOfAWorker bytes that one worker may entrust
   * @param mostOfAll bytes of all workers
   */
  KeptOrders(NodeStore store, NetworkConfig network, long mostOfAWorker, long mostOfAll) {
    this.store = store;
    this.network = network;
    this.mostOfAWorker = mostOfAWorker;
    this.mostOfAll = mostOfAll;
    store.kept(order -> index(order, 0));
  }

  private void count(Kept order, int sign) {
    bytes.merge(0L, (long) sign * order.bytes, Long::sum);
    if (order.from != 0) {
      bytes.merge(order.from, (long) sign * order.bytes, Long::sum);
    }
  }

  private static int sizeOf(StoredOrder order) {
    return order.encode().length;
  }

  private void index(StoredOrder order, long holder) {
    Kept fresh =
        new Kept(
            order.taskId(),
            order.task().order().expiry(),
            order.seenAt(),
            holder,
            sizeOf(order),
            holder,
            order.seenAt());
    Kept old =
        kept.computeIfAbsent(order.task().order().realm(), realm -> new ConcurrentHashMap<>())
            .put(order.taskId(), fresh);
    count(fresh, 1);
    if (old != null) {
      count(old, -1);
    }
  }

  /**
   * Keeps orders; returns when they are on disk.
   *
   * @param holder the worker that is to run them
   * @throws EnigmaException {@code INPUT_HASH_MISMATCH}, {@code TOO_MANY_REQUESTS}, {@code
   *     STORAGE_FULL}
   */
  public void keep(List<StoredOrder> orders, long holder) {
    store.room().requireForWork();
    requireShare(orders.stream().mapToLong(KeptOrders::sizeOf).sum(), holder);
    Changes changes = new Changes();
    List<StoredOrder> fresh = new ArrayList<>();
    for (StoredOrder order : orders) {
      Bytes32 realm = order.task().order().realm();
      Map<Bytes32, Kept> known = kept.getOrDefault(realm, Map.of());
      if (known.containsKey(order.taskId())) {
        continue;
      }
      if (known.size() >= MOST_OF_A_REALM) {
        throw new EnigmaException(
            ErrorCode.TOO_MANY_REQUESTS, known.size() + " orders of the realm are kept already");
      }
      requireWhole(order);
      NodeStore.putKept(changes, realm, order);
      fresh.add(order);
    }
    store.write(changes);
    fresh.forEach(order -> index(order, holder));
  }

  private void requireShare(long more, long holder) {
    if (bytes.getOrDefault(holder, 0L) + more > mostOfAWorker
        || bytes.getOrDefault(0L, 0L) + more > mostOfAll) {
      throw new EnigmaException(
          ErrorCode.TOO_MANY_REQUESTS,
          "orders of worker " + holder + " with " + bytes.get(holder) + " bytes are kept already");
    }
  }

  private void requireWhole(StoredOrder order) {
    TaskInput task = order.task();
    if (!task.order().taskId(network.domain()).equals(order.taskId())
        || task.envelope().length() > TaskInput.MAXIMUM_ENVELOPE
        || !Keccak.hash(task.envelope()).equals(task.order().inputHash())) {
      throw new EnigmaException(
          ErrorCode.INPUT_HASH_MISMATCH, "the envelope is not the one the order names");
    }
  }

  /** Orders that need not be kept any longer. */
  public void forget(Bytes32 realm, Collection<Bytes32> taskIds) {
    Map<Bytes32, Kept> known = kept.getOrDefault(realm, Map.of());
    Changes changes = new Changes();
    for (Bytes32 taskId : taskIds) {
      Kept gone = known.remove(taskId);
      if (gone != null) {
        count(gone, -1);
        NodeStore.removeKept(changes, realm, taskId);
      }
    }
    store.write(changes);
  }

  /** Realms of which orders are kept. */
  public Set<Bytes32> realms() {
    kept.values().removeIf(Map::isEmpty);
    return Set.copyOf(kept.keySet());
  }

  /** Whether orders of a realm are kept. */
  public boolean some(Bytes32 realm) {
    return !kept.getOrDefault(realm, Map.of()).isEmpty();
  }

  public Optional<StoredOrder> order(Bytes32 realm, Bytes32 taskId) {
    return kept.getOrDefault(realm, Map.of()).containsKey(taskId)
        ? store.kept(realm, taskId)
        : Optional.empty();
  }

  /** Drops the orders of a realm that no batch can hold any more. */
  public void forgetExpired(Bytes32 realm, long tip) {
    forget(realm, idsOf(realm, each -> Long.compareUnsigned(each.expiry, tip) < 0));
  }

  /** Drops orders at the word of the worker that was to run them. */
  public void settled(Bytes32 realm, Collection<Bytes32> taskIds, long holder) {
    Set<Bytes32> named = Set.copyOf(taskIds);
    forget(realm, idsOf(realm, each -> each.holder == holder && named.contains(each.taskId)));
  }

  private List<Bytes32> idsOf(Bytes32 realm, Predicate<Kept> wanted) {
    return kept.getOrDefault(realm, Map.of()).values().stream()
        .filter(wanted)
        .map(Kept::taskId)
        .toList();
  }

  /** All kept orders of a realm, the oldest first. */
  public List<Bytes32> all(Bytes32 realm) {
    return oldestFirst(kept.getOrDefault(realm, Map.of()).values().stream().toList());
  }

  /**
   * Orders whose holder is to be asked: those kept for another one, and those kept for long.
   *
   * @param holder of the realm now
   * @param patience in blocks, also between two questions
   */
  public List<Bytes32> toAsk(Bytes32 realm, long holder, long tip, long patience, int most) {
    List<Kept> due =
        kept.getOrDefault(realm, Map.of()).values().stream()
            .filter(each -> each.holder != holder || each.askedAt + patience <= tip)
            .toList();
    return oldestFirst(due).stream().limit(most).toList();
  }

  /** The holder was asked about orders and knows them now. */
  public void asked(Bytes32 realm, Collection<Bytes32> taskIds, long holder, long tip) {
    Map<Bytes32, Kept> known = kept.getOrDefault(realm, Map.of());
    taskIds.forEach(taskId ->
        known.computeIfPresent(
            taskId,
            (id, each) ->
                new Kept(id, each.expiry, each.seenAt, each.from, each.bytes, holder, tip)));
  }

  private static List<Bytes32> oldestFirst(List<Kept> some) {
    return some.stream().sorted(Comparator.comparingLong(Kept::seenAt)).map(Kept::taskId).toList();
  }
}
