package network.enigma.ethereum.storage;

import java.util.List;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Keccak;

/**
 * Positions of the Enigma contract's facts: the slot number to ask for with {@code eth_getProof}
 * and to read from {@link network.enigma.ethereum.ProvenStorage}. A mapping's entry lies at
 * keccak256(key ‖ slot of the mapping), as solc places it. {@link EnigmaFacts} reads the facts
 * themselves.
 */
public final class EnigmaStorage {
  static final int OWNER = 0;
  static final int PENDING_OWNER = 1;
  static final int NETWORK_HASH = 2;
  static final int COUNTERS = 3;
  static final int REALMS = 4;
  static final int TASKS = 5;
  static final int ALLOCATIONS = 6;
  static final int BALANCES = 7;
  static final int WORKERS = 8;
  static final int WORKER_IDS = 9;
  static final int SEATS = 10;
  static final int EPOCHS = 11;
  static final int GENERATIONS = 12;
  static final int KEY_MANAGERS = 13;
  static final int MEASUREMENTS = 14;
  static final int TCB_MINIMA = 15;
  static final int ROOTS = 16;
  static final int CHECKPOINTS = 17;
  static final int INCARNATIONS = 18;
  static final int UPGRADES = 19;
  static final int CHALLENGES = 20;
  static final int LEAVING = 21;
  static final int FAILED_CALLBACKS = 22;
  static final int SCHEDULED = 23;
  static final int TALLY = 24;
  static final int MEASUREMENT_AT = 25;

  static final int REALM_HOT = 0;
  static final int REALM_STATE_HASH = 1;
  static final int REALM_OWNER = 2;
  static final int REALM_INPUT_KEYS = 3;

  static final int WORKER_CORE = 0;
  static final int WORKER_OPERATOR = 1;
  static final int WORKER_STAKE = 2;

  static final int GENERATION_TERMS = 0;
  static final int GENERATION_ROSTER_HASH = 1;
  static final int GENERATION_CHECK_HASH = 2;

  private EnigmaStorage() {}

  /** The network configuration's hash (Rule T3). */
  public static Bytes32 networkHash() {
    return Bytes32.ofUnsigned(NETWORK_HASH);
  }

  /** {@link Counters}. */
  public static Bytes32 counters() {
    return Bytes32.ofUnsigned(COUNTERS);
  }

  /** {@link RealmHot}. */
  public static Bytes32 realmHot(Bytes32 realm) {
    return realm(realm, REALM_HOT);
  }

  /** The realm's state hash; zero until the first batch. */
  public static Bytes32 stateHash(Bytes32 realm) {
    return realm(realm, REALM_STATE_HASH);
  }

  /** {@link RealmOwner}. */
  public static Bytes32 realmOwner(Bytes32 realm) {
    return realm(realm, REALM_OWNER);
  }

  /** keccak256(suite ‖ input key) of a tenure; the slot serves it and every second other. */
  public static Bytes32 inputKeyHash(Bytes32 realm, long tenure) {
    return realm(realm, REALM_INPUT_KEYS + (int) (tenure & 1));
  }

  /** All five slots of a realm. */
  public static List<Bytes32> realm(Bytes32 realm) {
    Bytes32 base = entry(REALMS, realm);
    return List.of(base, plus(base, 1), plus(base, 2), plus(base, 3), plus(base, 4));
  }

  /** {@link PostedTask}. */
  public static Bytes32 task(Bytes32 realm, Bytes32 taskId) {
    return entry(TASKS, Keccak.hash(realm.toByteArray(), taskId.toByteArray()));
  }

  /** {@link Allocation}. */
  public static Bytes32 allocation(Bytes32 realm, Address payer) {
    return entry(entry(ALLOCATIONS, realm), word(payer));
  }

  /** The unallocated balance of an account, a number of ENG units. */
  public static Bytes32 balance(Address account) {
    return entry(BALANCES, word(account));
  }

  /** {@link WorkerCore}. */
  public static Bytes32 workerCore(long worker) {
    return entry(WORKERS, Bytes32.ofUnsigned(worker));
  }

  /** The two slots that a {@link Worker} is made of. */
  public static List<Bytes32> worker(long worker) {
    Bytes32 base = workerCore(worker);
    return List.of(base, plus(base, WORKER_OPERATOR));
  }

  /** {@link WorkerStake}. */
  public static Bytes32 workerStake(long worker) {
    return plus(workerCore(worker), WORKER_STAKE);
  }

  /** The number of the worker with that enclave; 0 for none. */
  public static Bytes32 workerId(Address enclave) {
    return entry(WORKER_IDS, word(enclave));
  }

  /** {@link Seat}. */
  public static Bytes32 seat(long index) {
    return entry(SEATS, Bytes32.ofUnsigned(index));
  }

  /** {@link Epoch}. */
  public static Bytes32 epoch(long epoch) {
    return entry(EPOCHS, Bytes32.ofUnsigned(epoch));
  }

  /** The three slots of a {@link Generation}. */
  public static List<Bytes32> generation(long generation) {
    Bytes32 base = entry(GENERATIONS, Bytes32.ofUnsigned(generation));
    return List.of(base, plus(base, GENERATION_ROSTER_HASH), plus(base, GENERATION_CHECK_HASH));
  }

  /** {@link KeyManager}. */
  public static Bytes32 keyManager(Address enclave) {
    return entry(KEY_MANAGERS, word(enclave));
  }

  /** {@link ListedMeasurement}. */
  public static Bytes32 measurement(Bytes32 measurement) {
    return entry(MEASUREMENTS, measurement);
  }

  /** The measurement that an index stands for. */
  public static Bytes32 measurementAt(int index) {
    return entry(MEASUREMENT_AT, Bytes32.ofUnsigned(index));
  }

  /** The least TCB numbers, eight of 32 bits. */
  public static Bytes32 tcbMinima() {
    return Bytes32.ofUnsigned(TCB_MINIMA);
  }

  /** Whether a vendor root is listed, 0 or 1. */
  public static Bytes32 root(Bytes32 root) {
    return entry(ROOTS, root);
  }

  /** The root of a later checkpoint of the beacon chain. */
  public static Bytes32 checkpoint(long slot) {
    return entry(CHECKPOINTS, Bytes32.ofUnsigned(slot));
  }

  /** {@link RecordedIncarnation} (Rule S3). */
  public static Bytes32 incarnation(Address keyManager) {
    return entry(INCARNATIONS, word(keyManager));
  }

  /** What shows whether a key manager decides, and in which life. */
  public static List<Bytes32> rosterEntry(Address keyManager) {
    return List.of(keyManager(keyManager), incarnation(keyManager));
  }

  /** {@link Upgrade}. */
  public static Bytes32 upgrade(Bytes32 realm, Address target, Bytes32 codeHash) {
    return entry(
        UPGRADES, Keccak.hash(realm.toByteArray(), target.toByteArray(), codeHash.toByteArray()));
  }

  /** {@link Challenge}. */
  public static Bytes32 challenge(Bytes32 realm) {
    return entry(CHALLENGES, realm);
  }

  /** ENG units of a payer's allocation that are on their way out. */
  public static Bytes32 leaving(Bytes32 realm, Address payer) {
    return entry(entry(LEAVING, realm), word(payer));
  }

  private static Bytes32 realm(Bytes32 realm, int offset) {
    return plus(entry(REALMS, realm), offset);
  }

  private static Bytes32 entry(int mapping, Bytes32 key) {
    return entry(Bytes32.ofUnsigned(mapping), key);
  }

  private static Bytes32 entry(Bytes32 mapping, Bytes32 key) {
    return Keccak.hash(key.toByteArray(), mapping.toByteArray());
  }

  private static Bytes32 word(Address address) {
    byte[] word = new byte[Bytes32.LENGTH];
    address.copyTo(word, Bytes32.LENGTH - Address.LENGTH);
    return Bytes32.of(word);
  }

  private static Bytes32 plus(Bytes32 slot, int offset) {
    byte[] sum = slot.toByteArray();
    int carry = offset;
    for (int i = sum.length - 1; i >= 0 && carry != 0; i--) {
      carry += sum[i] & 0xff;
      sum[i] = (byte) carry;
      carry >>>= 8;
    }
    return Bytes32.of(sum);
  }
}
