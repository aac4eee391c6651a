package network.enigma.ethereum.rlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RlpTest {
  @Test
  void encodesTheExamplesOfTheYellowPaper() {
    assertThat(hexOf(text("dog"))).isEqualTo("0x83646f67");
    assertThat(hexOf(new Rlp.Items(List.of(text("cat"), text("dog")))))
        .isEqualTo("0xc88363617483646f67");
    assertThat(hexOf(text(""))).isEqualTo("0x80");
    assertThat(hexOf(new Rlp.Items(List.of()))).isEqualTo("0xc0");
    assertThat(hexOf(new Rlp.Text(Bytes.fromHex("0x00")))).isEqualTo("0x00");
    assertThat(hexOf(text("Lorem ipsum dolor sit amet, consectetur adipisicing elit")))
        .startsWith("0xb838");
    Rlp empty = new Rlp.Items(List.of());
    Rlp one = new Rlp.Items(List.of(empty));
    assertThat(hexOf(new Rlp.Items(List.of(empty, one, new Rlp.Items(List.of(empty, one))))))
        .isEqualTo("0xc7c0c1c0c3c0c1c0");
  }

  @ParameterizedTest
  @CsvSource({"0,0x80", "1,0x01", "127,0x7f", "128,0x8180", "1024,0x820400"})
  void writesIntegersWithoutLeadingZeros(long value, String expected) {
    byte[] encoded = new RlpWriter().uint64(value).toByteArray();
    assertThat(Bytes.of(encoded).hex()).isEqualTo(expected);
    assertThat(new RlpWriter().integer(BigInteger.valueOf(value)).toByteArray()).isEqualTo(encoded);
    assertThat(new RlpReader(encoded).uint64()).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0x", // nothing
        "0x8100", // a byte below 0x80 has no prefix
        "0x817f",
        "0xb800", // long form of a short string
        "0xb801ff",
        "0xb90038", // length with a leading zero
        "0x83646f", // ends early
        "0xc883636174", // list ends early
        "0xf800", // long form of a short list
        "0xbf7fffffffffffffff", // length near 2^63
        "0xbfffffffffffffffff",
        "0xffffffffffffffffff",
        "0xbb80000000", // length 2^31
        "0x8080", // two values
        "0xc28100", // wrong within a list
      })
  void refusesWhatIsNotTheOneEncodingOfOneValue(String hex) {
    assertThatThrownBy(() -> Rlp.decode(Bytes.fromHex(hex).toByteArray()))
        .isInstanceOfSatisfying(
            EnigmaException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED_MESSAGE));
  }

  @Test
  void refusesListsThatNestWithoutEnd() {
    RlpWriter writer = new RlpWriter();
    for (int i = 0; i <= Rlp.MAXIMUM_DEPTH; i++) {
      writer.beginList();
    }
    for (int i = 0; i <= Rlp.MAXIMUM_DEPTH; i++) {
      writer.endList();
    }
    assertThatThrownBy(() -> Rlp.decode(writer.toByteArray()))
        .isInstanceOf(EnigmaException.class)
        .hasMessageContaining("deeper");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0x820001", "0x00", "0x89010000000000000000"})
  void refusesIntegersThatAreTooLongOrStartWithZero(String hex) {
    assertThatThrownBy(() -> new RlpReader(Bytes.fromHex(hex).toByteArray()).uint64())
        .isInstanceOfSatisfying(
            EnigmaException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED_MESSAGE));
  }

  @Property
  void readsBackWhatItWrote(@ForAll("values") Rlp value) {
    assertThat(Rlp.decode(value.encode())).isEqualTo(value);
  }

  @Property
  void whatItAcceptsIsCanonical(@ForAll byte[] bytes) {
    Rlp value;
    try {
      value = Rlp.decode(bytes);
    } catch (EnigmaException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED_MESSAGE);
      return;
    }
    assertThat(value.encode()).isEqualTo(bytes);
  }

  @Property
  void readsBackEveryUnsignedLong(@ForAll long value) {
    byte[] encoded = new RlpWriter().uint64(value).toByteArray();
    assertThat(new RlpReader(encoded).uint64()).isEqualTo(value);
    assertThat(new RlpReader(encoded).uint256().toString())
        .isEqualTo(String.format(Locale.ROOT, "%s", Long.toUnsignedString(value)));
  }

  @Provide
  Arbitrary<Rlp> values() {
    Arbitrary<Rlp> texts =
        Arbitraries.bytes().array(byte[].class).ofMaxSize(80).map(b -> new Rlp.Text(Bytes.of(b)));
    return Arbitraries.recursive(
        () -> texts,
        inner -> Arbitraries.oneOf(texts, inner.list().ofMaxSize(6).map(Rlp.Items::new)),
        0,
        4);
  }

  private static Rlp text(String text) {
    return new Rlp.Text(Bytes.of(text.getBytes(StandardCharsets.US_ASCII)));
  }

  private static String hexOf(Rlp value) {
    return Bytes.of(value.encode()).hex();
  }
}
