package network.enigma.ethereum.storage;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Eip712Domain;
import network.enigma.protocol.NetworkConfig;
import network.enigma.protocol.Query;
import network.enigma.protocol.TaskKind;
import network.enigma.protocol.TaskOrder;
import network.enigma.protocol.channel.TaskInput;

/**
 * Which slots of the Enigma contract a host must prove to a worker enclave, for each request of
 * {@link network.enigma.protocol.channel.WorkerRequest} that carries a proof (Rule S6).
 *
 * <p>What the enclave saw proved at most {@code maxHeaderLag} blocks ago it remembers, so a host
 * may leave out what it proved lately; it answers {@code BAD_STATE_PROOF} when it wants a proof
 * again. Posted tasks are the exception: their slots are proved with each request.
 */
public final class WorkerSlots {
  private WorkerSlots() {}

  /**
   * For TakeLease.
   *
   * @param tenure of the lease
   * @param generation the network's latest
   * @param keyManagers enclaves whose grants are handed over
   */
  public static List<Bytes32> takeLease(
      Bytes32 realm, long tenure, long generation, Collection<Address> keyManagers) {
    Set<Bytes32> slots = new LinkedHashSet<>(EnigmaStorage.realm(realm));
    slots.add(EnigmaStorage.inputKeyHash(realm, tenure));
    slots.add(EnigmaStorage.networkHash());
    addRoster(slots, generation, keyManagers);
    return List.copyOf(slots);
  }

  /** For Accept and Execute. */
  public static List<Bytes32> tasks(
      Bytes32 realm, Eip712Domain domain, Collection<TaskInput> tasks) {
    Set<Bytes32> slots = new LinkedHashSet<>();
    slots.add(EnigmaStorage.realmHot(realm));
    for (TaskInput task : tasks) {
      if (task.posted()) {
        slots.add(EnigmaStorage.task(realm, task.order().taskId(domain)));
      } else {
        slots.add(EnigmaStorage.allocation(realm, task.order().sender()));
      }
      if (task.order().kind() == TaskKind.DEPLOY) {
        slots.add(EnigmaStorage.realmOwner(realm));
      }
    }
    return List.copyOf(slots);
  }

  /**
   * Which accounts besides Enigma's the host must prove for Accept and Execute: the Ethereum
   * contracts whose code tasks of kind CALLABLE run. They are proved with each request, for Execute
   * at the header of the batch.
   */
  public static Set<Address> accounts(Collection<TaskInput> tasks) {
    return tasks.stream()
        .map(TaskInput::order)
        .filter(order -> order.kind() == TaskKind.CALLABLE)
        .map(TaskOrder::target)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** For Snapshot. */
  public static List<Bytes32> snapshot(Bytes32 realm) {
    return List.of(EnigmaStorage.realmHot(realm));
  }

  /**
   * For Release.
   *
   * @param generation the network's latest
   * @param keyManagers enclaves that acknowledged
   */
  public static List<Bytes32> release(long generation, Collection<Address> keyManagers) {
    Set<Bytes32> slots = new LinkedHashSet<>();
    addRoster(slots, generation, keyManagers);
    return List.copyOf(slots);
  }

  /** For ConfirmCommitted. */
  public static List<Bytes32> confirmCommitted(Bytes32 realm) {
    return EnigmaStorage.realm(realm);
  }

  /**
   * For AnswerQuery.
   *
   * @param mode of the network: under a development network's queries may be those of authors, some
   *     of which only the realm's owner may ask
   */
  public static List<Bytes32> answerQuery(Query query, NetworkConfig.Mode mode) {
    if (query.sender().isZero()) {
      return List.of(EnigmaStorage.realmHot(query.realm()));
    }
    List<Bytes32> slots =
        List.of(
            EnigmaStorage.realmHot(query.realm()),
            EnigmaStorage.allocation(query.realm(), query.sender()));
    return switch (mode) {
      case HARDWARE -> slots;
      case SIMULATION ->
          List.of(slots.get(0), slots.get(1), EnigmaStorage.realmOwner(query.realm()));
    };
  }

  /**
   * For HoldDelta.
   *
   * @param generation the network's latest
   * @param keyManagers enclaves that granted the lease
   */
  public static List<Bytes32> holdDelta(
      Bytes32 realm, long generation, Collection<Address> keyManagers) {
    Set<Bytes32> slots = new LinkedHashSet<>(EnigmaStorage.realm(realm));
    addRoster(slots, generation, keyManagers);
    return List.copyOf(slots);
  }

  private static void addRoster(
      Set<Bytes32> slots, long generation, Collection<Address> keyManagers) {
    slots.add(EnigmaStorage.counters());
    slots.addAll(EnigmaStorage.generation(generation));
    keyManagers.forEach(each -> slots.addAll(EnigmaStorage.rosterEntry(each)));
  }
}
