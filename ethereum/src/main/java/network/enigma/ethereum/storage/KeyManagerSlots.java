package network.enigma.ethereum.storage;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;

/**
 * Which slots of the Enigma contract a host must prove to a key-manager enclave, for each request
 * of {@link network.enigma.protocol.channel.KeyManagerRequest} that carries a proof (Rule S6). A
 * slot too many does no harm.
 */
public final class KeyManagerSlots {
  private KeyManagerSlots() {}

  /**
   * For ServeMaster and ReceiveMaster.
   *
   * @param generation of the master secret
   * @param peer the enclave on the other side
   * @param measurements the program of the other side; others among them do no harm
   */
  public static List<Bytes32> master(
      long generation, Address peer, Collection<Bytes32> measurements) {
    Set<Bytes32> slots = new LinkedHashSet<>(EnigmaStorage.generation(generation));
    slots.add(EnigmaStorage.keyManager(peer));
    slots.add(EnigmaStorage.tcbMinima());
    measurements.forEach(each -> slots.add(EnigmaStorage.measurement(each)));
    return List.copyOf(slots);
  }

  /**
   * For GrantLease.
   *
   * @param generation of the tenure's secret: the realm's, or its next one for a pending tenure
   * @param enclave that asks
   * @param workers numbers of the worker that asks, of the holder and of all ranks; zeros are left
   *     out
   * @param overdue the overdue task, zero for none or the challenge
   */
  public static List<Bytes32> grantLease(
      Bytes32 realm,
      long generation,
      Address enclave,
      Collection<Integer> workers,
      Bytes32 overdue) {
    Set<Bytes32> slots = new LinkedHashSet<>();
    slots.add(EnigmaStorage.counters());
    slots.add(EnigmaStorage.tcbMinima());
    slots.add(EnigmaStorage.realmHot(realm));
    slots.add(EnigmaStorage.stateHash(realm));
    slots.add(EnigmaStorage.realmOwner(realm));
    slots.addAll(EnigmaStorage.generation(generation));
    slots.add(EnigmaStorage.workerId(enclave));
    for (int worker : workers) {
      if (worker != 0) {
        slots.add(EnigmaStorage.workerCore(worker));
      }
    }
    slots.add(
        overdue.isZero() ? EnigmaStorage.challenge(realm) : EnigmaStorage.task(realm, overdue));
    return List.copyOf(slots);
  }

  /** For AcknowledgeHead. */
  public static List<Bytes32> acknowledgeHead(Bytes32 realm) {
    return List.of(EnigmaStorage.realmHot(realm), EnigmaStorage.stateHash(realm));
  }

  /**
   * For ReleaseSeed.
   *
   * @param generation the one the counters name
   */
  public static List<Bytes32> releaseSeed(long generation) {
    Set<Bytes32> slots = new LinkedHashSet<>(EnigmaStorage.generation(generation));
    slots.add(EnigmaStorage.counters());
    return List.copyOf(slots);
  }

  /**
   * For ReadHeads, of the key manager that asks, and LoadHeads, of those that reported and the one
   * that reads.
   *
   * @param generation the one the counters name
   */
  public static List<Bytes32> heads(long generation, Collection<Address> keyManagers) {
    Set<Bytes32> slots = new LinkedHashSet<>(releaseSeed(generation));
    keyManagers.forEach(each -> slots.addAll(EnigmaStorage.rosterEntry(each)));
    return List.copyOf(slots);
  }

  /** For CountAsFounder, of the key manager that wants to count. */
  public static List<Bytes32> founder(Address keyManager) {
    Set<Bytes32> slots = new LinkedHashSet<>(EnigmaStorage.rosterEntry(keyManager));
    slots.add(EnigmaStorage.counters());
    return List.copyOf(slots);
  }

  /** For SignNonce and ResumeByNonce, of the key manager that wants to count. */
  public static List<Bytes32> incarnation(Address keyManager) {
    return List.of(EnigmaStorage.incarnation(keyManager));
  }
}
