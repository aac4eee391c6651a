package network.enigma.runtime.evm;

import static network.enigma.runtime.evm.TestRealm.CONTRACT;
import static network.enigma.runtime.evm.TestRealm.GAS;
import static network.enigma.runtime.evm.TestRealm.OTHER;
import static network.enigma.runtime.evm.TestRealm.USER;
import static network.enigma.runtime.evm.TestRealm.word;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.CallResult;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.author.CallTrace;
import network.enigma.protocol.author.TraceEvent;
import network.enigma.protocol.author.TraceEvent.CallKind;
import network.enigma.runtime.ExecutionResult;
import network.enigma.runtime.Observation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is noted of a call. */
class ObservationTest {
  private static final Address CONSOLE =
      Address.fromHex("0x000000000000000000636f6e736f6c652e6c6f67");
  private static final Address IDENTITY =
      Address.fromHex("0x0000000000000000000000000000000000000004");

  private final TestRealm realm = new TestRealm();

  private Observation observe(Bytes input) {
    Observation observation = Observation.ofEverything(Simulation.NETWORK);
    ExecutionResult observed = realm.observe(CONTRACT, input, observation);
    ExecutionResult plain = realm.call(CONTRACT, input);
    assertThat(observed).isEqualTo(plain);
    return observation;
  }

  /** Without the gas, which is checked elsewhere. */
  private static List<TraceEvent> withoutGas(CallTrace trace) {
    List<TraceEvent> events = new ArrayList<>();
    for (TraceEvent event : trace.events()) {
      events.add(
          switch (event) {
            case TraceEvent.Called called ->
                new TraceEvent.Called(called.kind(), called.from(), called.to(), called.input(), 0);
            case TraceEvent.Ended ended -> new TraceEvent.Ended(ended.failure(), ended.output(), 0);
            default -> event;
          });
    }
    return events;
  }

  private static TraceEvent called(CallKind kind, Address from, Address to, Bytes input) {
    return new TraceEvent.Called(kind, from, to, input, 0);
  }

  private static TraceEvent ended(Bytes output) {
    return new TraceEvent.Ended(Optional.empty(), output, 0);
  }

  private static Bytes32 number(long number) {
    return Bytes32.ofUnsigned(number);
  }

  /** Writes 7 to slot 3, then reverts with a word. */
  private static Assembler writingAndReverting() {
    return new Assembler().push(7).push(3).op(Op.SSTORE).push(42).store(0).revert(32);
  }

  @Test
  void aTraceTellsCallsStorageEventsAndReverts() {
    realm.with(OTHER, writingAndReverting());
    realm.with(
        CONTRACT,
        new Assembler()
            .push(5)
            .push(1)
            .op(Op.SSTORE)
            .push(1)
            .op(Op.SLOAD)
            .store(0)
            .call(OTHER, 32, 0)
            .op(Op.POP)
            .push(0xabc)
            .push(40)
            .push(0)
            .op(Op.LOG0 + 1)
            .giveBack(32));

    CallTrace trace = observe(word(9)).trace();

    assertThat(trace.complete()).isTrue();
    assertThat(withoutGas(trace))
        .containsExactly(
            called(CallKind.CALL, USER, CONTRACT, word(9)),
            new TraceEvent.SlotWritten(CONTRACT, number(1), Bytes32.zero(), number(5)),
            new TraceEvent.SlotRead(CONTRACT, number(1), number(5)),
            called(CallKind.CALL, CONTRACT, OTHER, word(5)),
            new TraceEvent.SlotWritten(OTHER, number(3), Bytes32.zero(), number(7)),
            new TraceEvent.Ended(Optional.of(ErrorCode.EXECUTION_REVERTED), word(42), 0),
            new TraceEvent.Logged(
                CONTRACT, List.of(number(0xabc)), Bytes.concat(word(5), Bytes.of(new byte[8]))),
            ended(word(5)));
  }

  @Test
  void gasOfCallsIsWhatTheyUsed() {
    realm.with(OTHER, new Assembler().push(7).push(3).op(Op.SSTORE));
    realm.with(CONTRACT, new Assembler().call(OTHER, 0, 0));
    long used = realm.peek(CONTRACT, GAS).gasUsed();

    List<TraceEvent> events = observe(Bytes.empty()).trace().events();

    TraceEvent.Called outer = (TraceEvent.Called) events.getFirst();
    TraceEvent.Ended inner = (TraceEvent.Ended) events.get(3);
    TraceEvent.Ended last = (TraceEvent.Ended) events.get(4);
    assertThat(outer.gas()).isEqualTo(GAS);
    assertThat(inner.gasUsed()).isEqualTo(3 + 3 + 22_100);
    assertThat(last.gasUsed()).isEqualTo(used);
  }

  @Test
  void whatIsBuiltInAndWhatIsNotThereShowToo() {
    Address nobody = Address.fromHex("0x00000000000000000000000000000000000b0b00");
    realm.with(
        CONTRACT,
        new Assembler()
            .push(77)
            .store(0)
            .staticCall(IDENTITY, 32, 0)
            .call(nobody, 0, 0)
            .op(Op.STOP));

    assertThat(withoutGas(observe(Bytes.empty()).trace()))
        .containsExactly(
            called(CallKind.CALL, USER, CONTRACT, Bytes.empty()),
            called(CallKind.STATIC_CALL, CONTRACT, IDENTITY, word(77)),
            ended(word(77)),
            called(CallKind.CALL, CONTRACT, nobody, Bytes.empty()),
            ended(Bytes.empty()),
            ended(Bytes.empty()));
  }

  @Test
  void aCallThatFailsOrIsStoppedEndsWithItsReason() {
    realm.with(OTHER, new Assembler().op(Op.POP));
    realm.with(CONTRACT, new Assembler().call(OTHER, 0, 0).push(1).push(1L << 40).op(Op.MSTORE));

    assertThat(withoutGas(observe(Bytes.empty()).trace()))
        .containsExactly(
            called(CallKind.CALL, USER, CONTRACT, Bytes.empty()),
            called(CallKind.CALL, CONTRACT, OTHER, Bytes.empty()),
            new TraceEvent.Ended(Optional.of(ErrorCode.INVALID_INSTRUCTION), Bytes.empty(), 0),
            new TraceEvent.Ended(Optional.of(ErrorCode.OUT_OF_GAS), Bytes.empty(), 0));
  }

  @Test
  void anExecutionThatIsStoppedAsAWholeClosesEveryCall() {
    realm.limits =
        new network.enigma.runtime.Limits(realm.sizeInBytes() + 400, 64 << 20, 64 << 10, 4, 0, 0);
    realm.with(OTHER, writingManySlots());
    realm.with(CONTRACT, new Assembler().call(OTHER, 0, 0));
    realm.limits =
        new network.enigma.runtime.Limits(realm.sizeInBytes() + 100, 64 << 20, 64 << 10, 4, 0, 0);

    List<TraceEvent> events = observe(Bytes.empty()).trace().events();

    assertThat(events.subList(events.size() - 2, events.size()))
        .allSatisfy(event ->
            assertThat(((TraceEvent.Ended) event).failure()).contains(ErrorCode.STATE_TOO_LARGE));
  }

  private static Assembler writingManySlots() {
    Assembler code = new Assembler();
    for (int slot = 0; slot < 3; slot++) {
      code.push(1).push(slot).op(Op.SSTORE);
    }
    return code;
  }

  /** Logs a word to the console in a loop of the given length. */
  private static Assembler talking(int lines) {
    return new Assembler()
        .push(lines)
        .label("again")
        .op(Op.DUP1)
        .store(0)
        .staticCall(CONSOLE, 32, 0)
        .op(Op.POP)
        .push(1)
        .op(Op.SWAP1, Op.SUB, Op.DUP1)
        .jumpIf("again")
        .op(Op.STOP);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void consoleLinesAreNotedWithoutATraceAndOfCompiledCode(boolean compiled) {
    TestRealm talkative = new TestRealm(compiled ? Compilation.ofAllCode() : Compilation.none());
    talkative.with(CONTRACT, talking(3));
    Observation console = Observation.ofConsole(Simulation.NETWORK);

    ExecutionResult observed = talkative.observe(CONTRACT, Bytes.empty(), console);

    assertThat(console.console()).containsExactly(word(3), word(2), word(1));
    assertThat(console.trace().events()).hasSize(3);
    assertThat(observed).isEqualTo(talkative.call(CONTRACT));
  }

  @Test
  void theConsoleIsBounded() {
    realm.with(CONTRACT, talking(1_000));
    Observation console = Observation.ofConsole(Simulation.NETWORK);

    realm.observe(CONTRACT, Bytes.empty(), console);

    assertThat(console.console()).hasSize(CallResult.MAXIMUM_LINES);
  }

  @Test
  void aTraceIsBounded() {
    realm.with(CONTRACT, new Assembler().label("again").push(1).op(Op.SLOAD, Op.POP).jump("again"));

    CallTrace trace = observe(Bytes.empty()).trace();

    assertThat(trace.complete()).isFalse();
    assertThat(trace.events().size() * 85).isBetween(200 << 10, CallTrace.MAXIMUM_BYTES);
  }

  @Test
  void storageIsReadBySlot() {
    realm.with(CONTRACT, new Assembler().push(7).push(3).op(Op.SSTORE));
    realm.call(CONTRACT);

    assertThat(
            new EvmRuntime()
                .storage(realm, CONTRACT, List.of(number(3), number(4)), Simulation.NETWORK))
        .containsExactly(number(7), Bytes32.zero());
  }
}
