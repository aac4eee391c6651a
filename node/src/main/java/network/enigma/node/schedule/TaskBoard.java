package network.enigma.node.schedule;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import network.enigma.protocol.Bytes32;

/**
 * Who wants to know when something becomes of a task. Watchers are called on threads of their own.
 */
public final class TaskBoard {
  private final Map<Bytes32, Map<Bytes32, Set<Runnable>>> watchers = new ConcurrentHashMap<>();
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();

  /** Hears of every task; it is called on the thread that changed the task and returns at once. */
  @FunctionalInterface
  public interface Listener {
    /** A task was accepted, or ended. */
    void taskChanged(Bytes32 realm, Bytes32 taskId);
  }

  /** Ends a watch. */
  @FunctionalInterface
  public interface Watch extends AutoCloseable {
    @Override
    void close();
  }

  /** Tells a listener of every task from now on. */
  public void listen(Listener listener) {
    listeners.add(listener);
  }

  /** Calls a watcher after each change of a task. */
  public Watch watch(Bytes32 realm, Bytes32 taskId, Runnable watcher) {
    Set<Runnable> set =
        watchers
            .computeIfAbsent(realm, key -> new ConcurrentHashMap<>())
            .computeIfAbsent(taskId, key -> ConcurrentHashMap.newKeySet());
    set.add(watcher);
    return () -> {
      set.remove(watcher);
      Map<Bytes32, Set<Runnable>> tasks = watchers.get(realm);
      if (tasks != null) {
        tasks.computeIfPresent(taskId, (id, left) -> left.isEmpty() ? null : left);
      }
    };
  }

  /** Something became of a task. */
  void taskChanged(Bytes32 realm, Bytes32 taskId) {
    listeners.forEach(listener -> listener.taskChanged(realm, taskId));
    tell(watchers.getOrDefault(realm, Map.of()).get(taskId));
  }

  /** Something became of the tasks of a realm. */
  public void realmChanged(Bytes32 realm) {
    watchers.getOrDefault(realm, Map.of()).values().forEach(TaskBoard::tell);
  }

  /** Blocks became final, or void: all tasks may have moved. */
  public void allChanged() {
    watchers.keySet().forEach(this::realmChanged);
  }

  private static void tell(@org.jspecify.annotations.Nullable Set<Runnable> set) {
    if (set != null) {
      set.forEach(watcher -> Thread.ofVirtual().name("task-watcher").start(watcher));
    }
  }
}
