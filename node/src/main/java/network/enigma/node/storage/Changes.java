package network.enigma.node.storage;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes that become durable together or not at all. */
public final class Changes {
  /** One write; a missing value deletes. */
  record Change(Table table, byte[] key, byte @Nullable [] value) {}

  private final List<Change> list = new ArrayList<>();

  Changes put(Table table, byte[] key, byte[] value) {
    list.add(new Change(table, key, value));
    return this;
  }

  Changes delete(Table table, byte[] key) {
    list.add(new Change(table, key, null));
    return this;
  }

  List<Change> list() {
    return list;
  }

  /** Whether there is nothing to write. */
  public boolean isEmpty() {
    return list.isEmpty();
  }
}
