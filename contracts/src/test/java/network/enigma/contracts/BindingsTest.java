package network.enigma.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The generated bindings write and read what Solidity does. */
class BindingsTest {
  private static byte[] filled(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace("0x", "").replace(" ", ""));
  }

  private static Enigma.TaskOrder order(long gasLimit) {
    return new Enigma.TaskOrder(
        filled(20, 1),
        filled(32, 2),
        filled(20, 3),
        1,
        filled(32, 4),
        filled(32, 5),
        gasLimit,
        7,
        8,
        filled(32, 9));
  }

  @Test
  void aCallIsItsSelectorAndItsArguments() {
    assertThat(EnigmaToken.transfer(filled(20, 0xab), BigInteger.valueOf(258)))
        .isEqualTo(
            hex(
                "a9059cbb 000000000000000000000000abababababababababababababababababababab"
                    + "0000000000000000000000000000000000000000000000000000000000000102"));
  }

  @Test
  void aUint64BeyondLongIsUnsigned() {
    byte[] call = Enigma.post(order(-1L));
    assertThat(HexFormat.of().formatHex(call, 4 + 6 * 32, 4 + 7 * 32))
        .isEqualTo("000000000000000000000000000000000000000000000000ffffffffffffffff");
    assertThat(Enigma.Calls.Post.decode(call).order()).isEqualTo(order(-1L));
  }

  @Test
  void aCommitmentSurvivesTheWayThroughCalldata() {
    Enigma.Batch batch =
        new Enigma.Batch(
            filled(32, 1),
            0,
            2,
            3,
            4,
            5,
            6,
            filled(32, 7),
            filled(32, 8),
            filled(32, 9),
            filled(28, 10),
            filled(43, 11),
            List.of(
                new Enigma.CallbackCall(
                    filled(32, 12), filled(20, 13), filled(20, 14), 15, filled(100, 16))),
            filled(20, 17));
    Enigma.Commitment commitment =
        new Enigma.Commitment(
            batch,
            18,
            filled(65, 19),
            filled(69, 20),
            filled(32, 21),
            new byte[0],
            List.of(filled(65, 22), filled(65, 23)));
    byte[] call = Enigma.commit(List.of(commitment, commitment));
    assertThat(Enigma.Calls.Commit.decode(call).commitments())
        .containsExactly(commitment, commitment);
    assertThatThrownBy(() -> Enigma.Calls.Post.decode(call))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aTokenTransferIsReadFromItsLog() {
    List<byte[]> topics =
        List.of(
            hex("ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"),
            hex("000000000000000000000000" + "11".repeat(20)),
            hex("000000000000000000000000" + "22".repeat(20)));
    EnigmaToken.Event event =
        EnigmaToken.Event.decode(topics, hex("00".repeat(31) + "2a")).orElseThrow();
    assertThat(event).isInstanceOf(EnigmaToken.Event.Transfer.class);
    EnigmaToken.Event.Transfer transfer = (EnigmaToken.Event.Transfer) event;
    assertThat(transfer.from()).isEqualTo(filled(20, 0x11));
    assertThat(transfer.to()).isEqualTo(filled(20, 0x22));
    assertThat(transfer.value()).isEqualTo(42);
    assertThat(EnigmaToken.Event.decode(List.of(filled(32, 1)), new byte[0])).isEmpty();
    assertThat(EnigmaToken.Event.decode(List.of(), new byte[0])).isEmpty();
  }

  @Test
  void anErrorIsReadWithItsNameAndArguments() {
    byte[] data =
        hex(Enigma.Failure.NotAssigned.SELECTOR + "77".repeat(32) + "00".repeat(31) + "64");
    Enigma.Failure failure = Enigma.Failure.decode(data).orElseThrow();
    assertThat(failure.name()).isEqualTo("NotAssigned");
    assertThat(failure)
        .isInstanceOfSatisfying(
            Enigma.Failure.NotAssigned.class,
            error -> {
              assertThat(error.realm()).isEqualTo(filled(32, 0x77));
              assertThat(error.retryAtBlock()).isEqualTo(100);
            });
    assertThat(failure.toString())
        .isEqualTo("NotAssigned(realm=0x" + "77".repeat(32) + ", retryAtBlock=100)");
    assertThat(Enigma.Failure.decode(new byte[3])).isEmpty();
    assertThat(Enigma.Failure.decode(filled(4, 1))).isEmpty();
  }

  @Test
  void theModulesErrorsAreTheContractsErrorsToo() {
    byte[] data = hex("118cdaa7" + "00".repeat(12) + "33".repeat(20));
    assertThat(Enigma.Failure.decode(data).orElseThrow().name())
        .isEqualTo("OwnableUnauthorizedAccount");
  }

  @Test
  void aStructIsReadFromAResult() {
    byte[] output =
        hex(
            "00".repeat(12)
                + "44".repeat(20)
                + "00".repeat(31)
                + "05"
                + "00".repeat(31)
                + "09"
                + "00".repeat(31)
                + "03"
                + "00".repeat(31)
                + "01");
    Enigma.TaskView task = Enigma.Results.getTask(output);
    assertThat(task.payer()).isEqualTo(filled(20, 0x44));
    assertThat(task.postedAt()).isEqualTo(5);
    assertThat(task.expiry()).isEqualTo(9);
    assertThat(task.reserved()).isEqualTo(3);
    assertThat(task.countsAsOverdue()).isTrue();
  }

  @Test
  void lengthsAreChecked() {
    assertThatThrownBy(() -> Enigma.assign(new byte[31]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("32 bytes");
    assertThatThrownBy(() -> EnigmaToken.balanceOf(new byte[32]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Enigma.getWorker(1L << 32))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aDeploymentIsTheCodeAndTheArguments() {
    byte[] data = EnigmaToken.deployment(filled(20, 1), 1_000);
    byte[] arguments = EnigmaToken.constructorArguments(filled(20, 1), 1_000);
    assertThat(Arrays.copyOfRange(data, data.length - arguments.length, data.length))
        .isEqualTo(arguments);
    assertThat(data.length).isGreaterThan(1_000);
  }
}
