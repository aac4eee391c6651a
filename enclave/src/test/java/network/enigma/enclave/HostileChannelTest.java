package network.enigma.enclave;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.channel.SharedRequest;
import network.enigma.protocol.channel.SharedResponse;
import network.enigma.protocol.channel.WorkerRequest;
import network.enigma.protocol.channel.WorkerResponse;

/**
 * Whatever bytes a host sends, it gets a typed answer and the enclave goes on as before (rule T1).
 */
class HostileChannelTest {
  private static final TestDapp DAPP = new TestDapp();

  private static void assertTyped(byte[] message) {
    WorkerResponse response = WorkerResponse.decode(DAPP.worker.handle(message));
    if (response instanceof SharedResponse.Failure failure) {
      assertThat(failure.code()).isNotEqualTo(ErrorCode.INTERNAL);
    }
  }

  @Property(tries = 2_000)
  void arbitraryBytesAreAnswered(@ForAll @Size(max = 600) byte[] message) {
    assertTyped(message);
  }

  @Property(tries = 2_000)
  void arbitraryBytesBehindAKnownKindAreAnswered(
      @ForAll @IntRange(min = 0, max = 110) int kind, @ForAll @Size(max = 600) byte[] body) {
    byte[] message = new byte[body.length + 1];
    message[0] = (byte) kind;
    System.arraycopy(body, 0, message, 1, body.length);
    assertTyped(message);
  }

  /** One request of every kind that changes nothing when it is right, or is refused. */
  private static List<byte[]> requests() {
    TestTask task = DAPP.call(TestRuntime.sender()).build();
    Bytes proof = DAPP.testbed.chain.proofOfEverything();
    return List.of(
        new SharedRequest.Configure(DAPP.testbed.config, Bytes.empty()).encode(),
        new SharedRequest.AdvanceHeaders(DAPP.testbed.chain.headersAfter(0)).encode(),
        new WorkerRequest.RequestLease(DAPP.realm.id, 1, 7, Optional.of(1L)).encode(),
        new WorkerRequest.TakeLease(
                DAPP.realm.id,
                List.of(
                    new WorkerRequest.Grant(
                        DAPP.worker.address,
                        task.input().envelope(),
                        DAPP.user.sign(Bytes32.zero()))),
                proof,
                Optional.empty(),
                DAPP.realm.deltas)
            .encode(),
        new WorkerRequest.Accept(task.input(), proof).encode(),
        new WorkerRequest.Release(DAPP.realm.id, 2, List.of(proof), proof).encode(),
        new WorkerRequest.ConfirmCommitted(DAPP.realm.id, proof).encode());
  }

  @Property(tries = 3_000)
  void aRightRequestWithAByteChangedIsAnswered(
      @ForAll @IntRange(min = 0, max = 6) int which,
      @ForAll int position,
      @ForAll byte value,
      @ForAll boolean cut) {
    byte[] right = requests().get(which);
    int at = Math.floorMod(position, right.length);
    byte[] message = cut ? java.util.Arrays.copyOf(right, at) : right.clone();
    if (!cut) {
      message[at] = value;
    }
    assertTyped(message);
  }

  @Property(tries = 20)
  void afterAllThatTheEnclaveStillWorks(@ForAll @Size(max = 300) byte[] message) {
    DAPP.worker.handle(message);
    assertThat(DAPP.ask(TestRuntime.sender()).output()).isEqualTo(DAPP.user.address().bytes());
  }
}
