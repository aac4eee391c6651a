package network.enigma.attestation.snp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import network.enigma.attestation.SevSnpReport;
import network.enigma.attestation.TeeKind;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The form of reports, with exact bounds. */
class SevSnpReportTest {
  private final Bytes report = AmdAuthority.report(new AmdAuthority.Setting());
  private final Bytes turin = AmdAuthority.report(new AmdAuthority.Setting().turin());

  private static Bytes changed(Bytes report, Consumer<byte[]> change) {
    byte[] bytes = report.toByteArray();
    change.accept(bytes);
    return Bytes.of(bytes);
  }

  private static void assertMalformed(Bytes bytes) {
    assertThatThrownBy(() -> SevSnpReport.parse(bytes))
        .isInstanceOfSatisfying(
            EnigmaException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED_MESSAGE));
  }

  @Test
  void readsEveryField() {
    SevSnpReport read = SevSnpReport.parse(turin);

    assertThat(read.kind()).isEqualTo(TeeKind.SEV_SNP);
    assertThat(read.version()).isEqualTo(5);
    assertThat(read.processor()).contains(new SevSnpReport.Processor(0x1a, 2, 1));
    assertThat(read.currentFirmware()).hasToString("1.55.7");
    assertThat(read.committedFirmware()).hasToString("1.54.6");
    assertThat(read.launchMitigations()).contains(3L);
    assertThat(read.currentMitigations()).contains(7L);
    assertThat(read.hasAuthorKey()).isFalse();
    assertThat(read.chipKeyMasked()).isFalse();
    assertThat(read.chipIdMasked()).isFalse();
    assertThat(read.core()).isEqualTo(turin);
    assertThat(read.signedBytes()).isEqualTo(turin.slice(0, 672));
    assertThat(read.registers())
        .containsEntry("measurement", read.launchMeasurement())
        .containsEntry("host_data", read.hostData());
  }

  @Test
  void versionsDifferInWhatTheyHave() {
    SevSnpReport third = SevSnpReport.parse(report);
    SevSnpReport second =
        SevSnpReport.parse(
            AmdAuthority.report(new AmdAuthority.Setting().with(s -> s.version = 2)));

    assertThat(third.processor()).isPresent();
    assertThat(third.launchMitigations()).isEmpty();
    assertThat(second.processor()).isEqualTo(Optional.empty());
  }

  @Test
  void hostDataIsPartOfTheProgramsIdentity() {
    assertThat(SevSnpReport.parse(changed(report, b -> b[0xc0] ^= 1)).measurement())
        .isNotEqualTo(SevSnpReport.parse(report).measurement());
    assertThat(SevSnpReport.parse(changed(report, b -> b[0x90] ^= 1)).measurement())
        .isNotEqualTo(SevSnpReport.parse(report).measurement());
    assertThat(SevSnpReport.parse(changed(report, b -> b[0x50] ^= 1)).measurement())
        .isEqualTo(SevSnpReport.parse(report).measurement());
  }

  @Test
  void policyBitsAreWhereTheyAre() {
    SevSnpReport.GuestPolicy policy = new SevSnpReport.GuestPolicy(0x1ff_1f01L | 0x1f0_0000L);
    SevSnpReport.GuestPolicy none = new SevSnpReport.GuestPolicy(0);

    assertThat(policy.abiMajor()).isEqualTo(0x1f);
    assertThat(policy.abiMinor()).isEqualTo(1);
    assertThat(
            List.of(
                policy.smtAllowed(),
                policy.migrationAgentAllowed(),
                policy.debugAllowed(),
                policy.singleSocketRequired(),
                policy.cxlAllowed(),
                policy.aes256XtsRequired(),
                policy.raplMustBeOff(),
                policy.ciphertextHidingRequired()))
        .containsOnly(true);
    assertThat(
            List.of(
                none.smtAllowed(),
                none.migrationAgentAllowed(),
                none.debugAllowed(),
                none.singleSocketRequired(),
                none.cxlAllowed(),
                none.aes256XtsRequired(),
                none.raplMustBeOff(),
                none.ciphertextHidingRequired()))
        .containsOnly(false);
    for (int bit = 16; bit <= 24; bit++) {
      SevSnpReport.GuestPolicy only = new SevSnpReport.GuestPolicy(1L << bit);
      assertThat(only.debugAllowed()).isEqualTo(bit == 19);
      assertThat(only.migrationAgentAllowed()).isEqualTo(bit == 18);
      assertThat(only.smtAllowed()).isEqualTo(bit == 16);
    }
  }

  @Test
  void platformBitsAreWhereTheyAre() {
    SevSnpReport.PlatformInfo all = new SevSnpReport.PlatformInfo(0x3f);
    SevSnpReport.PlatformInfo none = new SevSnpReport.PlatformInfo(0);

    assertThat(
            List.of(
                all.smtEnabled(),
                all.tsmeEnabled(),
                all.eccEnabled(),
                all.raplDisabled(),
                all.ciphertextHidingEnabled(),
                all.aliasCheckComplete()))
        .containsOnly(true);
    assertThat(
            List.of(
                none.smtEnabled(),
                none.tsmeEnabled(),
                none.eccEnabled(),
                none.raplDisabled(),
                none.ciphertextHidingEnabled(),
                none.aliasCheckComplete()))
        .containsOnly(false);
    assertThat(new SevSnpReport.PlatformInfo(0x20).aliasCheckComplete()).isTrue();
    assertThat(new SevSnpReport.PlatformInfo(0x10).ciphertextHidingEnabled()).isTrue();
  }

  @Test
  void aCutReportIsMalformedAtEveryLength() {
    for (int length = 0; length < report.length(); length++) {
      assertMalformed(report.slice(0, length));
    }
    assertMalformed(Bytes.concat(report, Bytes.of(new byte[1])));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4, 6, 255})
  void unknownVersionsAreMalformed(int version) {
    assertMalformed(changed(report, b -> b[0] = (byte) version));
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        0x01, 0x34, 0x36, 0x0a, 0x48, 0x49, 0x4b, 0x4c, 0x4f, 0x18b, 0x19f, 0x1eb, 0x1ef, 0x1f8,
        0x200, 0x29f, 0x2d0, 0x2e7, 0x318, 0x32f, 0x330, 0x49f
      })
  void bytesThatAreReservedOrFixedCannotBeOthers(int offset) {
    assertMalformed(changed(report, b -> b[offset] = (byte) 0xfd));
  }

  @Test
  void mitigationsAreReservedBeforeVersion5() {
    assertThat(SevSnpReport.parse(changed(turin, b -> b[0x1ff] = 1)).launchMitigations())
        .contains(3L | 1L << 56);
    assertMalformed(changed(turin, b -> b[0x208] = 1));
    Bytes second = AmdAuthority.report(new AmdAuthority.Setting().with(s -> s.version = 2));
    assertMalformed(changed(second, b -> b[0x188] = 0x19));
  }

  @Test
  void tcbVersionsOfTurinHaveAnotherLayout() {
    Bytes bytes = Bytes.fromHex("0x0203010400000046");

    assertThat(TcbVersion.parse(bytes, SnpProduct.TURIN))
        .isEqualTo(new TcbVersion(2, 3, 1, 4, 70))
        .hasToString("FMC 2, bootloader 3, TEE 1, SNP 4, microcode 70");
    assertThatThrownBy(() -> TcbVersion.parse(bytes, SnpProduct.GENOA))
        .isInstanceOf(EnigmaException.class);
    assertThatThrownBy(
            () -> TcbVersion.parse(Bytes.fromHex("0x0203010401000046"), SnpProduct.TURIN))
        .isInstanceOf(EnigmaException.class);
    assertThatThrownBy(() -> TcbVersion.parse(Bytes.fromHex("0x02030104010000"), SnpProduct.TURIN))
        .isInstanceOf(EnigmaException.class);
    assertThat(TcbVersion.parse(Bytes.fromHex("0x05010000000014ff"), SnpProduct.MILAN))
        .isEqualTo(new TcbVersion(0, 5, 1, 20, 255))
        .hasToString("bootloader 5, TEE 1, SNP 20, microcode 255");
    assertThatThrownBy(() -> new TcbVersion(0, 0, 256, 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new TcbVersion(-1, 0, 0, 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void tcbVersionsAreComparedPartByPart() {
    TcbVersion minimum = new TcbVersion(1, 1, 1, 1, 1);

    assertThat(minimum.isAtLeast(minimum)).isTrue();
    assertThat(new TcbVersion(0, 9, 9, 9, 9).isAtLeast(minimum)).isFalse();
    assertThat(new TcbVersion(9, 0, 9, 9, 9).isAtLeast(minimum)).isFalse();
    assertThat(new TcbVersion(9, 9, 0, 9, 9).isAtLeast(minimum)).isFalse();
    assertThat(new TcbVersion(9, 9, 9, 0, 9).isAtLeast(minimum)).isFalse();
    assertThat(new TcbVersion(9, 9, 9, 9, 0).isAtLeast(minimum)).isFalse();
    assertThat(new TcbVersion(9, 0, 9, 9, 0).lowest(minimum))
        .isEqualTo(new TcbVersion(1, 0, 1, 1, 0));
    assertThat(new TcbVersion(9, 2, 1, 255, 254).number()).isEqualTo(0xfffe0201L);
  }

  @Test
  void processorsAndNamesLeadToTheirLine() {
    assertThat(SnpProduct.ofProcessor(0x19, 0x01)).contains(SnpProduct.MILAN);
    assertThat(SnpProduct.ofProcessor(0x19, 0x0f)).contains(SnpProduct.MILAN);
    assertThat(SnpProduct.ofProcessor(0x19, 0x11)).contains(SnpProduct.GENOA);
    assertThat(SnpProduct.ofProcessor(0x19, 0xa0)).contains(SnpProduct.GENOA);
    assertThat(SnpProduct.ofProcessor(0x19, 0xaf)).contains(SnpProduct.GENOA);
    assertThat(SnpProduct.ofProcessor(0x19, 0x20)).isEmpty();
    assertThat(SnpProduct.ofProcessor(0x19, 0xb0)).isEmpty();
    assertThat(SnpProduct.ofProcessor(0x1a, 0x11)).contains(SnpProduct.TURIN);
    assertThat(SnpProduct.ofProcessor(0x1a, 0x50)).isEmpty();
    assertThat(SnpProduct.ofProcessor(0x17, 0x01)).isEmpty();
    assertThat(SnpProduct.ofName("Milan-B0")).contains(SnpProduct.MILAN);
    assertThat(SnpProduct.ofName("Siena-A0")).contains(SnpProduct.GENOA);
    assertThat(SnpProduct.ofName("Turin")).contains(SnpProduct.TURIN);
    assertThat(SnpProduct.ofName("Venice-A0")).isEmpty();
  }

  @Property(tries = 20_000)
  void anyChangeIsReadOrMalformed(
      @ForAll @Size(max = 24) List<@IntRange(max = SevSnpReport.LENGTH - 1) Integer> offsets,
      @ForAll byte value) {
    Bytes bytes = changed(turin, b -> offsets.forEach(offset -> b[offset] = value));
    try {
      assertThat(SevSnpReport.parse(bytes).core()).isEqualTo(bytes);
    } catch (EnigmaException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED_MESSAGE);
    }
  }

  @Property(tries = 5_000)
  void anyBytesAreReadOrMalformed(@ForAll @Size(max = 2_000) byte[] bytes) {
    try {
      assertThat(SevSnpReport.parse(Bytes.of(bytes)).core()).isEqualTo(Bytes.of(bytes));
    } catch (EnigmaException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED_MESSAGE);
    }
  }
}
