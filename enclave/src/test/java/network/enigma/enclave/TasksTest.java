package network.enigma.enclave;

import static org.assertj.core.api.Assertions.assertThat;

import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Outcome;
import network.enigma.protocol.channel.TaskResult;
import network.enigma.protocol.crypto.SigningKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TasksTest {
  private final SigningKey owner = TestTask.key("owner");
  private final Testbed testbed = Testbed.start();
  private final Testbed.TestWorker worker = testbed.workers.getFirst();
  private TestRealm realm;
  private Address contract;

  @BeforeEach
  void deploy() {
    realm = testbed.openRealm(owner);
    realm.announce(worker);
    realm.allocate(owner.address(), 1_000_000_000);
    testbed.mine();
    TestTask deployment = realm.task(owner).deploy("code", Bytes.empty()).build();
    TaskResult result = realm.runOne(worker, deployment);
    assertThat(deployment.open(result).failure()).isEmpty();
    contract = deployment.order().target();
  }

  @Test
  void aCallChangesTheStateAndOnlyItsSenderReadsTheResult() {
    realm.run(worker, realm.task(owner).call(contract, TestRuntime.set("name", "Ada")).build());
    TestTask question = realm.task(owner).call(contract, TestRuntime.get("name")).build();
    TaskResult answer = realm.runOne(worker, question);
    assertThat(answer.receipt().outcome()).isEqualTo(Outcome.EXECUTED);
    assertThat(question.open(answer).output()).isEqualTo(Bytes.ofText("Ada"));
    assertThat(answer.result().hex()).doesNotContain(Bytes.ofText("Ada").hex().substring(2));
  }
}
