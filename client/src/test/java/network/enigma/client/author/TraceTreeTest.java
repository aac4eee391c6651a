package network.enigma.client.author;

import static org.assertj.core.api.Assertions.assertThat;

import com.esaulpaugh.headlong.abi.Function;
import com.esaulpaugh.headlong.abi.Tuple;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import network.enigma.client.abi.ContractAbi;
import network.enigma.client.store.ContractRecord;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.author.CallTrace;
import network.enigma.protocol.author.TraceEvent;
import network.enigma.protocol.author.TraceEvent.CallKind;
import org.junit.jupiter.api.Test;

class TraceTreeTest {
  private static final Address USER = Address.fromHex("0x70997970c51812dc3a010c7d01b50e0d17dc79c8");
  private static final Address BOX = Address.fromHex("0x00000000000000000000000000000000000000b0");
  private static final Address OTHER =
      Address.fromHex("0x00000000000000000000000000000000000000b1");
  private static final Address RANDOM =
      Address.fromHex("0x000000000000000000000000456e69676d610001");
  private static final String ABI =
      """
      [{"type":"function","name":"store","inputs":[{"name":"n","type":"uint256"}],
        "outputs":[{"type":"bool"}],"stateMutability":"nonpayable"},
       {"type":"error","name":"TooLarge","inputs":[{"name":"most","type":"uint256"}]},
       {"type":"event","name":"Stored","anonymous":false,"inputs":[
         {"name":"by","type":"address","indexed":true},{"name":"n","type":"uint256"}]}]
      """;
  private static final String LAYOUT =
      """
      {"storage":[{"label":"value","slot":"3","offset":0,"type":"t_uint256"}],
       "types":{"t_uint256":{"encoding":"inplace","label":"uint256","numberOfBytes":"32"}}}
      """;
  private static final List<ContractRecord> KNOWN =
      List.of(new ContractRecord("Box", BOX, Bytes32.zero(), ABI, LAYOUT, 1));

  private static Bytes store(long number) {
    return ContractAbi.parse(ABI).encodeCall("store", List.of(number)).input();
  }

  private static Bytes error(long most) {
    return Bytes.of(
        new Function("TooLarge(uint256)").encodeCall(Tuple.from(BigInteger.valueOf(most))).array());
  }

  private static Bytes32 word(long number) {
    return Bytes32.ofUnsigned(number);
  }

  private static List<String> lines(boolean complete, TraceEvent... events) {
    return TraceTree.lines(TraceTree.of(new CallTrace(List.of(events), complete), KNOWN));
  }

  @Test
  void knownContractsShowByTheirNames() {
    Bytes32 topic = Keccak.hashText("Stored(address,uint256)");
    Bytes32 who = Bytes32.of(USER.toBigInteger());
    assertThat(
            lines(
                true,
                new TraceEvent.Called(CallKind.CALL, USER, BOX, store(42), 100_000),
                new TraceEvent.SlotRead(BOX, word(3), word(7)),
                new TraceEvent.SlotWritten(BOX, word(3), word(7), word(42)),
                new TraceEvent.SlotRead(BOX, word(4), Keccak.hashText("x")),
                new TraceEvent.Called(CallKind.STATIC_CALL, BOX, RANDOM, word(32).bytes(), 900),
                new TraceEvent.Ended(Optional.empty(), word(5).bytes(), 212),
                new TraceEvent.ConsoleLine(
                    BOX,
                    Bytes.of(new Function("log(string)").encodeCall(Tuple.from("hi")).array())),
                new TraceEvent.Logged(BOX, List.of(topic, who), word(42).bytes()),
                new TraceEvent.Ended(Optional.empty(), word(1).bytes(), 45_678)))
        .containsExactly(
            "Box.store(42)  → true  (45,678 gas)",
            "├ read     value: 7",
            "├ write    value: 7 → 42",
            "├ read     slot 4: " + Keccak.hashText("x").hex(),
            "├ Secret.randomBytes(" + word(32).hex() + ")  → " + word(5).hex() + "  (212 gas)",
            "├ console  hi",
            "└ event    Stored(by: " + USER.checksummed() + ", n: 42)");
  }

  @Test
  void anErrorThatIsPassedOnIsNamedInBothCalls() {
    assertThat(
            lines(
                true,
                new TraceEvent.Called(CallKind.CALL, USER, OTHER, Bytes.fromHex("0x01020304"), 9),
                new TraceEvent.Called(CallKind.DELEGATE_CALL, OTHER, BOX, store(42), 8),
                new TraceEvent.Ended(Optional.of(ErrorCode.EXECUTION_REVERTED), error(40), 3),
                new TraceEvent.Ended(Optional.of(ErrorCode.EXECUTION_REVERTED), error(40), 5)))
        .containsExactly(
            OTHER.checksummed() + ".(0x01020304)  ✗ reverted: TooLarge(most: 40)  (5 gas)",
            "└ Box.store(42) delegated  ✗ reverted: TooLarge(most: 40)  (3 gas)");
  }

  @Test
  void aTraceThatWasCutOffSaysSo() {
    assertThat(
            lines(
                false,
                new TraceEvent.Called(CallKind.CALL, USER, BOX, store(1), 9),
                new TraceEvent.Called(CallKind.CREATE, BOX, OTHER, Bytes.empty(), 8)))
        .containsExactly(
            "Box.store(1)",
            "├ new " + OTHER.checksummed(),
            "│ └ … the rest is left out: the trace is too long",
            "└ … the rest is left out: the trace is too long");
  }

  @Test
  void programsGetTheSameAsFields() {
    TraceTree.Step root =
        TraceTree.of(
            new CallTrace(
                List.of(
                    new TraceEvent.Called(CallKind.CALL, USER, BOX, store(42), 100_000),
                    new TraceEvent.SlotWritten(BOX, word(3), word(7), word(42)),
                    new TraceEvent.Ended(Optional.of(ErrorCode.OUT_OF_GAS), Bytes.empty(), 9)),
                true),
            KNOWN);

    assertThat(root.fields())
        .containsEntry("call", "Box.store(42)")
        .containsEntry("kind", "call")
        .containsEntry("failure", "OUT_OF_GAS")
        .containsEntry("gasUsed", "9");
    assertThat(root.steps().getFirst().fields())
        .containsAllEntriesOf(
            Map.of("kind", "write", "variables", "value", "after", word(42).hex()));
  }
}
