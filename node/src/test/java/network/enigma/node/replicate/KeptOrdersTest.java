package network.enigma.node.replicate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import network.enigma.node.storage.NodeStore;
import network.enigma.node.storage.StoredOrder;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.NetworkConfig;
import network.enigma.protocol.TaskKind;
import network.enigma.protocol.TaskOrder;
import network.enigma.protocol.channel.TaskInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KeptOrdersTest {
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
  private static final Bytes ENVELOPE = Bytes.of(new byte[] {1, 2, 3});
  private static final long EXPIRY = 60;
  private static final long PATIENCE = 10;
  private static final long HOLDER = 1;
  private static final long NEXT_HOLDER = 2;

  @TempDir Path directory;

  private static StoredOrder order(int number, long seenAt) {
    TaskOrder order =
        new TaskOrder(
            Address.zero(),
            REALM,
            Address.zero(),
            TaskKind.CALL,
            Bytes32.zero(),
            Keccak.hash(ENVELOPE),
            1_000_000,
            1,
            EXPIRY,
            Bytes32.ofUnsigned(number));
    return new StoredOrder(
        order.taskId(NETWORK.domain()),
        new TaskInput(order, new TaskInput.Posted(), ENVELOPE, Optional.empty()),
        Bytes.empty(),
        seenAt);
  }

  private static final StoredOrder FIRST = order(1, 20);
  private static final StoredOrder SECOND = order(2, 21);

  private KeptOrders kept(NodeStore store) {
    return new KeptOrders(store, NETWORK);
  }

  private List<Bytes32> toAsk(KeptOrders kept, long holder, long tip) {
    return kept.toAsk(REALM, holder, tip, PATIENCE, 100);
  }

  @Test
  void aKeptOrderIsThereAfterARestartAndItsHolderIsAskedAtOnce() {
    try (NodeStore store = NodeStore.open(directory, NETWORK, "worker")) {
      kept(store).keep(List.of(SECOND, FIRST), HOLDER);
    }
    try (NodeStore store = NodeStore.open(directory, NETWORK, "worker")) {
      KeptOrders kept = kept(store);
      assertThat(kept.order(REALM, FIRST.taskId())).contains(FIRST);
      assertThat(kept.all(REALM)).containsExactly(FIRST.taskId(), SECOND.taskId());
      assertThat(toAsk(kept, HOLDER, 22)).containsExactly(FIRST.taskId(), SECOND.taskId());
      assertThat(store.orders()).as("orders of its own").isEmpty();
    }
  }

  @Test
  void aHolderIsAskedWhenItIsAnotherOneOrWhenTimeHasPassed() {
    try (NodeStore store = NodeStore.open(directory, NETWORK, "worker")) {
      KeptOrders kept = kept(store);
      kept.keep(List.of(FIRST), HOLDER);

      assertThat(toAsk(kept, HOLDER, 29)).isEmpty();
      assertThat(toAsk(kept, HOLDER, 30)).containsExactly(FIRST.taskId());
      assertThat(toAsk(kept, NEXT_HOLDER, 21)).containsExactly(FIRST.taskId());

      kept.asked(REALM, List.of(FIRST.taskId()), NEXT_HOLDER, 25);

      assertThat(toAsk(kept, NEXT_HOLDER, 34)).isEmpty();
      assertThat(toAsk(kept, NEXT_HOLDER, 35)).containsExactly(FIRST.taskId());
    }
  }

  @Test
  void onlyTheWorkerThatIsToRunAnOrderHasItDropped() {
    try (NodeStore store = NodeStore.open(directory, NETWORK, "worker")) {
      KeptOrders kept = kept(store);
      kept.keep(List.of(FIRST, SECOND), HOLDER);

      kept.settled(REALM, List.of(FIRST.taskId(), SECOND.taskId()), NEXT_HOLDER);
      assertThat(kept.all(REALM)).hasSize(2);

      kept.settled(REALM, List.of(FIRST.taskId()), HOLDER);
      assertThat(kept.all(REALM)).containsExactly(SECOND.taskId());
      assertThat(store.kept(REALM, FIRST.taskId())).isEmpty();
    }
  }

  private static ErrorCode refusal(KeptOrders kept, StoredOrder order, long holder) {
    return catchThrowableOfType(EnigmaException.class, () -> kept.keep(List.of(order), holder))
        .code();
  }

  @Test
  void aWorkerEntrustsNoMoreThanItsShare() {
    int size = FIRST.encode().length;
    try (NodeStore store = NodeStore.open(directory, NETWORK, "worker")) {
      KeptOrders kept = new KeptOrders(store, NETWORK, size, 2L * size);
      kept.keep(List.of(FIRST), HOLDER);
      assertThat(refusal(kept, SECOND, HOLDER)).isEqualTo(ErrorCode.TOO_MANY_REQUESTS);

      kept.keep(List.of(SECOND), NEXT_HOLDER);
      assertThat(refusal(kept, order(3, 22), 3)).isEqualTo(ErrorCode.TOO_MANY_REQUESTS);

      // Who was asked about it last plays no part.
      kept.asked(REALM, List.of(FIRST.taskId()), NEXT_HOLDER, 25);
      kept.forget(REALM, List.of(FIRST.taskId()));
      kept.keep(List.of(order(3, 22)), HOLDER);
    }
  }

  @Test
  void aFullDiskTakesNoOrders() {
    try (NodeStore store = NodeStore.open(directory, NETWORK, "worker", 1)) {
      assertThat(refusal(kept(store), FIRST, HOLDER)).isEqualTo(ErrorCode.STORAGE_FULL);
      assertThat(kept(store).some(REALM)).isFalse();
    }
  }

  @Test
  void anOrderIsDroppedOnceNoBatchCanHoldIt() {
    try (NodeStore store = NodeStore.open(directory, NETWORK, "worker")) {
      KeptOrders kept = kept(store);
      kept.keep(List.of(FIRST), HOLDER);

      kept.forgetExpired(REALM, EXPIRY);
      assertThat(kept.some(REALM)).isTrue();

      kept.forgetExpired(REALM, EXPIRY + 1);
      assertThat(kept.some(REALM)).isFalse();
      assertThat(kept.realms()).isEmpty();
    }
  }

  @Test
  void anOrderWithAnotherEnvelopeOrIdIsNotKept() {
    StoredOrder other =
        new StoredOrder(SECOND.taskId(), FIRST.task(), FIRST.acceptance(), FIRST.seenAt());
    try (NodeStore store = NodeStore.open(directory, NETWORK, "worker")) {
      KeptOrders kept = kept(store);

      assertThatThrownBy(() -> kept.keep(List.of(other), HOLDER))
          .isInstanceOfSatisfying(
              EnigmaException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.INPUT_HASH_MISMATCH));
      assertThat(kept.some(REALM)).isFalse();
    }
  }
}
