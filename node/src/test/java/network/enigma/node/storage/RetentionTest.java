package network.enigma.node.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import network.enigma.protocol.Address;
import network.enigma.protocol.Batch;
import network.enigma.protocol.BatchKind;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.NetworkConfig;
import network.enigma.protocol.Outcome;
import network.enigma.protocol.Receipt;
import network.enigma.protocol.channel.TaskResult;
import network.enigma.protocol.crypto.Signature;
import network.enigma.protocol.crypto.SigningKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RetentionTest {
  private static final NetworkConfig NETWORK =
      new NetworkConfig(
          NetworkConfig.Mode.SIMULATION,
          NetworkConfig.HeaderSource.NODE,
          NetworkConfig.FinalityRule.LATEST_K,
          0,
          31_337,
          Bytes32.zero(),
          Bytes32.zero(),
          Address.zero(),
          Bytes32.zero(),
          NetworkConfig.Parameters.testnet(3));
  private static final Bytes32 REALM = Keccak.hash(new byte[] {1});
  private static final Signature SIGNATURE = SigningKey.generate().sign(REALM);
  private static final int DEEP = 100;
  private static final int KEPT = 1_000;

  @TempDir Path directory;

  /** A step of one sequence number, committed in the block of ten times its number. */
  private static LogEntry entry(long sequence, boolean snapshot) {
    Batch batch =
        new Batch(
            REALM,
            snapshot ? BatchKind.SNAPSHOT : BatchKind.TASKS,
            1,
            1,
            sequence,
            1,
            10 * sequence - 1,
            Bytes32.zero(),
            Bytes32.zero(),
            Bytes32.zero(),
            List.of(),
            List.of(),
            List.of(),
            Address.zero());
    return new LogEntry(
        REALM,
        sequence,
        snapshot,
        1,
        Address.zero(),
        Bytes32.ofUnsigned(sequence),
        Bytes.of(new byte[] {7}),
        SIGNATURE,
        Optional.of(batch),
        Optional.of(new LogEntry.Place(Bytes32.zero(), 10 * sequence, Bytes32.zero())));
  }

  private static StoredResult result(long sequence) {
    Bytes32 taskId = Bytes32.ofUnsigned(1_000 + sequence);
    Receipt receipt =
        new Receipt(taskId, sequence, Outcome.EXECUTED, 1, Bytes32.zero(), Bytes32.zero());
    return new StoredResult(
        taskId,
        Optional.of(
            new TaskResult(Address.zero(), receipt, Optional.empty(), Bytes.of(new byte[] {1}))),
        sequence,
        0,
        1,
        List.of(),
        Bytes32.zero(),
        Optional.empty());
  }

  private static void fill(NodeStore store) {
    Changes changes = new Changes();
    for (long sequence = 1; sequence <= 6; sequence++) {
      NodeStore.putEntry(changes, entry(sequence, sequence == 4));
      NodeStore.putResult(changes, REALM, result(sequence));
    }
    store.write(changes);
  }

  private static List<Long> sequences(NodeStore store) {
    return store.log(REALM, 0).stream().map(LogEntry::endSequence).toList();
  }

  private static List<Long> sealedSequences(NodeStore store) {
    return store.log(REALM, 0).stream()
        .filter(entry -> !entry.sealed().isEmpty())
        .map(LogEntry::endSequence)
        .toList();
  }

  private static boolean hasResult(NodeStore store, long sequence) {
    return store.result(REALM, result(sequence).taskId()).isPresent();
  }

  @Test
  void whenTheDiskIsNearlyFullOldResultsGoEarlyAndWhatIsNeededStays() {
    try (NodeStore store = NodeStore.open(directory, NETWORK, "worker", 1)) {
      fill(store);

      new Retention(store, DEEP, KEPT).prune(40 + DEEP);

      assertThat(sequences(store)).containsExactly(3L, 4L, 5L, 6L);
      assertThat(sealedSequences(store)).containsExactly(4L, 5L, 6L);
      assertThat(hasResult(store, 2)).isFalse();
      assertThat(hasResult(store, 3)).isTrue();
      assertThat(hasResult(store, 6)).isTrue();
    }
  }

  @Test
  void nothingIsDroppedWhileAReorganisationMayTakeTheSnapshotBack() {
    try (NodeStore store = NodeStore.open(directory, NETWORK, "worker")) {
      fill(store);

      new Retention(store, DEEP, KEPT).prune(40 + DEEP - 1);

      assertThat(sealedSequences(store)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    }
  }

  @Test
  void deltasFromBeforeASettledSnapshotLoseTheirSealedBytesAndKeepTheirReceipts() {
    try (NodeStore store = NodeStore.open(directory, NETWORK, "worker")) {
      fill(store);

      new Retention(store, DEEP, KEPT).prune(40 + DEEP);

      assertThat(sealedSequences(store)).containsExactly(4L, 5L, 6L);
      assertThat(sequences(store)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
      assertThat(hasResult(store, 1)).isTrue();
    }
  }

  @Test
  void oldStepsGoWithTheirResultsButForTheOneBeforeTheSnapshot() {
    try (NodeStore store = NodeStore.open(directory, NETWORK, "worker")) {
      fill(store);

      new Retention(store, DEEP, KEPT).prune(30 + KEPT);

      assertThat(sequences(store)).containsExactly(3L, 4L, 5L, 6L);
      assertThat(hasResult(store, 2)).isFalse();
      assertThat(hasResult(store, 3)).isTrue();
      assertThat(hasResult(store, 6)).isTrue();
    }
  }

  @Test
  void theNoteOfATaskThatNeverRanGoesAfterAsLong() {
    Bytes32 realmWithoutSteps = Keccak.hash(new byte[] {2});
    StoredResult old = StoredResult.expired(Bytes32.ofUnsigned(1), 9, "too late");
    StoredResult recent = StoredResult.expired(Bytes32.ofUnsigned(2), 10, "too late");
    try (NodeStore store = NodeStore.open(directory, NETWORK, "worker")) {
      fill(store);
      Changes changes = new Changes();
      NodeStore.putResult(changes, realmWithoutSteps, old);
      NodeStore.putResult(changes, realmWithoutSteps, recent);
      store.write(changes);

      new Retention(store, DEEP, KEPT).prune(10 + KEPT);

      assertThat(store.result(realmWithoutSteps, old.taskId())).isEmpty();
      assertThat(store.result(realmWithoutSteps, recent.taskId())).contains(recent);
      assertThat(hasResult(store, 6)).isTrue();
    }
  }
}
