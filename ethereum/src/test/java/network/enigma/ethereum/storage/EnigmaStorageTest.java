package network.enigma.ethereum.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds every position against the layout that the Solidity compiler wrote beside the contract's
 * code.
 */
class EnigmaStorageTest {
  private static JsonNode layout = new ObjectMapper().createObjectNode();

  @BeforeAll
  static void readLayout() throws Exception {
    try (InputStream artifact =
        Objects.requireNonNull(
            EnigmaStorageTest.class.getResourceAsStream(
                "/network/enigma/contracts/artifacts/Enigma.json"))) {
      layout = new ObjectMapper().readTree(artifact).get("storageLayout");
    }
  }

  @Test
  void variablesLieWhereTheCompilerPutsThem() {
    Map<String, Integer> compiler = new HashMap<>();
    layout
        .get("storage")
        .forEach(each -> compiler.put(each.get("label").asText(), each.get("slot").asInt()));
    Map<String, Integer> ours = new HashMap<>();
    ours.put("_owner", EnigmaStorage.OWNER);
    ours.put("_pendingOwner", EnigmaStorage.PENDING_OWNER);
    ours.put("_networkHash", EnigmaStorage.NETWORK_HASH);
    ours.put("_counters", EnigmaStorage.COUNTERS);
    ours.put("_realms", EnigmaStorage.REALMS);
    ours.put("_tasks", EnigmaStorage.TASKS);
    ours.put("_allocations", EnigmaStorage.ALLOCATIONS);
    ours.put("_balances", EnigmaStorage.BALANCES);
    ours.put("_workers", EnigmaStorage.WORKERS);
    ours.put("_workerIds", EnigmaStorage.WORKER_IDS);
    ours.put("_seats", EnigmaStorage.SEATS);
    ours.put("_epochs", EnigmaStorage.EPOCHS);
    ours.put("_generations", EnigmaStorage.GENERATIONS);
    ours.put("_keyManagers", EnigmaStorage.KEY_MANAGERS);
    ours.put("_measurements", EnigmaStorage.MEASUREMENTS);
    ours.put("_tcbMinima", EnigmaStorage.TCB_MINIMA);
    ours.put("_roots", EnigmaStorage.ROOTS);
    ours.put("_checkpoints", EnigmaStorage.CHECKPOINTS);
    ours.put("_incarnations", EnigmaStorage.INCARNATIONS);
    ours.put("_upgrades", EnigmaStorage.UPGRADES);
    ours.put("_challenges", EnigmaStorage.CHALLENGES);
    ours.put("_leaving", EnigmaStorage.LEAVING);
    ours.put("_failedCallbacks", EnigmaStorage.FAILED_CALLBACKS);
    ours.put("_scheduled", EnigmaStorage.SCHEDULED);
    ours.put("_tally", EnigmaStorage.TALLY);
    ours.put("_measurementAt", EnigmaStorage.MEASUREMENT_AT);
    assertThat(compiler).containsAllEntriesOf(ours);
  }

  @Test
  void structsOfSeveralSlotsLieWhereTheCompilerPutsThem() {
    assertThat(slotOf("Realm", "hot")).isEqualTo(EnigmaStorage.REALM_HOT);
    assertThat(slotOf("Realm", "stateHash")).isEqualTo(EnigmaStorage.REALM_STATE_HASH);
    assertThat(slotOf("Realm", "own")).isEqualTo(EnigmaStorage.REALM_OWNER);
    assertThat(slotOf("Realm", "inputKeys")).isEqualTo(EnigmaStorage.REALM_INPUT_KEYS);
    assertThat(slotOf("Worker", "core")).isEqualTo(EnigmaStorage.WORKER_CORE);
    assertThat(slotOf("Worker", "operator")).isEqualTo(EnigmaStorage.WORKER_OPERATOR);
    assertThat(slotOf("Worker", "unbonding")).isEqualTo(EnigmaStorage.WORKER_STAKE);
    assertThat(slotOf("Generation", "scheme")).isEqualTo(EnigmaStorage.GENERATION_TERMS);
    assertThat(slotOf("Generation", "rosterHash")).isEqualTo(EnigmaStorage.GENERATION_ROSTER_HASH);
    assertThat(slotOf("Generation", "checkHash")).isEqualTo(EnigmaStorage.GENERATION_CHECK_HASH);
  }

  static Stream<Arguments> words() {
    return Stream.of(
        word("RealmHot", 0, RealmHot.class, RealmHot::decode, RealmHot::encode),
        word("RealmOwner", 0, RealmOwner.class, RealmOwner::decode, RealmOwner::encode),
        word("PostedTask", 0, PostedTask.class, PostedTask::decode, PostedTask::encode),
        word("Allocation", 0, Allocation.class, Allocation::decode, Allocation::encode),
        word("WorkerCore", 0, WorkerCore.class, WorkerCore::decode, WorkerCore::encode),
        word("Worker", 1, WorkerOperator.class, WorkerOperator::decode, WorkerOperator::encode),
        word("Worker", 2, WorkerStake.class, WorkerStake::decode, WorkerStake::encode),
        word("Seat", 0, Seat.class, Seat::decode, Seat::encode),
        word("Epoch", 0, Epoch.class, Epoch::decode, Epoch::encode),
        word(
            "Generation",
            0,
            GenerationTerms.class,
            GenerationTerms::decode,
            GenerationTerms::encode),
        word("KeyManager", 0, KeyManager.class, KeyManager::decode, KeyManager::encode),
        word(
            "Measurement",
            0,
            ListedMeasurement.class,
            ListedMeasurement::decode,
            ListedMeasurement::encode),
        word(
            "Incarnation",
            0,
            RecordedIncarnation.class,
            RecordedIncarnation::decode,
            RecordedIncarnation::encode),
        word("Upgrade", 0, Upgrade.class, Upgrade::decode, Upgrade::encode),
        word("ChallengeRecord", 0, Challenge.class, Challenge::decode, Challenge::encode),
        word("Counters", 0, Counters.class, Counters::decode, Counters::encode));
  }

  @ParameterizedTest(name = "{0} slot {1}")
  @MethodSource("words")
  <R extends Record> void wordsArePackedAsTheCompilerPacksThem(
      String struct,
      int slot,
      Class<R> type,
      Function<Bytes32, R> decode,
      Function<R, Bytes32> encode)
      throws Exception {
    List<JsonNode> members = new ArrayList<>();
    for (JsonNode member : members(struct)) {
      if (member.get("slot").asInt() == slot) {
        members.add(member);
      }
    }
    RecordComponent[] components = type.getRecordComponents();
    assertThat(components)
        .extracting(RecordComponent::getName)
        .containsExactlyElementsOf(members.stream().map(m -> m.get("label").asText()).toList());

    // Each member alone, filled with bytes of its own, comes out as the component of its name and
    // as no other.
    for (int i = 0; i < members.size(); i++) {
      int offset = members.get(i).get("offset").asInt();
      String kind = members.get(i).get("type").asText();
      int size = layout.get("types").get(kind).get("numberOfBytes").asInt();
      byte[] word = new byte[Bytes32.LENGTH];
      for (int j = 0; j < size; j++) {
        word[Bytes32.LENGTH - 1 - offset - j] = (byte) (kind.equals("t_bool") ? 1 : 0x10 + j);
      }
      R decoded = decode.apply(Bytes32.of(word));
      for (int other = 0; other < components.length; other++) {
        Object value = components[other].getAccessor().invoke(decoded);
        assertThat(value)
            .as("%s in a word with %s alone", components[other].getName(), members.get(i))
            .isEqualTo(other == i ? filled(kind, size) : empty(value));
      }
      assertThat(encode.apply(decoded)).isEqualTo(Bytes32.of(word));
    }
  }

  @Test
  void aPostedTaskKnowsItsExpiryWithoutTheOverdueBit() {
    PostedTask task = new PostedTask(Address.zero(), 1_000, 0x8000 | 60, 5);
    assertThat(task.expiry()).isEqualTo(1_060);
    assertThat(task.countsAsOverdue()).isTrue();
    assertThat(new PostedTask(Address.zero(), 1_000, 60, 5).countsAsOverdue()).isFalse();
  }

  private static <R> Arguments word(
      String struct,
      int slot,
      Class<R> type,
      Function<Bytes32, R> decode,
      Function<R, Bytes32> encode) {
    return Arguments.of(struct, slot, type, decode, encode);
  }

  private static Object filled(String kind, int size) {
    byte[] bytes = new byte[size];
    for (int j = 0; j < size; j++) {
      bytes[size - 1 - j] = (byte) (0x10 + j);
    }
    if (kind.equals("t_bool")) {
      return true;
    }
    if (kind.startsWith("t_bytes")) {
      byte[] left = new byte[Bytes32.LENGTH];
      System.arraycopy(bytes, 0, left, 0, size);
      return Bytes32.of(left);
    }
    if (kind.equals("t_address")) {
      return Address.of(bytes);
    }
    long value = new java.math.BigInteger(1, bytes).longValue();
    return size < 4 ? (Object) (int) value : (Object) value;
  }

  private static Object empty(Object like) {
    return switch (like) {
      case Long ignored -> 0L;
      case Integer ignored -> 0;
      case Boolean ignored -> false;
      case Address ignored -> Address.zero();
      case Bytes32 ignored -> Bytes32.zero();
      default -> throw new AssertionError("unexpected component " + like.getClass());
    };
  }

  private static int slotOf(String struct, String member) {
    for (JsonNode each : members(struct)) {
      if (each.get("label").asText().equals(member)) {
        return each.get("slot").asInt();
      }
    }
    throw new AssertionError(struct + " has no " + member);
  }

  private static JsonNode members(String struct) {
    for (JsonNode type : layout.get("types")) {
      if (type.get("label").asText().equals("struct " + struct) && type.has("members")) {
        return type.get("members");
      }
    }
    throw new AssertionError("no struct " + struct);
  }
}
