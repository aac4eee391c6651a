package network.enigma.enclave;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import network.enigma.attestation.simulation.SimulatedAuthority;
import network.enigma.ethereum.storage.Allocation;
import network.enigma.ethereum.storage.Counters;
import network.enigma.ethereum.storage.EnigmaStorage;
import network.enigma.ethereum.storage.GenerationTerms;
import network.enigma.ethereum.storage.KeyManager;
import network.enigma.ethereum.storage.ListedMeasurement;
import network.enigma.ethereum.storage.PostedTask;
import network.enigma.ethereum.storage.RealmHot;
import network.enigma.ethereum.storage.RealmOwner;
import network.enigma.ethereum.storage.WorkerCore;
import network.enigma.keymanager.KeyManagerEnclave;
import network.enigma.protocol.Address;
import network.enigma.protocol.Batch;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Charge;
import network.enigma.protocol.Eip712Domain;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.NetworkConfig;
import network.enigma.protocol.Realms;
import network.enigma.protocol.Role;
import network.enigma.protocol.TaskOrder;
import network.enigma.protocol.TaskOutcome;
import network.enigma.protocol.channel.KeyManagerRequest;
import network.enigma.protocol.channel.KeyManagerResponse;
import network.enigma.protocol.channel.SharedRequest;
import network.enigma.protocol.channel.SharedResponse;
import network.enigma.protocol.channel.WorkerRequest;
import network.enigma.protocol.channel.WorkerResponse;
import network.enigma.protocol.crypto.SecretBytes;
import network.enigma.protocol.crypto.SigningKey;
import network.enigma.runtime.Runtime;
import network.enigma.tee.Entropy;
import network.enigma.tee.EvidenceSource;
import network.enigma.tee.Machine;
import network.enigma.tee.model.ModelChain;

/**
 * A small network: a model of the chain, three key-manager enclaves with one master secret, and
 * worker enclaves.
 */
final class Testbed {
  static final long GENERATION = 1;
  static final long CHAIN_ID = 31_337;
  static final Address PAYEE = Address.fromHex("0x00000000000000000000000000000000000a11ce");

  final ModelChain chain = new ModelChain();
  final NetworkConfig config;
  final List<TestKeyManager> keyManagers = new ArrayList<>();
  final List<TestWorker> workers = new ArrayList<>();
  private final Runtime runtime;
  private final EvidenceSource workerEvidence;

  private Testbed(
      NetworkConfig.Parameters parameters, Runtime runtime, EvidenceSource workerEvidence) {
    this.runtime = runtime;
    this.workerEvidence = workerEvidence;
    this.config =
        new NetworkConfig(
            NetworkConfig.Mode.SIMULATION,
            NetworkConfig.HeaderSource.NODE,
            NetworkConfig.FinalityRule.LATEST_K,
            0,
            CHAIN_ID,
            chain.tip().hash(),
            chain.tip().hash(),
            ModelChain.ENIGMA,
            ModelChain.CODE_HASH,
            parameters);
  }

  static Testbed start() {
    return start(NetworkConfig.Parameters.testnet(3), new TestRuntime());
  }

  static Testbed start(NetworkConfig.Parameters parameters, Runtime runtime) {
    return start(parameters, runtime, reportData -> simulated(Role.WORKER, reportData));
  }

  /** With workers whose machines give this evidence. */
  static Testbed start(
      NetworkConfig.Parameters parameters, Runtime runtime, EvidenceSource workerEvidence) {
    Testbed testbed = new Testbed(parameters, runtime, workerEvidence);
    testbed.startKeyManagers();
    for (int i = 0; i < 3; i++) {
      testbed.addWorker();
    }
    testbed.mine();
    return testbed;
  }

  /** A key-manager enclave, called as its host calls it. */
  final class TestKeyManager {
    private final KeyManagerEnclave core = new KeyManagerEnclave(machine(Role.KEY_MANAGER));
    final Address address;
    boolean refuses;

    TestKeyManager() {
      address =
          ((SharedResponse.Identity) call(new SharedRequest.Configure(config, Bytes.empty())))
              .enclave();
    }

    KeyManagerResponse call(KeyManagerRequest request) {
      KeyManagerResponse response = KeyManagerResponse.decode(core.handle(request.encode()));
      if (response instanceof SharedResponse.Failure failure) {
        throw failure.toException();
      }
      return response;
    }

    void advance() {
      call(new SharedRequest.AdvanceHeaders(chain.headersAfter(0)));
    }

    Bytes acknowledge(Bytes anchor) {
      return ((KeyManagerResponse.HeadAcknowledged)
              call(
                  new KeyManagerRequest.AcknowledgeHead(
                      anchor, Optional.of(chain.proofOfEverything()))))
          .acknowledgement();
    }
  }

  /** A worker enclave, called as its host calls it. */
  final class TestWorker {
    private final Machine machine = machine(Role.WORKER);
    private WorkerEnclave core = new WorkerEnclave(machine, List.of(runtime));
    final Address address;
    private final Bytes sealedState;
    final int number;

    TestWorker(int number) {
      this.number = number;
      SharedResponse.Identity identity =
          (SharedResponse.Identity) call(new SharedRequest.Configure(config, Bytes.empty()));
      address = identity.enclave();
      sealedState = identity.sealedState();
    }

    /** The enclave process dies and starts again on the same machine. */
    void restart() {
      core = new WorkerEnclave(machine, List.of(runtime));
      call(new SharedRequest.Configure(config, sealedState));
      advance();
    }

    byte[] handle(byte[] request) {
      return core.handle(request);
    }

    WorkerResponse call(WorkerRequest request) {
      WorkerResponse response = WorkerResponse.decode(core.handle(request.encode()));
      if (response instanceof SharedResponse.Failure failure) {
        throw failure.toException();
      }
      return response;
    }

    void advance() {
      call(new SharedRequest.AdvanceHeaders(chain.headersAfter(0)));
    }
  }

  private Machine machine(Role role) {
    return new Machine(
        NetworkConfig.Mode.SIMULATION,
        SimulatedAuthority.measurement(role),
        Entropy.secure(),
        SecretBytes.random(32),
        role == Role.WORKER ? workerEvidence : reportData -> simulated(role, reportData));
  }

  private static Bytes simulated(Role role, Bytes32 reportData) {
    return SimulatedAuthority.evidence(role, reportData, ModelChain.GENESIS_TIME);
  }

  private void startKeyManagers() {
    for (int i = 0; i < 3; i++) {
      keyManagers.add(new TestKeyManager());
    }
    TestKeyManager first = keyManagers.getFirst();
    Bytes32 checkHash =
        ((KeyManagerResponse.MasterHeld)
                first.call(new KeyManagerRequest.GenerateMaster(GENERATION)))
            .checkHash();
    chain.set(
        EnigmaStorage.counters(),
        new Counters(1, 0, 0, 3, 3, (int) GENERATION, ModelChain.GENESIS_TIME, 3).encode());
    List<Bytes32> generation = EnigmaStorage.generation(GENERATION);
    chain.set(generation.get(0), new GenerationTerms(0, 3, 1, 2).encode());
    chain.set(
        generation.get(1),
        Realms.rosterHash(keyManagers.stream().map(each -> each.address).sorted().toList()));
    chain.set(generation.get(2), checkHash);
    for (TestKeyManager each : keyManagers) {
      chain.set(
          EnigmaStorage.keyManager(each.address),
          new KeyManager(each.address, true, (int) GENERATION, 0).encode());
    }
    chain.set(EnigmaStorage.networkHash(), config.hash());
    chain.set(
        EnigmaStorage.measurement(SimulatedAuthority.measurement(Role.KEY_MANAGER)),
        new ListedMeasurement(true, Role.KEY_MANAGER.number(), 0, 1).encode());
    chain.mine();
    keyManagers.forEach(TestKeyManager::advance);
    for (TestKeyManager each : keyManagers) {
      each.call(new KeyManagerRequest.CountAsFounder(chain.proofOfEverything()));
    }
    for (TestKeyManager later : keyManagers.subList(1, 3)) {
      Bytes request =
          ((KeyManagerResponse.Message) later.call(new KeyManagerRequest.RequestMaster(GENERATION)))
              .message();
      Bytes transfer =
          ((KeyManagerResponse.Message)
                  first.call(new KeyManagerRequest.ServeMaster(request, chain.proofOfEverything())))
              .message();
      later.call(new KeyManagerRequest.ReceiveMaster(transfer, chain.proofOfEverything()));
    }
  }

  private void addWorker() {
    TestWorker worker = new TestWorker(workers.size() + 1);
    workers.add(worker);
    chain.set(EnigmaStorage.workerId(worker.address), Bytes32.ofUnsigned(worker.number));
    chain.set(
        EnigmaStorage.workerCore(worker.number),
        new WorkerCore(worker.address, ModelChain.GENESIS_TIME + 1_000_000, 1, 0, 0, 0).encode());
  }

  /** Mines a block and shows it to every enclave. */
  void mine() {
    mine(1);
  }

  void mine(long count) {
    chain.mine(count);
    advanceAll();
  }

  void advanceAll() {
    keyManagers.forEach(TestKeyManager::advance);
    workers.forEach(TestWorker::advance);
  }

  Eip712Domain domain() {
    return config.domain();
  }

  /** Opens a realm and draws its ranks: workers 1, 2 and 3. */
  TestRealm openRealm(SigningKey owner) {
    return openRealm(owner, 0);
  }

  TestRealm openRealm(SigningKey owner, int options) {
    TestRealm realm = new TestRealm(this, owner, options);
    realm.draw();
    return realm;
  }

  void store(Bytes32 realm, RealmHot hot) {
    chain.set(EnigmaStorage.realmHot(realm), hot.encode());
  }

  void store(Bytes32 realm, RealmOwner owner) {
    chain.set(EnigmaStorage.realmOwner(realm), owner.encode());
  }

  void store(Bytes32 realm, Address payer, Allocation allocation) {
    chain.set(EnigmaStorage.allocation(realm, payer), allocation.encode());
  }

  void store(TaskOrder order, UnaryOperator<PostedTask> change) {
    PostedTask posted =
        new PostedTask(
            order.sender(),
            chain.tip().number(),
            (int) (order.expiry() - chain.tip().number()),
            order.maximumFee().longValue());
    chain.set(
        EnigmaStorage.task(order.realm(), order.taskId(domain())), change.apply(posted).encode());
  }

  /** What the contract does when it admits a batch. */
  void settle(TestRealm realm, Batch batch, Bytes32 stateHash) {
    realm.hot =
        new RealmHot(
            batch.endSequence(),
            batch.lease(),
            batch.headerNumber(),
            realm.hot.worker(),
            realm.hot.tenure(),
            realm.hot.tenureEnd(),
            realm.hot.generation(),
            realm.hot.since(),
            realm.hot.flags());
    store(realm.id, realm.hot);
    chain.set(EnigmaStorage.stateHash(realm.id), stateHash);
    for (Charge charge : batch.charges()) {
      realm.charge(charge.payer(), charge.amount());
    }
    for (TaskOutcome outcome : batch.outcomes()) {
      chain.set(EnigmaStorage.task(realm.id, outcome.taskId()), Bytes32.zero());
    }
    mine();
  }

  static EnigmaException failure(Runnable action) {
    try {
      action.run();
    } catch (EnigmaException e) {
      return e;
    }
    throw new AssertionError("nothing was refused");
  }
}
