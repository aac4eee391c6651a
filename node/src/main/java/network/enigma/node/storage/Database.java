package network.enigma.node.storage;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * RocksDB with one rule: {@link #write} returns when the change would survive a power cut. One
 * thread writes; whatever other threads hand in while it waits for the disk shares the next sync,
 * so that a thousand tasks cost a few syncs.
 */
final class Database implements AutoCloseable {
  private static final int MOST_WRITES_PER_SYNC = 4_096;

  static {
    RocksDB.loadLibrary();
  }

  private record Pending(Changes changes, CompletableFuture<@Nullable Void> done) {}

  private final RocksDB rocks;
  private final DBOptions options;
  private final ColumnFamilyOptions tableOptions;
  private final WriteOptions synced;
  private final Map<Table, ColumnFamilyHandle> tables = new EnumMap<>(Table.class);
  private final ColumnFamilyHandle defaultTable;
  private final BlockingQueue<Pending> queue = new LinkedBlockingQueue<>();
  private final Thread writer;
  private final Pending stop = new Pending(new Changes(), new CompletableFuture<>());
  private boolean closed;

  private Database(
      RocksDB rocks,
      DBOptions options,
      ColumnFamilyOptions tableOptions,
      List<ColumnFamilyHandle> handles) {
    this.rocks = rocks;
    this.options = options;
    this.tableOptions = tableOptions;
    this.synced = new WriteOptions().setSync(true);
    this.defaultTable = handles.getFirst();
    for (Table table : Table.values()) {
      tables.put(table, handles.get(table.ordinal() + 1));
    }
    this.writer = Thread.ofPlatform().name("storage").daemon().start(this::writeLoop);
  }

  static Database open(Path directory) {
    DBOptions options =
        new DBOptions()
            .setCreateIfMissing(true)
            .setCreateMissingColumnFamilies(true)
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setKeepLogFileNum(2)
            .setMaxBackgroundJobs(2)
            .setWalRecoveryMode(WALRecoveryMode.PointInTimeRecovery);
    ColumnFamilyOptions tableOptions =
        new ColumnFamilyOptions()
            .setWriteBufferSize(8 << 20)
            // What is stored is sealed: it does not compress.
            .setCompressionType(CompressionType.NO_COMPRESSION);
    List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
    descriptors.add(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, tableOptions));
    for (Table table : Table.values()) {
      descriptors.add(
          new ColumnFamilyDescriptor(
              table.name().toLowerCase(java.util.Locale.ROOT).getBytes(StandardCharsets.US_ASCII),
              tableOptions));
    }
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try {
      RocksDB rocks = RocksDB.open(options, directory.toString(), descriptors, handles);
      return new Database(rocks, options, tableOptions, handles);
    } catch (RocksDBException e) {
      options.close();
      tableOptions.close();
      throw new EnigmaException(
          ErrorCode.STATE_DIRECTORY_UNUSABLE, "cannot open the database: " + e.getMessage());
    }
  }

  byte @Nullable [] get(Table table, byte[] key) {
    try {
      return rocks.get(tables.get(table), key);
    } catch (RocksDBException e) {
      throw failed(e);
    }
  }

  /** What a scan does with an entry; false ends it. */
  interface Visitor {
    boolean visit(byte[] key, byte[] value);
  }

  /** Visits the entries whose keys start with a prefix, in order, from a key on. */
  void scan(Table table, byte[] prefix, byte[] from, Visitor visitor) {
    try (RocksIterator iterator = rocks.newIterator(tables.get(table))) {
      for (iterator.seek(from); iterator.isValid(); iterator.next()) {
        byte[] key = iterator.key();
        if (!startsWith(key, prefix) || !visitor.visit(key, iterator.value())) {
          return;
        }
      }
      iterator.status();
    } catch (RocksDBException e) {
      throw failed(e);
    }
  }

  /** The last entry whose key starts with a prefix and is at most a key. */
  byte @Nullable [] last(Table table, byte[] prefix, byte[] atMost) {
    try (RocksIterator iterator = rocks.newIterator(tables.get(table))) {
      iterator.seekForPrev(atMost);
      if (iterator.isValid() && startsWith(iterator.key(), prefix)) {
        return iterator.value();
      }
      iterator.status();
      return null;
    } catch (RocksDBException e) {
      throw failed(e);
    }
  }

  /** Writes durably: all of it or, should the process die before this returns, perhaps nothing. */
  void write(Changes changes) {
    CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    synchronized (queue) {
      if (closed) {
        throw new EnigmaException(ErrorCode.STORAGE_FAILED, "the database is closed");
      }
      queue.add(new Pending(changes, done));
    }
    try {
      done.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EnigmaException(ErrorCode.STORAGE_FAILED, "interrupted while writing");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof EnigmaException enigma
          ? enigma
          : new EnigmaException(ErrorCode.STORAGE_FAILED, String.valueOf(e.getCause()));
    }
  }

  private void writeLoop() {
    List<Pending> group = new ArrayList<>();
    boolean running = true;
    while (running) {
      try {
        group.add(queue.take());
      } catch (InterruptedException e) {
        return;
      }
      queue.drainTo(group, MOST_WRITES_PER_SYNC);
      running = !group.contains(stop);
      try (WriteBatch batch = new WriteBatch()) {
        for (Pending pending : group) {
          append(batch, pending.changes);
        }
        rocks.write(synced, batch);
        group.forEach(pending -> pending.done.complete(null));
      } catch (RocksDBException e) {
        EnigmaException failure = failed(e);
        group.forEach(pending -> pending.done.completeExceptionally(failure));
      }
      group.clear();
    }
  }

  private void append(WriteBatch batch, Changes changes) throws RocksDBException {
    for (Changes.Change change : changes.list()) {
      byte[] value = change.value();
      if (value == null) {
        batch.delete(tables.get(change.table()), change.key());
      } else {
        batch.put(tables.get(change.table()), change.key(), value);
      }
    }
  }

  @Override
  public void close() {
    synchronized (queue) {
      if (closed) {
        return;
      }
      closed = true;
      queue.add(stop);
    }
    stop.done.join();
    try {
      writer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    tables.values().forEach(ColumnFamilyHandle::close);
    defaultTable.close();
    synced.close();
    rocks.close();
    tableOptions.close();
    options.close();
  }

  private static boolean startsWith(byte[] key, byte[] prefix) {
    return key.length >= prefix.length
        && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
  }

  private static EnigmaException failed(RocksDBException e) {
    return new EnigmaException(ErrorCode.STORAGE_FAILED, String.valueOf(e.getMessage()));
  }
}
