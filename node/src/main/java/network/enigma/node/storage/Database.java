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
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.ReentrantReadWriteLock;
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
 * RocksDB with two rules: {@link #append} returns when the change would survive a kill of the
 * process, and {@link #sync} tells when all that was appended would survive a power cut too. One
 * thread waits for the disk; whatever other threads append meanwhile shares the next sync, so that
 * a thousand tasks cost a few syncs.
 */
final class Database implements AutoCloseable {
  static {
    RocksDB.loadLibrary();
  }

  private final RocksDB rocks;
  private final DBOptions options;
  private final ColumnFamilyOptions tableOptions;
  private final WriteOptions unsynced;
  private final Map<Table, ColumnFamilyHandle> tables = new EnumMap<>(Table.class);
  private final ColumnFamilyHandle defaultTable;
  private final BlockingQueue<CompletableFuture<@Nullable Void>> queue =
      new LinkedBlockingQueue<>();
  private final Thread syncer;
  private final CompletableFuture<@Nullable Void> stop = new CompletableFuture<>();

  /** Held shared while it is used: native code that reads a closed database ends the process. */
  private final ReentrantReadWriteLock open = new ReentrantReadWriteLock();

  private boolean closed;

  private Database(
      RocksDB rocks,
      DBOptions options,
      ColumnFamilyOptions tableOptions,
      List<ColumnFamilyHandle> handles) {
    this.rocks = rocks;
    this.options = options;
    this.tableOptions = tableOptions;
    this.unsynced = new WriteOptions().setSync(false);
    this.defaultTable = handles.getFirst();
    for (Table table : Table.values()) {
      tables.put(table, handles.get(table.ordinal() + 1));
    }
    this.syncer = Thread.ofPlatform().name("storage").daemon().start(this::syncLoop);
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
    open.readLock().lock();
    try {
      requireOpen();
      return rocks.get(tables.get(table), key);
    } catch (RocksDBException e) {
      throw failed(e);
    } finally {
      open.readLock().unlock();
    }
  }

  /** What a scan does with an entry; false ends it. */
  interface Visitor {
    boolean visit(byte[] key, byte[] value);
  }

  /** Visits the entries whose keys start with a prefix, in order, from a key on. */
  void scan(Table table, byte[] prefix, byte[] from, Visitor visitor) {
    open.readLock().lock();
    try {
      requireOpen();
      visit(table, prefix, from, visitor);
    } finally {
      open.readLock().unlock();
    }
  }

  private void visit(Table table, byte[] prefix, byte[] from, Visitor visitor) {
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
    open.readLock().lock();
    try {
      requireOpen();
      return newest(table, prefix, atMost);
    } finally {
      open.readLock().unlock();
    }
  }

  private byte @Nullable [] newest(Table table, byte[] prefix, byte[] atMost) {
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
    append(changes);
    sync().await();
  }

  /**
   * Writes: all of it or, should the process die before this returns, perhaps nothing. Readers see
   * it when this returns.
   */
  void append(Changes changes) {
    open.readLock().lock();
    try {
      requireOpen();
      try (WriteBatch batch = new WriteBatch()) {
        append(batch, changes);
        rocks.write(unsynced, batch);
      }
    } catch (RocksDBException e) {
      throw failed(e);
    } finally {
      open.readLock().unlock();
    }
  }

  /** Begins to make durable what was appended so far. */
  Written sync() {
    CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    open.readLock().lock();
    try {
      requireOpen();
      queue.add(done);
    } finally {
      open.readLock().unlock();
    }
    return new Written(done);
  }

  private void requireOpen() {
    if (closed) {
      throw new EnigmaException(ErrorCode.STORAGE_FAILED, "the database is closed");
    }
  }

  private void syncLoop() {
    List<CompletableFuture<@Nullable Void>> group = new ArrayList<>();
    boolean running = true;
    while (running) {
      try {
        group.add(queue.take());
      } catch (InterruptedException e) {
        return;
      }
      queue.drainTo(group);
      running = !group.contains(stop);
      try {
        rocks.flushWal(true);
        group.forEach(done -> done.complete(null));
      } catch (RocksDBException e) {
        EnigmaException failure = failed(e);
        group.forEach(done -> done.completeExceptionally(failure));
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

  /** Writes a table anew without what was deleted. */
  void compact(Table table) {
    open.readLock().lock();
    try {
      requireOpen();
      rocks.compactRange(tables.get(table));
    } catch (RocksDBException e) {
      throw failed(e);
    } finally {
      open.readLock().unlock();
    }
  }

  @Override
  public void close() {
    open.writeLock().lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      queue.add(stop);
    } finally {
      open.writeLock().unlock();
    }
    try {
      syncer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    tables.values().forEach(ColumnFamilyHandle::close);
    defaultTable.close();
    unsynced.close();
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
