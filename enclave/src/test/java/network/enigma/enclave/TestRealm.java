package network.enigma.enclave;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import network.enigma.enclave.Testbed.TestKeyManager;
import network.enigma.enclave.Testbed.TestWorker;
import network.enigma.ethereum.storage.Allocation;
import network.enigma.ethereum.storage.EnigmaStorage;
import network.enigma.ethereum.storage.RealmHot;
import network.enigma.ethereum.storage.RealmOwner;
import network.enigma.protocol.Address;
import network.enigma.protocol.BatchKind;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.Realms;
import network.enigma.protocol.channel.KeyManagerRequest;
import network.enigma.protocol.channel.KeyManagerResponse;
import network.enigma.protocol.channel.TaskInput;
import network.enigma.protocol.channel.TaskResult;
import network.enigma.protocol.channel.WorkerRequest;
import network.enigma.protocol.channel.WorkerResponse;
import network.enigma.protocol.channel.WorkerResponse.Executed;
import network.enigma.protocol.channel.WorkerResponse.Released;
import network.enigma.protocol.channel.WorkerResponse.ReleasedBatch;
import network.enigma.protocol.channel.WorkerResponse.StepOpened;
import network.enigma.protocol.crypto.SigningKey;

/** A realm on the model chain, with what the hosts of its workers keep of it. */
final class TestRealm {
  final Testbed testbed;
  final SigningKey owner;
  final Bytes32 id;
  private final int options;
  private final Map<Address, Allocation> allocations = new HashMap<>();

  RealmHot hot;
  Bytes inputKey = Bytes.empty();
  int attempts;
  boolean asksForThePreviousTenure = true;

  /** The replicated log: the newest snapshot, and sealed deltas since. */
  Optional<Bytes> snapshot = Optional.empty();

  final List<Bytes> deltas = new ArrayList<>();

  TestRealm(Testbed testbed, SigningKey owner, int options) {
    this.testbed = testbed;
    this.owner = owner;
    this.options = options;
    this.id = Realms.realmId(testbed.domain(), owner.address(), testbed.config.hash());
    this.hot = new RealmHot(0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  /** Draws workers 1, 2 and 3 for the next tenure. */
  void draw() {
    hot =
        new RealmHot(
            hot.sequence(),
            hot.lease(),
            hot.headerNumber(),
            hot.worker(),
            hot.tenure(),
            hot.tenureEnd(),
            hot.generation(),
            testbed.chain.tip().number(),
            1);
    testbed.store(id, hot);
    testbed.store(id, new RealmOwner(owner.address(), 1, 2, 3, (int) Testbed.GENERATION, options));
    testbed.mine();
  }

  /** The worker takes a lease of the drawn tenure and announces its key. */
  WorkerResponse.LeaseTaken announce(TestWorker worker) {
    long tenure = hot.tenure() + 1;
    WorkerResponse.LeaseTaken taken = takeLease(worker, tenure);
    inputKey = taken.announcement().orElseThrow().inputKey();
    hot =
        new RealmHot(
            hot.sequence(),
            taken.lease(),
            hot.headerNumber(),
            worker.number,
            (int) tenure,
            testbed.chain.tip().number() + 300,
            (int) Testbed.GENERATION,
            testbed.chain.tip().number(),
            0);
    testbed.store(id, hot);
    testbed.chain.set(
        EnigmaStorage.inputKeyHash(id, tenure), Realms.inputKeyHash(Leases.SUITE, inputKey));
    testbed.mine();
    return taken;
  }

  /** The worker takes a lease of the tenure with grants of all key managers that answer. */
  WorkerResponse.LeaseTaken takeLease(TestWorker worker, long tenure) {
    return takeLease(worker, tenure, Bytes32.zero());
  }

  WorkerResponse.LeaseTaken takeLease(TestWorker worker, long tenure, Bytes32 overdue) {
    return (WorkerResponse.LeaseTaken)
        worker.call(
            new WorkerRequest.TakeLease(
                id,
                grants(worker, tenure, overdue),
                testbed.chain.proofOfEverything(),
                snapshot,
                deltas));
  }

  List<WorkerRequest.Grant> grants(TestWorker worker, long tenure, Bytes32 overdue) {
    WorkerResponse.LeaseRequested requested =
        (WorkerResponse.LeaseRequested)
            worker.call(
                new WorkerRequest.RequestLease(
                    id,
                    tenure,
                    attempts++,
                    tenure > 1 && asksForThePreviousTenure
                        ? Optional.of(Testbed.GENERATION)
                        : Optional.empty()));
    List<WorkerRequest.Grant> grants = new ArrayList<>();
    for (TestKeyManager each : testbed.keyManagers) {
      if (!each.refuses) {
        KeyManagerResponse.LeaseGranted granted =
            (KeyManagerResponse.LeaseGranted)
                each.call(
                    new KeyManagerRequest.GrantLease(
                        requested.request(), overdue, testbed.chain.proofOfEverything()));
        grants.add(
            new WorkerRequest.Grant(
                granted.keyManager(), granted.sealedGrant(), granted.grantSignature()));
      }
    }
    return grants;
  }

  void allocate(Address payer, long amount) {
    store(payer, allocation(payer, amount, 0, 0, 0));
  }

  void charge(Address payer, long amount) {
    store(payer, allocation(payer, 0, amount, 0, 0));
  }

  void revokeSessions(Address payer) {
    store(payer, allocation(payer, 0, 0, 0, 1));
  }

  void leave(Address payer, long amount) {
    store(payer, allocation(payer, 0, 0, amount, 0));
  }

  private Allocation allocation(
      Address payer, long allocated, long charged, long left, long epochs) {
    Allocation before = allocations.getOrDefault(payer, new Allocation(0, 0, 0, 0, 0));
    return new Allocation(
        before.allocated() + allocated,
        before.charged() + charged,
        before.left() + left,
        0,
        before.sessionEpoch() + epochs);
  }

  private void store(Address payer, Allocation allocation) {
    allocations.put(payer, allocation);
    testbed.store(id, payer, allocation);
  }

  Executed execute(TestWorker worker, TestTask... tasks) {
    return (Executed) worker.call(executeRequest(tasks));
  }

  WorkerRequest.Execute executeRequest(TestTask... tasks) {
    List<TaskInput> inputs = new ArrayList<>();
    for (TestTask task : tasks) {
      inputs.add(task.input());
    }
    return new WorkerRequest.Execute(
        id, testbed.chain.tip().number(), Testbed.PAYEE, inputs, testbed.chain.proofOfEverything());
  }

  List<Bytes> acknowledge(Executed executed) {
    List<Bytes> acknowledgements = new ArrayList<>();
    for (TestKeyManager each : testbed.keyManagers) {
      if (!each.refuses) {
        acknowledgements.add(each.acknowledge(executed.anchor()));
      }
    }
    return acknowledgements;
  }

  /** Keeps the delta, anchors the head and takes what it covers. */
  Released anchor(TestWorker worker, Executed executed) {
    deltas.add(executed.sealedDelta());
    return release(worker, executed.endSequence(), acknowledge(executed));
  }

  Released release(TestWorker worker, long endSequence, List<Bytes> acknowledgements) {
    return (Released)
        worker.call(
            new WorkerRequest.Release(
                id, endSequence, acknowledgements, testbed.chain.proofOfEverything()));
  }

  /** Runs tasks through to ANCHORED. */
  ReleasedBatch run(TestWorker worker, TestTask... tasks) {
    return anchor(worker, execute(worker, tasks)).batches().getLast();
  }

  /** Runs one task through to ANCHORED. */
  TaskResult runOne(TestWorker worker, TestTask task) {
    return run(worker, task).results().getFirst();
  }

  ReleasedBatch snapshot(TestWorker worker) {
    Executed executed =
        (Executed)
            worker.call(
                new WorkerRequest.Snapshot(
                    id,
                    testbed.chain.tip().number(),
                    Testbed.PAYEE,
                    testbed.chain.proofOfEverything()));
    Released released = release(worker, executed.endSequence(), acknowledge(executed));
    ReleasedBatch batch = released.batches().getLast();
    commit(batch);
    snapshot = Optional.of(executed.sealedDelta());
    deltas.clear();
    return batch;
  }

  /** The chain commits the batch. */
  void commit(ReleasedBatch released) {
    testbed.settle(this, released.batch(), released.stateHash());
    if (released.batch().kind() == BatchKind.SNAPSHOT) {
      deltas.clear();
    }
  }

  Released confirm(TestWorker worker) {
    return (Released)
        worker.call(new WorkerRequest.ConfirmCommitted(id, testbed.chain.proofOfEverything()));
  }

  /** Opens a committed step once more. */
  StepOpened open(TestWorker worker, Bytes sealed) {
    return (StepOpened) worker.call(new WorkerRequest.OpenStep(id, sealed));
  }

  EnigmaException executeFails(TestWorker worker, TestTask... tasks) {
    return Testbed.failure(() -> execute(worker, tasks));
  }

  /** A task of an account with an allocation, ready to be changed and sealed. */
  TestTask.Builder task(SigningKey sender) {
    return new TestTask.Builder(this, sender);
  }
}
