package network.enigma.node.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import network.enigma.attestation.Collateral;
import network.enigma.attestation.EnclaveEvidence;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.NetworkConfig;
import network.enigma.protocol.Role;
import network.enigma.protocol.crypto.Signature;
import network.enigma.protocol.crypto.SigningKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NodeStoreTest {
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
  private static final Bytes32 FIRST = Keccak.hash(new byte[] {1});
  private static final Bytes32 SECOND = Keccak.hash(new byte[] {2});
  private static final Signature SIGNATURE = SigningKey.generate().sign(FIRST);

  @TempDir Path directory;

  private static LogEntry entry(Bytes32 realm, long sequence) {
    return new LogEntry(
        realm,
        sequence,
        false,
        7,
        Address.zero(),
        Keccak.hash(realm.toByteArray(), new byte[] {(byte) sequence}),
        Bytes.of(new byte[5_000]),
        SIGNATURE,
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void theLogOfEachRealmComesBackInOrderAfterAReopening() {
    try (NodeStore store = NodeStore.open(directory, NETWORK, "worker")) {
      Changes changes = new Changes();
      for (long sequence : new long[] {300, 2, 1}) {
        NodeStore.putEntry(changes, entry(FIRST, sequence));
        NodeStore.putEntry(changes, entry(SECOND, sequence + 1));
      }
      store.write(changes);
    }
    try (NodeStore store = NodeStore.open(directory, NETWORK, "worker")) {
      assertThat(store.realms()).containsExactlyInAnyOrder(FIRST, SECOND);
      assertThat(store.log(FIRST, 0))
          .containsExactly(entry(FIRST, 1), entry(FIRST, 2), entry(FIRST, 300));
      assertThat(store.log(SECOND, 3)).containsExactly(entry(SECOND, 3), entry(SECOND, 301));
      assertThat(store.lastEntry(FIRST)).contains(entry(FIRST, 300));
      assertThat(store.lastEntry(Bytes32.zero())).isEmpty();
    }
  }

  @Test
  void aStepIsReadWithoutItsSealedBytesAndNeverOutdated() {
    LogEntry.Place place = new LogEntry.Place(FIRST, 12, SECOND);
    LogEntry plain = entry(FIRST, 1);
    try (NodeStore store = NodeStore.open(directory, NETWORK, "worker")) {
      assertThat(store.step(FIRST, 1)).isEmpty();
      store.write(NodeStore.putEntry(new Changes(), plain));
      assertThat(store.step(FIRST, 1)).contains(plain.withoutSealed());
      store.write(NodeStore.putEntry(new Changes(), plain.committedAt(Optional.of(place))));
      assertThat(store.step(FIRST, 1).flatMap(LogEntry::committed)).contains(place);
      assertThat(store.step(SECOND, 1)).isEmpty();
      store.write(NodeStore.removeEntry(new Changes(), FIRST, 1));
      assertThat(store.step(FIRST, 1)).isEmpty();
    }
  }

  @Test
  void whereAStepWasCommittedIsKeptAndTakenBack() {
    LogEntry.Place place = new LogEntry.Place(FIRST, 12, SECOND);
    try (NodeStore store = NodeStore.open(directory, NETWORK, "worker")) {
      store.write(
          NodeStore.putEntry(new Changes(), entry(FIRST, 1).committedAt(Optional.of(place))));
      assertThat(store.entry(FIRST, 1).flatMap(LogEntry::committed)).contains(place);
      store.write(NodeStore.putEntry(new Changes(), entry(FIRST, 1).committedAt(Optional.empty())));
      assertThat(store.entry(FIRST, 1)).contains(entry(FIRST, 1));
    }
  }

  @Test
  void twoWhoChangeTheSameStepDoNotUndoEachOther() throws InterruptedException {
    Bytes32 stateHash = Keccak.hash(new byte[] {3});
    LogEntry.Place place = new LogEntry.Place(FIRST, 12, SECOND);
    try (NodeStore store = NodeStore.open(directory, NETWORK, "worker")) {
      store.write(NodeStore.putEntry(new Changes(), entry(FIRST, 1)));
      Thread second =
          new Thread(
              () -> store.changeEntry(FIRST, 1, found -> found.committedAt(Optional.of(place))));
      store.changeEntries(() -> {
        LogEntry found = store.entry(FIRST, 1).orElseThrow();
        second.start();
        while (second.getState() != Thread.State.WAITING && second.isAlive()) {
          Thread.onSpinWait();
        }
        return NodeStore.putEntry(new Changes(), withStateHash(found, stateHash));
      });
      second.join();

      assertThat(store.entry(FIRST, 1))
          .contains(withStateHash(entry(FIRST, 1), stateHash).committedAt(Optional.of(place)));
      assertThat(store.changeEntry(FIRST, 2, found -> found)).isEmpty();
    }
  }

  private static LogEntry withStateHash(LogEntry entry, Bytes32 stateHash) {
    return new LogEntry(
        entry.realm(),
        entry.endSequence(),
        entry.snapshot(),
        entry.lease(),
        entry.enclave(),
        stateHash,
        entry.sealed(),
        entry.headSignature(),
        entry.batch(),
        entry.committed());
  }

  @Test
  void theEnclavesSealedStateIsKept() {
    try (NodeStore store = NodeStore.open(directory, NETWORK, "worker")) {
      assertThat(store.load()).isEqualTo(Bytes.empty());
      store.save(Bytes.of(new byte[] {1, 2}));
    }
    try (NodeStore store = NodeStore.open(directory, NETWORK, "worker")) {
      assertThat(store.load()).isEqualTo(Bytes.of(new byte[] {1, 2}));
    }
  }

  @Test
  void evidenceOnItsWayToTheChainIsKeptBesideTheFormer() {
    try (NodeStore store = NodeStore.open(directory, NETWORK, "worker")) {
      assertThat(store.evidence()).isEmpty();
      // A host that ends before it has its first receipt finds the evidence again.
      store.offered(evidence(1));
      assertThat(store.evidence()).containsExactly(evidence(1));
      store.registered(evidence(1));
      assertThat(store.evidence()).containsExactly(evidence(1));
      store.offered(evidence(2));
      assertThat(store.evidence()).containsExactly(evidence(1), evidence(2));
    }
    try (NodeStore store = NodeStore.open(directory, NETWORK, "worker")) {
      assertThat(store.evidence()).containsExactly(evidence(1), evidence(2));
      store.registered(evidence(2));
      assertThat(store.evidence()).containsExactly(evidence(2), evidence(1));
      store.offered(evidence(3));
      assertThat(store.evidence()).containsExactly(evidence(2), evidence(3));
    }
  }

  private static EnclaveEvidence evidence(int each) {
    return new EnclaveEvidence(
        NETWORK.hash(),
        NETWORK.mode(),
        Role.WORKER,
        Address.zero(),
        Address.zero(),
        Bytes32.ofUnsigned(each),
        new EvidenceBundle(Bytes.of(new byte[] {(byte) each}), new Collateral.None()));
  }

  @Test
  void upToWhereResultsAreHereIsKeptForEachRealm() {
    try (NodeStore store = NodeStore.open(directory, NETWORK, "worker")) {
      assertThat(store.resultsUpTo(FIRST)).isZero();
      store.write(NodeStore.putResultsUpTo(new Changes(), FIRST, 300));
    }
    try (NodeStore store = NodeStore.open(directory, NETWORK, "worker")) {
      assertThat(store.resultsUpTo(FIRST)).isEqualTo(300);
      assertThat(store.resultsUpTo(SECOND)).isZero();
      assertThat(store.realms()).isEmpty();
    }
  }
}
