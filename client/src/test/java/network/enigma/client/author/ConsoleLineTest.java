package network.enigma.client.author;

import static org.assertj.core.api.Assertions.assertThat;

import com.esaulpaugh.headlong.abi.Function;
import com.esaulpaugh.headlong.abi.Tuple;
import java.math.BigInteger;
import java.util.List;
import java.util.regex.Pattern;
import network.enigma.client.solidity.SolidityCompiler;
import network.enigma.protocol.Bytes;
import org.junit.jupiter.api.Test;

class ConsoleLineTest {
  private static final String SOMEBODY = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

  private static Bytes line(String signature, Object... values) {
    return Bytes.of(new Function(signature).encodeCall(Tuple.from(values)).array());
  }

  private static BigInteger number(long value) {
    return BigInteger.valueOf(value);
  }

  @Test
  void valuesStandOneAfterTheOther() {
    assertThat(
            ConsoleLine.text(
                line(
                    "log(string,uint256,bool,address)",
                    "sum",
                    number(7),
                    true,
                    com.esaulpaugh.headlong.abi.Address.wrap(SOMEBODY))))
        .isEqualTo("sum 7 true " + SOMEBODY);
    assertThat(ConsoleLine.text(line("log(int256)", number(-5)))).isEqualTo("-5");
    assertThat(ConsoleLine.text(line("log()"))).isEmpty();
  }

  @Test
  void aFirstTextTakesValuesIntoItsPlaces() {
    assertThat(
            ConsoleLine.text(
                line("log(string,uint256,uint256)", "%d of 100%%", number(40), number(2))))
        .isEqualTo("40 of 100% 2");
    assertThat(ConsoleLine.text(line("log(string,uint256)", "at %x", number(255))))
        .isEqualTo("at 0xff");
    assertThat(ConsoleLine.text(line("log(string,uint256)", "%s and %s", number(1))))
        .isEqualTo("1 and %s");
  }

  @Test
  void whatIsNoKnownLineShowsRaw() {
    assertThat(ConsoleLine.text(Bytes.fromHex("0x12345678"))).isEqualTo("console.log 0x12345678");
    assertThat(ConsoleLine.text(Bytes.empty())).isEqualTo("console.log 0x");
    Bytes whole = line("log(string)", "cut off");
    assertThat(ConsoleLine.text(whole.slice(0, 20))).startsWith("console.log 0x");
  }

  @Test
  void everyFunctionOfTheShippedFileIsKnown() {
    List<String> signatures =
        Pattern.compile("\"(log\\([^)]*\\))\"")
            .matcher(SolidityCompiler.sampleSource("enigma/console.sol"))
            .results()
            .map(match -> match.group(1))
            .toList();
    assertThat(signatures).hasSizeGreaterThan(340);
    for (String signature : signatures) {
      Bytes selector = Bytes.of(new Function(signature).selector());
      assertThat(ConsoleLine.knows(selector)).as(signature).isTrue();
    }
  }
}
