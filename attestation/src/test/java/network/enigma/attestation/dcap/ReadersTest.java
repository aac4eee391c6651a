package network.enigma.attestation.dcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import network.enigma.attestation.Reason;
import network.enigma.attestation.Refusal;
import network.enigma.attestation.TcbStatus;
import network.enigma.attestation.Trait;
import network.enigma.attestation.simulation.SimulatedMachine;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** JSON, PEM and DER are read in one form only. */
class ReadersTest {
  private static void refused(ThrowingCallable reading) {
    assertThatThrownBy(reading).isInstanceOf(Refusal.class);
  }

  private static Json.Members json(String text) throws Refusal {
    return Json.parse(Bytes.ofText(text));
  }

  // JSON.

  @Test
  void jsonOfEveryKindIsRead() throws Refusal {
    Json.Members members =
        json(
            " {\"a\" : \"x\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\" ,\r\n\"b\":12,\"c\":true,\"d\":false,"
                + "\t\"e\":null,\"f\":[ ],\"g\":{ },\"h\":[1 , {\"i\":0}],\"j\":[\"k\",\"l\"],"
                + "\"m\":[{},{}],\"n\":\"0aFf\",\"o\":\"2026-01-01T00:00:00Z\"} ");
    assertThat(members.text("a")).isEqualTo("x\"\\/\b\f\n\r\té");
    assertThat(members.whole("b", 12)).isEqualTo(12);
    assertThat(members.flag("c")).isTrue();
    assertThat(members.flag("d")).isFalse();
    assertThat(members.byName().get("e")).isEqualTo(new Json.Null());
    assertThat(members.items("f")).isEmpty();
    assertThat(members.members("g").byName()).isEmpty();
    assertThat(members.texts("j")).containsExactly("k", "l");
    assertThat(members.texts("absent")).isEmpty();
    assertThat(members.list("m")).hasSize(2);
    assertThat(members.hex("n", 2)).isEqualTo(Bytes.fromHex("0aff"));
    assertThat(members.instant("o")).isEqualTo(Instant.parse("2026-01-01T00:00:00Z"));
    assertThat(members.optionalMembers("g")).isPresent();
    assertThat(members.optionalMembers("absent")).isEmpty();
    refused(() -> members.text("b"));
    refused(() -> members.whole("b", 11));
    refused(() -> members.whole("a", 11));
    refused(() -> members.flag("a"));
    refused(() -> members.items("a"));
    refused(() -> members.members("a"));
    refused(() -> members.list("h"));
    refused(() -> members.texts("h"));
    refused(() -> members.texts("a"));
    refused(() -> members.hex("n", 3));
    refused(() -> members.hex("o", 10));
    refused(() -> members.instant("a"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1",
        "[]",
        "{",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "{\"a\":1,",
        "{\"a\":1,}",
        "{\"a\" 1}",
        "{a:1}",
        "{\"a\":1}x",
        "{\"a\":1,\"a\":1}",
        "{\"a\":01}",
        "{\"a\":-1}",
        "{\"a\":1.5}",
        "{\"a\":1e3}",
        "{\"a\":1234567890123456789}",
        "{\"a\":tru}",
        "{\"a\":nulL}",
        "{\"a\":[1}",
        "{\"a\":[1",
        "{\"a\":[",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u00g0\"}",
        "{\"a\":\"\\u00",
        "{\"a\":\"\n\"}",
        "{\"a\":\"b",
        "\ufeff{}",
        "{\"a\":[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]}"
      })
  void otherJsonIsRefused(String text) {
    refused(() -> json(text));
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() {
    refused(() -> Json.parse(Bytes.fromHex("7b22ff223a317d")));
  }

  // PEM.

  private static String pem() {
    return new String(
        SimulatedMachine.builder(SimulatedMachine.around(Instant.parse("2026-06-01T12:00:00Z")))
            .build()
            .pckChain()
            .toByteArray(),
        StandardCharsets.US_ASCII);
  }

  private static List<Bytes> certificates(String pem) throws Refusal {
    return Pem.certificates(Bytes.ofText(pem), 3, Reason.Code.CHAIN_INVALID);
  }

  @Test
  void pemMayEndWithALineFeedOrAZeroOrNeither() throws Refusal {
    String pem = pem();
    List<Bytes> all = certificates(pem);
    assertThat(all).hasSize(3);
    assertThat(certificates(pem + "\0")).isEqualTo(all);
    assertThat(certificates(pem.substring(0, pem.length() - 1))).isEqualTo(all);
    assertThat(certificates("")).isEmpty();
  }

  @Test
  void otherPemIsRefused() {
    String pem = pem();
    refused(() -> certificates(pem + pem));
    refused(() -> certificates(pem + "\0\0"));
    refused(() -> certificates(pem + "x"));
    refused(() -> certificates(" " + pem));
    refused(() -> certificates(pem.replace("\n", "\r\n")));
    refused(() -> certificates(pem.replaceFirst("\n", "\u000b")));
    refused(() -> certificates(pem.replaceFirst("([A-Za-z0-9+/]{64})\n", "$1\u000b")));
    refused(() -> certificates(pem.replaceFirst("([A-Za-z0-9+/]{63})([A-Za-z0-9+/])\n", "$1\n$2")));
    refused(() -> certificates(pem.replaceFirst("MII", "M!I")));
    refused(() -> certificates(pem.replace("END", "FIN")));
    refused(() -> certificates("-----BEGIN CERTIFICATE-----\nQR==\n-----END CERTIFICATE-----\n"));
    refused(() -> certificates("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"));
    refused(() -> certificates("-----BEGIN CERTIFICATE-----\nQQ==\n-----END CERTIFICATE-----x"));
  }

  // DER.

  private static Der der(String hex) throws Refusal {
    return Der.single(Bytes.fromHex(hex));
  }

  @Test
  void derOfEveryLengthIsRead() throws Refusal {
    assertThat(der("0400").content()).isEqualTo(Bytes.empty());
    assertThat(der("048180" + "00".repeat(128)).content().length()).isEqualTo(128);
    assertThat(der("04820100" + "00".repeat(256)).content().length()).isEqualTo(256);
    assertThat(der("30060101ff020105").sequence()).hasSize(2);
    assertThat(der("0101ff").flag()).isTrue();
    assertThat(der("010100").flag()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "04",
        "0401",
        "04020",
        "1f00",
        "0480",
        "04830000010",
        "048101ff",
        "04810",
        "0481",
        "048200ff",
        "0482ff",
        "04000400",
        "048105"
      })
  void otherDerIsRefused(String hex) {
    refused(() -> der(hex.length() % 2 == 0 ? hex : hex + "0"));
  }

  @ParameterizedTest
  @CsvSource({
    "020100,0",
    "02017f,127",
    "02020080,128",
    "020200ff,255",
    "02027fff,32767",
    "020300ffff,65535"
  })
  void smallNumbersAreRead(String hex, int number) throws Refusal {
    assertThat(der(hex).uint16(Der.INTEGER)).isEqualTo(number);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0200", "0201ff", "02020001", "0203010000", "020400000001", "040101"})
  void otherNumbersAreRefused(String hex) {
    refused(() -> der(hex).uint16(Der.INTEGER));
  }

  @Test
  void valuesOfTheWrongKindAreRefused() {
    refused(() -> der("010101").flag());
    refused(() -> der("01020000").flag());
    refused(() -> der("0400").octets(1));
    refused(() -> der("0400").sequence());
    refused(() -> Der.values(Bytes.fromHex("0500".repeat(65))));
  }

  // The SGX extension.

  private static String field(String last, String value) {
    return value(0x30, "060a" + "2a864886f84d010d01" + last + value);
  }

  private static String value(int tag, String content) {
    int length = content.length() / 2;
    return String.format("%02x", tag)
        + (length < 128
            ? String.format("%02x", length)
            : length < 256 ? String.format("81%02x", length) : String.format("82%04x", length))
        + content;
  }

  private static String tcb(String first) {
    StringBuilder fields = new StringBuilder();
    for (int i = 1; i <= 18; i++) {
      String value = i == 18 ? value(4, "00".repeat(16)) : i == 1 ? first : "020105";
      fields.append(
          value(0x30, "060b" + "2a864886f84d010d0102" + String.format("%02x", i) + value));
    }
    return field("02", value(0x30, fields.toString()));
  }

  private static final String PPID = field("01", value(4, "11".repeat(16)));
  private static final String PCE = field("03", value(4, "0000"));
  private static final String FMSPC = field("04", value(4, "010203040506"));
  private static final String TYPE = field("05", "0a0101");

  private static PckFacts facts(String fields) throws Refusal {
    return PckFacts.read(der(value(0x30, fields)));
  }

  private static String configuration(String... flags) {
    StringBuilder fields = new StringBuilder();
    for (int i = 0; i < flags.length; i++) {
      fields.append(
          value(0x30, "060b" + "2a864886f84d010d0107" + String.format("%02x", i + 1) + flags[i]));
    }
    return field("07", value(0x30, fields.toString()));
  }

  @Test
  void theExtensionOfAMachineIsRead() throws Refusal {
    PckFacts facts = facts(PPID + tcb("020200ff") + PCE + FMSPC + TYPE);
    assertThat(facts.ppid()).isEqualTo(Bytes.fromHex("11".repeat(16)));
    assertThat(facts.components().get(0)).isEqualTo((byte) 255);
    assertThat(facts.pceSvn()).isEqualTo(5);
    assertThat(facts.traits()).isEmpty();
    String instance = field("06", value(4, "22".repeat(16)));
    assertThat(
            facts(
                    PPID
                        + tcb("020105")
                        + PCE
                        + FMSPC
                        + TYPE
                        + instance
                        + configuration("0101ff", "010100", "0101ff"))
                .traits())
        .containsExactlyInAnyOrder(Trait.DYNAMIC_PLATFORM, Trait.MULTITHREADING);
  }

  @Test
  void otherExtensionsAreRefused() {
    String all = PPID + tcb("020105") + PCE + FMSPC + TYPE;
    refused(() -> facts(all + PPID));
    refused(() -> facts(tcb("020105") + PCE + FMSPC + TYPE));
    refused(() -> facts(PPID + PCE + FMSPC + TYPE));
    refused(() -> facts(PPID + tcb("02020100") + PCE + FMSPC + TYPE));
    refused(() -> facts(PPID + tcb("0201ff") + PCE + FMSPC + TYPE));
    refused(() -> facts(all + "3003020101"));
    refused(() -> facts(all + value(0x30, "0603" + "2a8648" + "020101")));
    refused(() -> facts(all + value(0x30, "060a" + "2b864886f84d010d0108" + "020101")));
    refused(() -> facts(all + configuration("020101")));
  }

  // Ratings.

  private static final String RATING =
      "\"tcbDate\":\"2026-01-01T00:00:00Z\",\"tcbStatus\":\"UpToDate\"";

  private static String info(String version, String levels) {
    return "{\"version\":"
        + version
        + ",\"id\":\"SGX\",\"issueDate\":\"2026-01-01T00:00:00Z\","
        + "\"nextUpdate\":\"2026-02-01T00:00:00Z\",\"fmspc\":\"00606a000000\",\"pceId\":\"0000\","
        + "\"tcbType\":0,\"tcbEvaluationDataNumber\":3,\"tcbLevels\":["
        + levels
        + "]}";
  }

  private static TcbInfo tcbInfo(String version, String levels) throws Refusal {
    return TcbInfo.read(Bytes.ofText(info(version, levels)));
  }

  private static String numbered(int svn) {
    StringBuilder tcb = new StringBuilder();
    for (int i = 1; i <= 16; i++) {
      tcb.append(String.format("\"sgxtcbcomp%02dsvn\":%d,", i, svn));
    }
    return "{\"tcb\":{" + tcb + "\"pcesvn\":" + svn + "}," + RATING + "}";
  }

  @Test
  void ratingsOfVersion2AreReadHighestFirst() throws Refusal {
    TcbInfo info = tcbInfo("2", numbered(3) + "," + numbered(200) + "," + numbered(7));
    assertThat(info.id()).isEqualTo("SGX");
    assertThat(info.levels()).extracting(TcbLevel::pceSvn).containsExactly(200, 7, 3);
    assertThat(info.levels().getFirst().rating().status()).isEqualTo(TcbStatus.UP_TO_DATE);
    assertThat(info.levels().getFirst().reachedBy(Bytes.of(new byte[16]))).isFalse();
  }

  @Test
  void otherRatingsAreRefused() {
    refused(() -> tcbInfo("1", numbered(3)));
    refused(() -> tcbInfo("3", numbered(3)));
    refused(() ->
        tcbInfo("3", "{\"tcb\":{\"sgxtcbcomponents\":[{\"svn\":1}],\"pcesvn\":1}," + RATING + "}"));
    refused(() -> tcbInfo("2", String.join(",", Collections.nCopies(257, numbered(1)))));
    refused(() ->
        TcbInfo.read(
            Bytes.ofText(info("2", numbered(1)).replace("\"tcbType\":0", "\"tcbType\":1"))));
  }

  @Test
  void aPointOffTheCurveIsNoKey() {
    Bytes point = TrustAnchors.intel().rootPoint();
    assertThat(P256.key(point)).isPresent();
    byte[] off = point.toByteArray();
    off[63] ^= 1;
    assertThat(P256.key(Bytes.of(off))).isEmpty();
    assertThat(P256.key(Bytes.of(new byte[64]))).isEmpty();
    byte[] big = new byte[64];
    Arrays.fill(big, (byte) 0xff);
    assertThat(P256.key(Bytes.of(big))).isEmpty();
    // y may not be counted modulo the field either.
    Bytes wrapped =
        Bytes.concat(
            point.slice(0, 32),
            Bytes32.of(BigInteger.ONE.shiftLeft(256).subtract(BigInteger.ONE)).bytes());
    assertThat(P256.key(wrapped)).isEmpty();
    assertThat(P256.verifies(TrustAnchors.intel().rootKey(), Bytes.empty(), Bytes.of(new byte[63])))
        .isFalse();
    assertThat(P256.verifies(TrustAnchors.intel().rootKey(), Bytes.empty(), Bytes.of(new byte[64])))
        .isFalse();
  }
}
