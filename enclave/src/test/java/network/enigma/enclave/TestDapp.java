package network.enigma.enclave;

import network.enigma.enclave.Testbed.TestWorker;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.CallResult;
import network.enigma.protocol.NetworkConfig;
import network.enigma.protocol.channel.TaskResult;
import network.enigma.protocol.crypto.SigningKey;
import network.enigma.runtime.Runtime;

/** A network with an open realm, one contract in it, and two accounts that may call it. */
final class TestDapp {
  static final long ALLOCATED = 1_000_000_000;

  final SigningKey owner = TestTask.key("owner");
  final SigningKey user = TestTask.key("user");
  final Testbed testbed;
  final TestWorker worker;
  final TestRealm realm;
  final Address contract;

  TestDapp() {
    this(0, NetworkConfig.Parameters.testnet(3));
  }

  TestDapp(int options, NetworkConfig.Parameters parameters) {
    this(options, parameters, new TestRuntime());
  }

  TestDapp(int options, NetworkConfig.Parameters parameters, Runtime runtime) {
    testbed = Testbed.start(parameters, runtime);
    worker = testbed.workers.getFirst();
    realm = testbed.openRealm(owner, options);
    realm.announce(worker);
    realm.allocate(owner.address(), ALLOCATED);
    realm.allocate(user.address(), ALLOCATED);
    testbed.mine();
    TestTask deployment = realm.task(owner).deploy("code", Bytes.empty()).build();
    contract = deployment.order().target();
    realm.commit(realm.run(worker, deployment));
    realm.confirm(worker);
  }

  TestTask.Builder call(Bytes input) {
    return realm.task(user).call(contract, input);
  }

  /** Runs a call through to ANCHORED and opens its result. */
  CallResult ask(Bytes input) {
    TestTask task = call(input).build();
    TaskResult result = realm.runOne(worker, task);
    return task.open(result);
  }
}
