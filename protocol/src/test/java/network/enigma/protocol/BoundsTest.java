package network.enigma.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import network.enigma.protocol.crypto.SealingKeyPair;
import network.enigma.protocol.crypto.Suite;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Illegal values cannot be made. */
final class BoundsTest {
  private static void assertRefused(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(EnigmaException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private static Batch batch(
      BatchKind kind,
      long count,
      List<Charge> charges,
      List<TaskOutcome> outcomes,
      List<CallbackCall> callbacks) {
    return new Batch(
        Bytes32.zero(),
        kind,
        1,
        1,
        1,
        count,
        1,
        Bytes32.zero(),
        Bytes32.zero(),
        Bytes32.zero(),
        charges,
        outcomes,
        callbacks,
        Address.zero());
  }

  @Test
  void aBatchStaysWithinItsBounds() {
    Charge charge = new Charge(Address.zero(), 1);
    TaskOutcome outcome = TaskOutcome.duplicate(Bytes32.zero());
    CallbackCall callback =
        new CallbackCall(Bytes32.zero(), Address.zero(), Address.zero(), 1_000_000, Bytes.empty());
    Batch greatest =
        batch(
            BatchKind.TASKS,
            4_096,
            Collections.nCopies(512, charge),
            Collections.nCopies(256, outcome),
            Collections.nCopies(3, callback));
    assertThat(Batch.decode(greatest.encode())).isEqualTo(greatest);
    ErrorCode malformed = ErrorCode.MALFORMED_MESSAGE;
    assertRefused(
        malformed,
        () -> batch(BatchKind.TASKS, 1, Collections.nCopies(513, charge), List.of(), List.of()));
    assertRefused(
        malformed,
        () -> batch(BatchKind.TASKS, 1, List.of(), Collections.nCopies(257, outcome), List.of()));
    assertRefused(
        malformed,
        () -> batch(BatchKind.TASKS, 1, List.of(), List.of(), Collections.nCopies(4, callback)));
    assertRefused(malformed, () -> batch(BatchKind.TASKS, 0, List.of(), List.of(), List.of()));
    assertRefused(malformed, () -> batch(BatchKind.TASKS, 4_097, List.of(), List.of(), List.of()));
    assertRefused(
        malformed, () -> batch(BatchKind.SNAPSHOT, 1, List.of(charge), List.of(), List.of()));
  }

  @Test
  void aCallbackStaysWithinItsBounds() {
    assertRefused(
        ErrorCode.CALLBACK_NOT_ALLOWED,
        () ->
            new CallbackCall(
                Bytes32.zero(), Address.zero(), Address.zero(), 1_000_001, Bytes.empty()));
    assertRefused(
        ErrorCode.CALLBACK_NOT_ALLOWED,
        () ->
            new CallbackCall(
                Bytes32.zero(), Address.zero(), Address.zero(), 1, Bytes.of(new byte[4_097])));
  }

  @Test
  void aCallableInputStaysWithinItsBounds() {
    Bytes selector = Bytes.of(new byte[] {1, 2, 3, 4});
    for (long gas : new long[] {0, -1, 1_000_001, 1L << 32}) {
      assertRefused(ErrorCode.MALFORMED_INPUT, () -> new CallableInput.Callback(selector, gas));
    }
    assertRefused(
        ErrorCode.MALFORMED_INPUT, () -> new CallableInput.Callback(selector.slice(0, 3), 1));
    assertRefused(
        ErrorCode.MALFORMED_INPUT,
        () ->
            new CallableInput(
                Optional.of(new CallableInput.Callback(selector, 1)), selector.slice(0, 3)));
    for (byte[] malformed :
        new byte[][] {
          new byte[0],
          new byte[7],
          {1, 2, 3, 4, 0, 0, 0, 0, 9, 9, 9, 9},
          {1, 2, 3, 4, 0, 0, 0, 1, 9, 9, 9},
          {1, 2, 3, 4, -1, -1, -1, -1, 9, 9, 9, 9}
        }) {
      assertRefused(ErrorCode.MALFORMED_INPUT, () -> CallableInput.decode(malformed));
    }
  }

  @Test
  void onlyARefusedTaskHasACode() {
    assertRefused(
        ErrorCode.MALFORMED_MESSAGE, () -> new TaskOutcome(Bytes32.zero(), Outcome.EXECUTED, 1, 0));
    assertRefused(
        ErrorCode.MALFORMED_MESSAGE, () -> new TaskOutcome(Bytes32.zero(), Outcome.REFUSED, 0, 0));
  }

  @Test
  void anInputBeyondOneMebibyteIsTooLarge() {
    SealingKeyPair key = SealingKeyPair.generate(Suite.X25519);
    Envelope.Context context =
        new Envelope.Context(
            Bytes32.zero(),
            Address.zero(),
            TaskKind.CALL,
            Address.zero(),
            Bytes32.zero(),
            Bytes32.zero());
    for (int length : new int[] {Envelope.MAXIMUM_DIRECT, Envelope.MAXIMUM_DIRECT + 1}) {
      assertRefused(
          ErrorCode.INPUT_TOO_LARGE,
          () ->
              Envelope.seal(
                  Suite.X25519, key.publicKey(), Bytes32.zero(), 1, 1, context, new byte[length]));
    }
    assertRefused(
        ErrorCode.INPUT_TOO_LARGE,
        () -> Envelope.decode(Bytes.of(new byte[Envelope.MAXIMUM_DIRECT + 1])));
  }

  @Test
  void anEnvelopeForAnotherSuiteThanTheKeysIsRefused() {
    Envelope.SealedInput sealed =
        new Envelope.SealedInput(
            Suite.X25519, 1, 1, Bytes.of(new byte[32]), Bytes.of(new byte[16]));
    assertRefused(
        ErrorCode.UNSUPPORTED_SUITE,
        () ->
            sealed.open(
                SealingKeyPair.generate(Suite.X_WING),
                Bytes32.zero(),
                new Envelope.Context(
                    Bytes32.zero(),
                    Address.zero(),
                    TaskKind.CALL,
                    Address.zero(),
                    Bytes32.zero(),
                    Bytes32.zero())));
  }

  private static NetworkConfig config(
      NetworkConfig.Mode mode,
      NetworkConfig.HeaderSource source,
      NetworkConfig.FinalityRule rule,
      long depth,
      NetworkConfig.Parameters parameters) {
    return new NetworkConfig(
        mode,
        source,
        rule,
        depth,
        1,
        Bytes32.zero(),
        Bytes32.zero(),
        Address.zero(),
        Bytes32.zero(),
        parameters);
  }

  @Test
  void hardwareNeedsTheLightClientAndBackups() {
    NetworkConfig.Parameters real = NetworkConfig.Parameters.mainnet();
    config(
        NetworkConfig.Mode.HARDWARE,
        NetworkConfig.HeaderSource.LIGHT_CLIENT,
        NetworkConfig.FinalityRule.FINALIZED,
        0,
        real);
    assertRefused(
        ErrorCode.INVALID_CONFIGURATION,
        () ->
            config(
                NetworkConfig.Mode.HARDWARE,
                NetworkConfig.HeaderSource.NODE,
                NetworkConfig.FinalityRule.FINALIZED,
                0,
                real));
    assertRefused(
        ErrorCode.INVALID_CONFIGURATION,
        () ->
            config(
                NetworkConfig.Mode.HARDWARE,
                NetworkConfig.HeaderSource.LIGHT_CLIENT,
                NetworkConfig.FinalityRule.FINALIZED,
                0,
                NetworkConfig.Parameters.testnet(1)));
  }

  @Test
  void finalityRulesGoWithTheirHeaderSource() {
    NetworkConfig.Parameters parameters = NetworkConfig.Parameters.testnet(3);
    for (NetworkConfig.FinalityRule rule :
        List.of(NetworkConfig.FinalityRule.LATEST_K, NetworkConfig.FinalityRule.SAFE)) {
      assertRefused(
          ErrorCode.INVALID_CONFIGURATION,
          () ->
              config(
                  NetworkConfig.Mode.SIMULATION,
                  NetworkConfig.HeaderSource.LIGHT_CLIENT,
                  rule,
                  0,
                  parameters));
    }
    assertRefused(
        ErrorCode.INVALID_CONFIGURATION,
        () ->
            config(
                NetworkConfig.Mode.SIMULATION,
                NetworkConfig.HeaderSource.NODE,
                NetworkConfig.FinalityRule.SIGNED_K,
                0,
                parameters));
    assertRefused(
        ErrorCode.INVALID_CONFIGURATION,
        () ->
            config(
                NetworkConfig.Mode.SIMULATION,
                NetworkConfig.HeaderSource.NODE,
                NetworkConfig.FinalityRule.SAFE,
                1,
                parameters));
  }

  @Test
  void leaseNumbersHaveRoomForTheirPartsOnly() {
    assertRefused(ErrorCode.MALFORMED_MESSAGE, () -> LeaseNumber.of(1L << 32, 0));
    assertRefused(ErrorCode.MALFORMED_MESSAGE, () -> LeaseNumber.of(1, 65_536));
    assertRefused(ErrorCode.MALFORMED_MESSAGE, () -> LeaseNumber.of(-1, 0));
  }

  @Test
  void aDrawWithoutSeatsSaysSo() {
    assertRefused(
        ErrorCode.NO_WORKERS, () -> Draw.ranks(Bytes32.zero(), Bytes32.zero(), 1, 0, seat -> 1));
  }

  @Test
  void seatsWithoutAnEligibleWorkerAreSkipped() {
    assertThat(Draw.ranks(Bytes32.zero(), Bytes32.zero(), 1, 100, seat -> 0)).isEmpty();
    assertThat(Draw.ranks(Bytes32.zero(), Bytes32.zero(), 1, 100, seat -> seat % 2 * 7))
        .containsExactly(7L);
  }

  @Test
  void aReaderRefusesWhatIsTooLongTooShortOrLeftOver() {
    byte[] message = new WireWriter().bytes(new byte[10]).uint8(1).toByteArray();
    assertRefused(ErrorCode.MALFORMED_MESSAGE, () -> new WireReader(message).bytes(9));
    assertRefused(ErrorCode.MALFORMED_MESSAGE, () -> new WireReader(message).end());
    assertRefused(
        ErrorCode.MALFORMED_MESSAGE, () -> new WireReader(Arrays.copyOf(message, 13)).byteArray());
    byte[] huge = new WireWriter().uint32(0xffffffffL).toByteArray();
    assertRefused(ErrorCode.MALFORMED_MESSAGE, () -> new WireReader(huge).byteArray());
    assertRefused(
        ErrorCode.MALFORMED_MESSAGE, () -> new WireReader(huge).list(100, WireReader::uint8));
    assertRefused(
        ErrorCode.MALFORMED_MESSAGE,
        () -> new WireReader(huge).list(Integer.MAX_VALUE, WireReader::uint8));
    assertRefused(ErrorCode.MALFORMED_MESSAGE, () -> new WireReader(new byte[] {2}).bool());
  }

  @Test
  void everyErrorIsExplainedAndFoundByNumberAndName() {
    for (ErrorCode code : ErrorCode.values()) {
      assertThat(code.explanation()).endsWith(".");
      assertThat(code.remedy()).isNotBlank();
      assertThat(code.number()).isBetween(1, 65_535);
      assertThat(ErrorCode.fromNumber(code.number())).hasValue(code);
      assertThat(ErrorCode.fromName(code.name().toLowerCase(java.util.Locale.ROOT))).hasValue(code);
      assertThat(ErrorCode.fromName(code.name().replace("_", ""))).hasValue(code);
    }
    assertThat(ErrorCode.fromNumber(0)).isEmpty();
    assertThat(ErrorCode.fromName("NO_SUCH_ERROR")).isEmpty();
    assertThat(ErrorCode.fromName("WrongTenure")).hasValue(ErrorCode.WRONG_TENURE);
  }

  @Test
  void resultsOpenForTheirTaskOnly() {
    SealingKeyPair key = SealingKeyPair.generate(Suite.X25519);
    Envelope.Context context =
        new Envelope.Context(
            Bytes32.zero(),
            Address.zero(),
            TaskKind.CALL,
            Address.zero(),
            Bytes32.zero(),
            Bytes32.zero());
    ResponseKey responseKey =
        Envelope.seal(Suite.X25519, key.publicKey(), Bytes32.zero(), 1, 1, context, new byte[3])
            .responseKey();
    Bytes32 taskId = Keccak.hashText("task");
    Bytes sealed = SealedResult.seal(responseKey, taskId, new byte[] {1, 2});
    assertThat(SealedResult.seal(responseKey, taskId, new byte[] {1, 2})).isNotEqualTo(sealed);
    assertRefused(
        ErrorCode.RESULT_UNREADABLE,
        () -> SealedResult.open(responseKey, Keccak.hashText("other"), sealed));
    assertRefused(
        ErrorCode.RESULT_UNREADABLE, () -> SealedResult.open(responseKey, taskId, Bytes.empty()));
    assertRefused(
        ErrorCode.RESULT_UNREADABLE,
        () -> SealedResult.open(responseKey, taskId, sealed.slice(0, sealed.length() - 1)));
    assertThat(ResponseKey.decode(responseKey.encode())).isEqualTo(responseKey);
  }
}
