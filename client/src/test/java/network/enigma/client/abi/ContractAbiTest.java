package network.enigma.client.abi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContractAbiTest {
  private static final ContractAbi ABI =
      ContractAbi.parse(
          """
          [{"type":"constructor","inputs":[{"name":"owner","type":"address"}]},
           {"type":"function","name":"addition","stateMutability":"pure",
            "inputs":[{"name":"a","type":"int32"},{"name":"b","type":"int32"}],"outputs":[{"name":"","type":"int32"}]},
           {"type":"function","name":"store","stateMutability":"nonpayable",
            "inputs":[{"name":"value","type":"uint256"}],"outputs":[]},
           {"type":"function","name":"pay","stateMutability":"nonpayable",
            "inputs":[{"name":"orders","type":"tuple[]","components":[{"name":"to","type":"address"},{"name":"amount","type":"uint64"}]}],
            "outputs":[{"name":"","type":"uint64[]"},{"name":"","type":"bytes4"},{"name":"","type":"string"}]},
           {"type":"function","name":"set","stateMutability":"nonpayable","inputs":[{"name":"v","type":"uint8"}],"outputs":[]},
           {"type":"function","name":"set","stateMutability":"nonpayable","inputs":[{"name":"v","type":"bool"}],"outputs":[]},
           {"type":"error","name":"TooPoor","inputs":[{"name":"needed","type":"uint256"}]}]
          """);

  private static final String ALICE = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";

  @Test
  void aCallIsItsSelectorAndItsWords() {
    EncodedCall call = ABI.encodeCall("addition", List.of("1", 2));

    assertThat(call.signature()).isEqualTo("addition(int32,int32)");
    assertThat(call.readOnly()).isTrue();
    assertThat(call.input().hex())
        .isEqualTo("0xa72ada24" + "0".repeat(63) + "1" + "0".repeat(63) + "2");
  }

  @Test
  void aMissingArgumentIsNamedWithTheFunctionAndBothCounts() {
    refused(() -> ABI.encodeCall("addition", List.of("1")))
        .hasMessage("addition(int32,int32) takes 2 arguments, got 1: (an integer of 1 digits)");
  }

  @Test
  void aSurplusArgumentIsRefused() {
    refused(() -> ABI.encodeCall("addition", List.of("1", "2", "3"))).hasMessageContaining("got 3");
  }

  @Test
  void aWordThatIsNoNumberIsRefusedWithItsPlaceAndTypes() {
    refused(() -> ABI.encodeCall("addition", List.of("1", "two")))
        .hasMessage(
            "addition(int32,int32): argument 2 must be int32, got a string of 3 characters");
  }

  @Test
  void anErrorNeverRepeatsTheSecretArgument() {
    assertThatThrownBy(() -> ABI.encodeCall("store", List.of("my-secret-fortune")))
        .message()
        .doesNotContain("fortune");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "1e30", "1.5", "", " 1", "0x", "0xzz", "١"})
  void aUintTakesOnlyExactUnsignedNumbers(String text) {
    refused(() -> ABI.encodeCall("store", List.of(text))).hasMessageContaining("must be uint256");
  }

  @Test
  void theLargestUintIsTakenAsAString() {
    BigInteger largest = BigInteger.ONE.shiftLeft(256).subtract(BigInteger.ONE);

    assertThat(ABI.encodeCall("store", List.of(largest.toString())).input().hex())
        .endsWith("f".repeat(64));
    refused(() -> ABI.encodeCall("store", List.of(largest.add(BigInteger.ONE))))
        .hasMessageContaining("out of range");
  }

  @Test
  void aJsonNumberThatFloatingPointCannotHoldIsRefusedNotRounded() {
    refused(() -> ABI.encodeCall("pay", List.of("[[\"" + ALICE + "\", 9007199254740993]]")))
        .hasMessageContaining("write numbers above 2^53 as a string");
    refused(() -> ABI.encodeCall("pay", List.of("[[\"" + ALICE + "\", 1e3]]")))
        .hasMessageContaining("a fractional number");
  }

  @Test
  void tuplesAreTakenAsObjectsListsAndMapsAlike() {
    Bytes expected = ABI.encodeCall("pay", List.of(List.of(List.of(ALICE, 7)))).input();

    assertThat(ABI.encodeCall("pay", List.of("[{\"amount\":7,\"to\":\"" + ALICE + "\"}]")).input())
        .isEqualTo(expected);
    assertThat(
            ABI.encodeCall(
                    "pay", List.of(List.of(Map.of("to", Address.fromHex(ALICE), "amount", 7L))))
                .input())
        .isEqualTo(expected);
  }

  @Test
  void aDuplicateKeyIsRefused() {
    refused(() ->
            ABI.encodeCall(
                "pay", List.of("[{\"to\":\"" + ALICE + "\",\"amount\":1,\"amount\":2}]")))
        .hasMessageContaining("Duplicate field");
  }

  @Test
  void textAfterTheJsonIsRefused() {
    refused(() -> ABI.encodeCall("pay", List.of("[] []")));
  }

  @Test
  void deeplyNestedJsonIsRefusedBeforeItIsParsed() {
    String deep = "[".repeat(4_500) + "]".repeat(4_500);

    assertThatThrownBy(() -> ABI.encodeCall("pay", List.of(deep)))
        .isInstanceOfSatisfying(
            EnigmaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INPUT_TOO_DEEP));
    assertThatThrownBy(() -> ContractAbi.parse("{\"a\":".repeat(4_500) + "1" + "}".repeat(4_500)))
        .isInstanceOfSatisfying(
            EnigmaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INPUT_TOO_DEEP));
  }

  @Test
  void overloadsAreChosenByTheArgumentsThatFit() {
    assertThat(ABI.encodeCall("set", List.of("7")).signature()).isEqualTo("set(uint8)");
    assertThat(ABI.encodeCall("set", List.of("true")).signature()).isEqualTo("set(bool)");
    assertThat(ABI.encodeCall("set(uint8)", List.of("7")).signature()).isEqualTo("set(uint8)");
  }

  @Test
  void anUnknownFunctionIsAnsweredWithTheOnesThereAre() {
    assertThatThrownBy(() -> ABI.encodeCall("subtract", List.of()))
        .isInstanceOfSatisfying(
            EnigmaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NO_SUCH_FUNCTION))
        .hasMessageContaining("addition(int32,int32)");
  }

  @Test
  void constructorArgumentsAreCheckedToo() {
    assertThat(ABI.encodeConstructor(List.of(ALICE)).length()).isEqualTo(32);
    refused(() -> ABI.encodeConstructor(List.of()))
        .hasMessageStartingWith("constructor(address) takes");
  }

  @Test
  void resultsComeBackAsThisProjectsValues() {
    OutputTypes types = ABI.encodeCall("pay", List.of(List.of())).outputs();
    Bytes output =
        Bytes.fromHex(
            "0x"
                + word(0x60)
                + "12345678"
                + "0".repeat(56)
                + word(0xa0)
                + word(1)
                + word(9)
                + word(2)
                + "6f6b"
                + "0".repeat(60));

    assertThat(types.decode(output))
        .containsExactly(List.of(BigInteger.valueOf(9)), Bytes.fromHex("0x12345678"), "ok");
  }

  @Test
  void bytesThatAreNoResultAreATypedError() {
    OutputTypes types = ABI.encodeCall("addition", List.of(1, 2)).outputs();

    refused(() -> types.decode(Bytes.fromHex("0x01"))).hasMessageContaining("(int32)");
  }

  @Test
  void revertReasonsAreToldInWords() {
    assertThat(
            ABI.revertReason(
                Bytes.fromHex("0x08c379a0" + word(32) + word(4) + "6e6f7065" + "0".repeat(56))))
        .isEqualTo("nope");
    assertThat(ABI.revertReason(Bytes.fromHex("0x4e487b71" + word(0x11))))
        .isEqualTo("panic 0x11: arithmetic overflow or underflow");
    assertThat(ABI.revertReason(Bytes.empty())).isEqualTo("reverted without a reason");
    assertThat(ABI.revertReason(Bytes.fromHex("0x08c379a0ff")))
        .startsWith("reverted with malformed data");
  }

  @Test
  void customErrorsAreDecodedWithTheirArguments() {
    byte[] selector = new com.esaulpaugh.headlong.abi.Function("TooPoor(uint256)").selector();

    assertThat(ABI.revertReason(Bytes.concat(Bytes.of(selector), Bytes.fromHex("0x" + word(5)))))
        .isEqualTo("TooPoor(needed: 5)");
  }

  private static String word(int value) {
    return "%064x".formatted(value);
  }

  private static org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> refused(
      ThrowingCallable call) {
    return assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            EnigmaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ABI_MISMATCH));
  }
}
