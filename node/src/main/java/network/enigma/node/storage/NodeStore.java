package network.enigma.node.storage;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import network.enigma.attestation.EnclaveEvidence;
import network.enigma.node.enclave.WorkerEnclave;
import network.enigma.node.register.RegistrationEvidence;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.NetworkConfig;

/**
 * All that a host keeps, by what it is. What {@link #write} was given survives a power cut at any
 * moment after it returned.
 */
public final class NodeStore
    implements AutoCloseable, WorkerEnclave.SealedStateStore, RegistrationEvidence {
  private static final byte[] SEALED_STATE = "sealed-state".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] EVIDENCE = "evidence".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] OTHER_EVIDENCE = "other-evidence".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] RESULTS_UP_TO = "results-up-to".getBytes(StandardCharsets.US_ASCII);

  private final StateDirectory directory;
  private final Database database;
  private final DiskRoom room;
  private final StepCache steps = new StepCache();
  private final ReentrantLock logChanges = new ReentrantLock();

  private NodeStore(StateDirectory directory, Database database, DiskRoom room) {
    this.directory = directory;
    this.database = database;
    this.room = room;
  }

  /**
   * Opens the store of a host.
   *
   * @param role of the host, so that a worker does not start with a key manager's data
   */
  public static NodeStore open(Path path, NetworkConfig network, String role) {
    return open(path, network, role, 0);
  }

  /**
   * Opens the store of a host that may use so much of the disk.
   *
   * @param most in bytes; as many as the disk has for 0
   */
  public static NodeStore open(Path path, NetworkConfig network, String role, long most) {
    StateDirectory directory =
        StateDirectory.open(
            path,
            role
                + " chain "
                + network.chainId()
                + " contract "
                + network.enigma()
                + " network "
                + network.hash());
    try {
      Path files = path.resolve("database");
      return new NodeStore(directory, Database.open(files), new DiskRoom(files, most));
    } catch (RuntimeException e) {
      directory.close();
      throw e;
    }
  }

  /** How much room there is for what it keeps. */
  public DiskRoom room() {
    return room;
  }

  /** Gives back the room of what was dropped; takes a while. */
  void compact() {
    database.compact(Table.LOG);
    database.compact(Table.RESULTS);
  }

  /** Writes durably. */
  public void write(Changes changes) {
    if (!changes.isEmpty()) {
      append(changes);
      sync().await();
    }
  }

  /** Writes so that it survives a kill of the process; a power cut only after the next sync. */
  public void append(Changes changes) {
    if (!changes.isEmpty()) {
      database.append(changes);
      steps.changed(changes);
    }
  }

  /** Begins to make durable all that was written so far. */
  public Written sync() {
    return database.sync();
  }

  @Override
  public Bytes load() {
    byte[] found = database.get(Table.FACTS, SEALED_STATE);
    return found == null ? Bytes.empty() : Bytes.of(found);
  }

  @Override
  public void save(Bytes sealedState) {
    write(new Changes().put(Table.FACTS, SEALED_STATE, sealedState.toByteArray()));
  }

  @Override
  public void offered(EnclaveEvidence evidence) {
    write(new Changes().put(Table.FACTS, OTHER_EVIDENCE, evidence.encode().toByteArray()));
  }

  @Override
  public void registered(EnclaveEvidence evidence) {
    Changes changes = new Changes();
    byte[] former = database.get(Table.FACTS, EVIDENCE);
    if (former == null) {
      changes.delete(Table.FACTS, OTHER_EVIDENCE);
    } else {
      changes.put(Table.FACTS, OTHER_EVIDENCE, former);
    }
    write(changes.put(Table.FACTS, EVIDENCE, evidence.encode().toByteArray()));
  }

  /**
   * What the host's enclave is registered with: the last one the host knows of, and what is on its
   * way to the chain or was replaced by it. Which of them the chain names now, the chain says.
   */
  public List<EnclaveEvidence> evidence() {
    return Stream.of(EVIDENCE, OTHER_EVIDENCE)
        .map(key -> database.get(Table.FACTS, key))
        .filter(Objects::nonNull)
        .map(bytes -> EnclaveEvidence.decode(Bytes.of(bytes)))
        .toList();
  }

  // ---------------------------------------------------------------------------------------- orders

  public static Changes putOrder(Changes changes, Bytes32 realm, StoredOrder order) {
    return changes.put(Table.ORDERS, key(realm, order.taskId()), order.encode());
  }

  public static Changes removeOrder(Changes changes, Bytes32 realm, Bytes32 taskId) {
    return changes.delete(Table.ORDERS, key(realm, taskId));
  }

  public Optional<StoredOrder> order(Bytes32 realm, Bytes32 taskId) {
    return Optional.ofNullable(database.get(Table.ORDERS, key(realm, taskId)))
        .map(StoredOrder::decode);
  }

  /** All orders that wait, of all realms. */
  public List<StoredOrder> orders() {
    List<StoredOrder> orders = new ArrayList<>();
    database.scan(
        Table.ORDERS,
        new byte[0],
        new byte[0],
        (key, value) -> orders.add(StoredOrder.decode(value)));
    return orders;
  }

  // ----------------------------------------------------------------------------------------- kept

  public static Changes putKept(Changes changes, Bytes32 realm, StoredOrder order) {
    return changes.put(Table.KEPT, key(realm, order.taskId()), order.encode());
  }

  public static Changes removeKept(Changes changes, Bytes32 realm, Bytes32 taskId) {
    return changes.delete(Table.KEPT, key(realm, taskId));
  }

  /** An order that is another worker's to run. */
  public Optional<StoredOrder> kept(Bytes32 realm, Bytes32 taskId) {
    return Optional.ofNullable(database.get(Table.KEPT, key(realm, taskId)))
        .map(StoredOrder::decode);
  }

  /** Visits the orders that are other workers' to run, of all realms. */
  public void kept(Consumer<StoredOrder> visitor) {
    database.scan(
        Table.KEPT,
        new byte[0],
        new byte[0],
        (key, value) -> {
          visitor.accept(StoredOrder.decode(value));
          return true;
        });
  }

  // --------------------------------------------------------------------------------------- results

  public static Changes putResult(Changes changes, Bytes32 realm, StoredResult result) {
    return changes.put(Table.RESULTS, key(realm, result.taskId()), result.encode());
  }

  public static Changes removeResult(Changes changes, Bytes32 realm, Bytes32 taskId) {
    return changes.delete(Table.RESULTS, key(realm, taskId));
  }

  public Optional<StoredResult> result(Bytes32 realm, Bytes32 taskId) {
    return Optional.ofNullable(database.get(Table.RESULTS, key(realm, taskId)))
        .map(StoredResult::decode);
  }

  /** Visits the results of a realm; false ends it. */
  public void results(Bytes32 realm, Predicate<StoredResult> visitor) {
    database.scan(
        Table.RESULTS,
        realm.toByteArray(),
        realm.toByteArray(),
        (key, value) -> visitor.test(StoredResult.decode(value)));
  }

  /**
   * Forgets tasks that ended without a batch before a block.
   *
   * @return how many
   */
  public long forgetUnrun(long beforeBlock) {
    Changes changes = new Changes();
    database.scan(
        Table.RESULTS,
        new byte[0],
        new byte[0],
        (key, value) -> {
          StoredResult result = StoredResult.decode(value);
          if (result.result().isEmpty() && result.endSequence() < beforeBlock) {
            changes.delete(Table.RESULTS, key);
          }
          return true;
        });
    write(changes);
    return changes.list().size();
  }

  /** Notes that the results of a realm's committed batches are here, up to a sequence. */
  public static Changes putResultsUpTo(Changes changes, Bytes32 realm, long endSequence) {
    return changes.put(
        Table.FACTS,
        resultsUpToKey(realm),
        ByteBuffer.allocate(Long.BYTES).putLong(endSequence).array());
  }

  /** Up to which sequence the results of a realm's committed batches are here; 0 for none. */
  public long resultsUpTo(Bytes32 realm) {
    byte[] found = database.get(Table.FACTS, resultsUpToKey(realm));
    return found == null ? 0 : ByteBuffer.wrap(found).getLong();
  }

  private static byte[] resultsUpToKey(Bytes32 realm) {
    return ByteBuffer.allocate(RESULTS_UP_TO.length + Bytes32.LENGTH)
        .put(RESULTS_UP_TO)
        .put(realm.toByteArray())
        .array();
  }

  // ------------------------------------------------------------------------------------------- log

  public static Changes putEntry(Changes changes, LogEntry entry) {
    return changes.put(Table.LOG, key(entry.realm(), entry.endSequence()), entry.encode());
  }

  /**
   * Changes steps by what is kept of them, one change after the other: who notes where a step was
   * committed and who brings its batch at that moment would each undo what the other wrote. Like
   * {@link #append}, it survives a power cut only after the next sync.
   *
   * @param change reads what is there and says what takes its place
   */
  public void changeEntries(Supplier<Changes> change) {
    logChanges.lock();
    try {
      append(change.get());
    } finally {
      logChanges.unlock();
    }
  }

  /**
   * Changes one step, as {@link #changeEntries}.
   *
   * @return the step as it was; empty if it is not here
   */
  public Optional<LogEntry> changeEntry(
      Bytes32 realm, long endSequence, UnaryOperator<LogEntry> change) {
    logChanges.lock();
    try {
      Optional<LogEntry> before = entry(realm, endSequence);
      before
          .map(change)
          .filter(after -> !before.equals(Optional.of(after)))
          .ifPresent(after -> append(putEntry(new Changes(), after)));
      return before;
    } finally {
      logChanges.unlock();
    }
  }

  public static Changes removeEntry(Changes changes, Bytes32 realm, long endSequence) {
    return changes.delete(Table.LOG, key(realm, endSequence));
  }

  public Optional<LogEntry> entry(Bytes32 realm, long endSequence) {
    return Optional.ofNullable(database.get(Table.LOG, key(realm, endSequence)))
        .map(LogEntry::decode);
  }

  /**
   * An entry without its sealed bytes, as the reports of all tasks of a batch need it one after the
   * other.
   */
  public Optional<LogEntry> step(Bytes32 realm, long endSequence) {
    return steps.get(
        key(realm, endSequence),
        () -> entry(realm, endSequence).map(LogEntry::withoutSealed).orElse(null));
  }

  /** The log of a realm from a sequence on. */
  public List<LogEntry> log(Bytes32 realm, long fromSequence) {
    List<LogEntry> entries = new ArrayList<>();
    database.scan(
        Table.LOG,
        realm.toByteArray(),
        key(realm, fromSequence),
        (key, value) -> entries.add(LogEntry.decode(value)));
    return entries;
  }

  /** How many bytes the log of a realm takes. */
  public long logBytes(Bytes32 realm) {
    long[] bytes = new long[1];
    database.scan(
        Table.LOG,
        realm.toByteArray(),
        realm.toByteArray(),
        (key, value) -> {
          bytes[0] += value.length;
          return true;
        });
    return bytes[0];
  }

  /** Visits the log of a realm from a sequence on, in order; false ends it. */
  public void visitLog(Bytes32 realm, long fromSequence, Predicate<LogEntry> visitor) {
    database.scan(
        Table.LOG,
        realm.toByteArray(),
        key(realm, fromSequence),
        (key, value) -> visitor.test(LogEntry.decode(value)));
  }

  /** The last entry of a realm's log. */
  public Optional<LogEntry> lastEntry(Bytes32 realm) {
    return Optional.ofNullable(
            database.last(Table.LOG, realm.toByteArray(), key(realm, Long.MAX_VALUE)))
        .map(LogEntry::decode);
  }

  /** Realms that have a log here. */
  public Set<Bytes32> realms() {
    Set<Bytes32> realms = new LinkedHashSet<>();
    byte[] from = new byte[0];
    while (true) {
      int before = realms.size();
      database.scan(
          Table.LOG,
          new byte[0],
          from,
          (key, value) -> {
            realms.add(Bytes32.of(java.util.Arrays.copyOf(key, Bytes32.LENGTH)));
            return false;
          });
      if (realms.size() == before) {
        return realms;
      }
      from = key(new ArrayList<>(realms).getLast(), -1L);
    }
  }

  private static byte[] key(Bytes32 realm, Bytes32 id) {
    return ByteBuffer.allocate(2 * Bytes32.LENGTH)
        .put(realm.toByteArray())
        .put(id.toByteArray())
        .array();
  }

  /** Sequences are below 2⁶³; −1 sorts after all of them. */
  private static byte[] key(Bytes32 realm, long sequence) {
    return ByteBuffer.allocate(Bytes32.LENGTH + Long.BYTES)
        .put(realm.toByteArray())
        .putLong(sequence)
        .array();
  }

  @Override
  public void close() {
    database.close();
    directory.close();
  }

  /** The directory's path. */
  public Path path() {
    return directory.path();
  }
}
