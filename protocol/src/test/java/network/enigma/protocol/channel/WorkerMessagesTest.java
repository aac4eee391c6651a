package network.enigma.protocol.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import network.enigma.protocol.Address;
import network.enigma.protocol.Batch;
import network.enigma.protocol.BatchKind;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.CallbackCall;
import network.enigma.protocol.Charge;
import network.enigma.protocol.DeployData;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.Outcome;
import network.enigma.protocol.Query;
import network.enigma.protocol.Receipt;
import network.enigma.protocol.SessionKey;
import network.enigma.protocol.TaskKind;
import network.enigma.protocol.TaskOrder;
import network.enigma.protocol.TaskOutcome;
import network.enigma.protocol.crypto.SecretBytes;
import network.enigma.protocol.crypto.Signature;
import network.enigma.protocol.crypto.SigningKey;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What hosts and worker enclaves say to each other arrives as it was sent, and nothing else does
 * (rule T1).
 */
class WorkerMessagesTest {
  private static final Bytes32 REALM = Keccak.hashText("realm");
  private static final Bytes32 HASH = Keccak.hashText("hash");
  private static final Bytes SOME = Bytes.ofText("some bytes");
  private static final SigningKey KEY =
      SigningKey.of(SecretBytes.of(Keccak.hashText("key").toByteArray()));
  private static final Address ACCOUNT = KEY.address();
  private static final Signature SIGNATURE = KEY.sign(HASH);

  private static TaskInput task(
      TaskInput.Authorization authorization, Optional<DeployData> deploy) {
    return new TaskInput(
        new TaskOrder(ACCOUNT, REALM, ACCOUNT, TaskKind.CALL, HASH, HASH, -1, 2, 3, HASH),
        authorization,
        SOME,
        deploy);
  }

  private static Batch batch() {
    return new Batch(
        REALM,
        BatchKind.TASKS,
        1,
        2,
        3,
        4,
        5,
        HASH,
        HASH,
        HASH,
        List.of(new Charge(ACCOUNT, 6)),
        List.of(TaskOutcome.refused(HASH, ErrorCode.WRONG_TENURE, 7)),
        List.of(new CallbackCall(HASH, ACCOUNT, ACCOUNT, 8, SOME)),
        ACCOUNT);
  }

  private static TaskResult result() {
    return new TaskResult(
        ACCOUNT,
        new Receipt(HASH, 1, Outcome.REFUSED, 2, HASH, HASH),
        Optional.of(ErrorCode.DECRYPTION_FAILED),
        SOME);
  }

  private static WorkerResponse.ReleasedBatch released() {
    return new WorkerResponse.ReleasedBatch(batch(), HASH, SIGNATURE, List.of(result()), true);
  }

  static Stream<WorkerRequest> requests() {
    TaskInput signed = task(new TaskInput.Signed(SIGNATURE), Optional.empty());
    TaskInput posted =
        task(new TaskInput.Posted(), Optional.of(new DeployData(SOME, 3, ACCOUNT, 4)));
    TaskInput session =
        task(
            new TaskInput.BySession(
                new SessionKey(ACCOUNT, ACCOUNT, REALM, 1, 2, 3), SIGNATURE, SIGNATURE),
            Optional.empty());
    return Stream.of(
        new WorkerRequest.RequestLease(REALM, 1, 65_535, Optional.of(9L)),
        new WorkerRequest.TakeLease(
            REALM,
            List.of(new WorkerRequest.Grant(ACCOUNT, SOME, SIGNATURE)),
            SOME,
            Optional.of(SOME),
            List.of(SOME, Bytes.empty())),
        new WorkerRequest.Accept(session, SOME),
        new WorkerRequest.Execute(REALM, 7, ACCOUNT, List.of(signed, posted, session), SOME),
        new WorkerRequest.Execute(REALM, 7, ACCOUNT, List.of(signed), SOME, List.of(SOME, SOME)),
        new WorkerRequest.Snapshot(REALM, 7, ACCOUNT, SOME),
        new WorkerRequest.Release(REALM, 7, List.of(SOME), SOME),
        new WorkerRequest.ConfirmCommitted(REALM, SOME),
        new WorkerRequest.AnswerQuery(new Query(REALM, ACCOUNT, ACCOUNT, HASH, SOME), SOME),
        new WorkerRequest.HoldDelta(
            REALM,
            1,
            2,
            ACCOUNT,
            List.of(SIGNATURE),
            Optional.of(new WorkerRequest.Start(3, HASH)),
            List.of(new WorkerRequest.SealedBatch(batch(), SOME)),
            SOME),
        new WorkerRequest.DropRealm(REALM),
        new WorkerRequest.OpenStep(REALM, SOME));
  }

  static Stream<WorkerResponse> responses() {
    WorkerResponse.Rejected rejected =
        new WorkerResponse.Rejected(HASH, ErrorCode.USED_SALT, "used");
    return Stream.of(
        new WorkerResponse.Done(),
        new WorkerResponse.LeaseRequested(1, SOME),
        new WorkerResponse.LeaseTaken(
            1,
            2,
            4,
            3,
            HASH,
            SOME,
            Optional.of(new WorkerResponse.Announcement(0x647a, SOME, SIGNATURE)),
            List.of(SIGNATURE),
            List.of(released()),
            Optional.of(SOME),
            true),
        new WorkerResponse.Accepted(HASH, 1, HASH, SIGNATURE),
        new WorkerResponse.Executed(1, List.of(rejected), 2, 3, HASH, SOME, SIGNATURE, SOME),
        new WorkerResponse.AllRejected(List.of(rejected)),
        new WorkerResponse.Released(List.of(released()), List.of(result())),
        new WorkerResponse.StepOpened(HASH, List.of(result())),
        new WorkerResponse.Held(1, 2, HASH, SIGNATURE),
        new WorkerResponse.Answered(SOME, 1, HASH));
  }

  @ParameterizedTest
  @MethodSource("requests")
  void aRequestArrivesAsItWasSent(WorkerRequest request) {
    byte[] message = request.encode();
    assertThat(WorkerRequest.decode(message)).isEqualTo(request);
    assertRefused(() -> WorkerRequest.decode(Arrays.copyOf(message, message.length + 1)));
    assertRefused(() -> WorkerRequest.decode(Arrays.copyOf(message, message.length - 1)));
  }

  @ParameterizedTest
  @MethodSource("responses")
  void aResponseArrivesAsItWasSent(WorkerResponse response) {
    byte[] message = response.encode();
    assertThat(WorkerResponse.decode(message)).isEqualTo(response);
    assertRefused(() -> WorkerResponse.decode(Arrays.copyOf(message, message.length + 1)));
    assertRefused(() -> WorkerResponse.decode(Arrays.copyOf(message, message.length - 1)));
  }

  private static void assertRefused(Runnable decoding) {
    assertThatThrownBy(decoding::run)
        .isInstanceOfSatisfying(
            EnigmaException.class,
            e -> assertThat(e.code()).isIn(ErrorCode.MALFORMED_MESSAGE, ErrorCode.UNKNOWN_REQUEST));
  }
}
