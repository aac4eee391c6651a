package network.enigma.ethereum.storage;

import java.util.List;
import java.util.Optional;
import network.enigma.ethereum.Account;
import network.enigma.ethereum.BlockHeader;
import network.enigma.ethereum.ProvenStorage;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;

/**
 * The facts an enclave believes about the Enigma contract at one header: each is read out of proven
 * storage when asked for (Rule S6).
 *
 * <p>Every method throws {@link network.enigma.protocol.EnigmaException} with {@link
 * network.enigma.protocol.ErrorCode#BAD_STATE_PROOF} when the proof does not cover its slots. What
 * does not exist on chain reads as zeros.
 *
 * @param storage the contract's storage at the header
 */
public record EnigmaFacts(ProvenStorage storage) {
  /** The header the facts are of. */
  public BlockHeader header() {
    return storage.header();
  }

  public Bytes32 networkHash() {
    return storage.value(EnigmaStorage.networkHash());
  }

  public Counters counters() {
    return Counters.decode(storage.value(EnigmaStorage.counters()));
  }

  public RealmHot realmHot(Bytes32 realm) {
    return RealmHot.decode(storage.value(EnigmaStorage.realmHot(realm)));
  }

  public RealmOwner realmOwner(Bytes32 realm) {
    return RealmOwner.decode(storage.value(EnigmaStorage.realmOwner(realm)));
  }

  /** The state hash as stored: zero until the first batch, when the genesis state hash counts. */
  public Bytes32 storedStateHash(Bytes32 realm) {
    return storage.value(EnigmaStorage.stateHash(realm));
  }

  /** keccak256(suite ‖ input key) of a tenure, which is the current one or the one before. */
  public Bytes32 inputKeyHash(Bytes32 realm, long tenure) {
    return storage.value(EnigmaStorage.inputKeyHash(realm, tenure));
  }

  public PostedTask task(Bytes32 realm, Bytes32 taskId) {
    return PostedTask.decode(storage.value(EnigmaStorage.task(realm, taskId)));
  }

  public Allocation allocation(Bytes32 realm, Address payer) {
    return Allocation.decode(storage.value(EnigmaStorage.allocation(realm, payer)));
  }

  public WorkerCore workerCore(long worker) {
    return WorkerCore.decode(storage.value(EnigmaStorage.workerCore(worker)));
  }

  /** The worker with all that {@link EnigmaStorage#worker} names. */
  public Worker worker(long worker) {
    List<Bytes32> slots = EnigmaStorage.worker(worker);
    return new Worker(
        WorkerCore.decode(storage.value(slots.get(EnigmaStorage.WORKER_CORE))),
        WorkerOperator.decode(storage.value(slots.get(EnigmaStorage.WORKER_OPERATOR))));
  }

  /** The number of the worker with that enclave; 0 for none. */
  public long workerId(Address enclave) {
    return Word.of(storage.value(EnigmaStorage.workerId(enclave))).uint(0, 32);
  }

  public Seat seat(long index) {
    return Seat.decode(storage.value(EnigmaStorage.seat(index)));
  }

  public Epoch epoch(long epoch) {
    return Epoch.decode(storage.value(EnigmaStorage.epoch(epoch)));
  }

  /** The generation with all that {@link EnigmaStorage#generation} names. */
  public Generation generation(long generation) {
    List<Bytes32> slots = EnigmaStorage.generation(generation);
    return new Generation(
        GenerationTerms.decode(storage.value(slots.get(EnigmaStorage.GENERATION_TERMS))),
        storage.value(slots.get(EnigmaStorage.GENERATION_ROSTER_HASH)),
        storage.value(slots.get(EnigmaStorage.GENERATION_CHECK_HASH)));
  }

  public KeyManager keyManager(Address enclave) {
    return KeyManager.decode(storage.value(EnigmaStorage.keyManager(enclave)));
  }

  public ListedMeasurement measurement(Bytes32 measurement) {
    return ListedMeasurement.decode(storage.value(EnigmaStorage.measurement(measurement)));
  }

  /** The measurement that an index, as in {@link WorkerOperator#measurement()}, stands for. */
  public Bytes32 measurementAt(int index) {
    return storage.value(EnigmaStorage.measurementAt(index));
  }

  /** The least TCB number admitted for a kind of TEE, 0 to 7. */
  public long tcbMinimum(int tee) {
    if (tee < 0 || tee > 7) {
      throw new IllegalArgumentException("no TEE has number " + tee);
    }
    return Word.of(storage.value(EnigmaStorage.tcbMinima())).uint(32 * tee, 32);
  }

  public boolean isRootListed(Bytes32 root) {
    return !storage.value(EnigmaStorage.root(root)).isZero();
  }

  public Bytes32 checkpoint(long slot) {
    return storage.value(EnigmaStorage.checkpoint(slot));
  }

  /** The latest life of a key manager that is on chain; of number 0 where none is. */
  public RecordedIncarnation incarnation(Address keyManager) {
    return RecordedIncarnation.decode(storage.value(EnigmaStorage.incarnation(keyManager)));
  }

  public Upgrade upgrade(Bytes32 realm, Address target, Bytes32 codeHash) {
    return Upgrade.decode(storage.value(EnigmaStorage.upgrade(realm, target, codeHash)));
  }

  public Challenge challenge(Bytes32 realm) {
    return Challenge.decode(storage.value(EnigmaStorage.challenge(realm)));
  }

  /**
   * The hash of the code at an Ethereum address, which is any but Enigma's; empty where there is no
   * account, or one without code.
   */
  public Optional<Bytes32> codeHash(Address address) {
    return storage
        .state()
        .account(address)
        .map(Account::codeHash)
        .filter(hash -> !hash.equals(Account.NO_CODE));
  }
}
