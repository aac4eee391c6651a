package network.enigma.node.storage;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Log entries that were asked for lately, without their sealed bytes; never an outdated one. */
final class StepCache {
  private static final int MOST_ENTRIES = 256;

  // Guarded by this object.
  private final Map<ByteBuffer, LogEntry> entries =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, LogEntry> eldest) {
          return size() > MOST_ENTRIES;
        }
      };

  private long writes;

  /** The entry of a key, read from the database if it is not here. */
  Optional<LogEntry> get(byte[] key, Supplier<@Nullable LogEntry> read) {
    long before;
    synchronized (this) {
      LogEntry known = entries.get(ByteBuffer.wrap(key));
      if (known != null) {
        return Optional.of(known);
      }
      before = writes;
    }
    LogEntry found = read.get();
    if (found != null) {
      synchronized (this) {
        // What was read while something was written may be outdated already.
        if (before == writes) {
          entries.put(ByteBuffer.wrap(key), found);
        }
      }
    }
    return Optional.ofNullable(found);
  }

  /** Something was written. */
  synchronized void changed(Changes changes) {
    writes++;
    for (Changes.Change change : changes.list()) {
      if (change.table() == Table.LOG) {
        entries.remove(ByteBuffer.wrap(change.key()));
      }
    }
  }
}
