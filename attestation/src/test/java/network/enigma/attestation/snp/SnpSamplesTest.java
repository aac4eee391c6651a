package network.enigma.attestation.snp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import network.enigma.attestation.Collateral;
import network.enigma.attestation.Decision;
import network.enigma.attestation.Facts;
import network.enigma.attestation.Policy;
import network.enigma.attestation.Reason;
import network.enigma.attestation.SevSnpReport;
import network.enigma.attestation.TcbStatus;
import network.enigma.attestation.Trait;
import network.enigma.attestation.Verdict;
import network.enigma.protocol.Bytes;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Genuine reports: every field and verdict is the one that the sample's {@code meta.json} has. */
class SnpSamplesTest {
  private static final SnpVerifier VERIFIER = SnpVerifier.amd();

  private static Instant instant(String text) {
    return Instant.parse(text.replace(" ", "T").replace("+00:00", "Z"));
  }

  private static Instant inside(SnpSamples.Sample sample) {
    return instant(sample.text("not_before")).plus(Duration.ofDays(100));
  }

  private static Verdict verify(SnpSamples.Sample sample, Instant time) {
    return VERIFIER.verify(
        sample.report(), sample.collateral(), Bytes.fromHex(sample.text("report_data")), time);
  }

  private static Facts facts(SnpSamples.Sample sample) {
    Verdict verdict = verify(sample, inside(sample));
    assertThat(verdict).isInstanceOf(Verdict.Hardware.class);
    return ((Verdict.Hardware) verdict).facts();
  }

  private static Reason.Code reason(Verdict verdict) {
    assertThat(verdict).isInstanceOf(Verdict.Refused.class);
    List<Reason> reasons = ((Verdict.Refused) verdict).reasons();
    assertThat(reasons).hasSize(1);
    return reasons.getFirst().code();
  }

  @TestFactory
  Stream<DynamicTest> fieldsAreThoseOfTheSample() {
    return SnpSamples.all().stream()
        .map(sample ->
            DynamicTest.dynamicTest(
                sample.id(),
                () -> {
                  SevSnpReport report = SevSnpReport.parse(sample.report());
                  assertThat(report.version()).hasToString(sample.word("version"));
                  assertThat(report.guestSvn()).hasToString(sample.word("guest_svn"));
                  assertThat(report.policy().bits()).isEqualTo(Long.decode(sample.text("policy")));
                  assertThat(report.familyId()).isEqualTo(hex(sample, "family_id"));
                  assertThat(report.imageId()).isEqualTo(hex(sample, "image_id"));
                  assertThat(report.vmpl()).hasToString(sample.word("vmpl"));
                  assertThat(report.currentTcb()).isEqualTo(hex(sample, "current_tcb"));
                  assertThat(report.platformInfo().bits())
                      .isEqualTo(Long.decode(sample.text("platform_info")));
                  assertThat(report.signerBits())
                      .isEqualTo(Integer.decode(sample.text("signer_info")));
                  assertThat(report.reportData()).isEqualTo(hex(sample, "report_data"));
                  assertThat(report.launchMeasurement()).isEqualTo(hex(sample, "measurement"));
                  assertThat(report.hostData()).isEqualTo(hex(sample, "host_data"));
                  assertThat(report.idKeyDigest()).isEqualTo(hex(sample, "id_key_digest"));
                  assertThat(report.authorKeyDigest()).isEqualTo(hex(sample, "author_key_digest"));
                  assertThat(report.reportId()).isEqualTo(hex(sample, "report_id"));
                  assertThat(report.reportIdMigrationAgent())
                      .isEqualTo(hex(sample, "report_id_ma"));
                  assertThat(report.reportedTcb()).isEqualTo(hex(sample, "reported_tcb"));
                  assertThat(
                          report
                              .processor()
                              .map(p -> List.of(p.family(), p.model(), p.stepping()))
                              .orElse(List.of(0, 0, 0)))
                      .isEqualTo(bytes(hex(sample, "cpuid_fam_mod_step")));
                  assertThat(report.chipId()).isEqualTo(hex(sample, "chip_id"));
                  assertThat(report.committedTcb()).isEqualTo(hex(sample, "committed_tcb"));
                  assertThat(report.launchTcb()).isEqualTo(hex(sample, "launch_tcb"));
                }));
  }

  private static Bytes hex(SnpSamples.Sample sample, String field) {
    return Bytes.fromHex(sample.text(field));
  }

  private static List<Integer> bytes(Bytes bytes) {
    return Stream.iterate(0, i -> i < bytes.length(), i -> i + 1)
        .map(i -> Byte.toUnsignedInt(bytes.get(i)))
        .toList();
  }

  @TestFactory
  Stream<DynamicTest> factsAreThoseOfTheSample() {
    return SnpSamples.all().stream()
        .map(sample ->
            DynamicTest.dynamicTest(
                sample.id(),
                () -> {
                  Facts facts = facts(sample);
                  SevSnpReport report = (SevSnpReport) facts.evidence();
                  assertThat(facts.platformFamily())
                      .isEqualTo(sample.text("issuer").replaceAll("^SEV-(VLEK-)?", ""));
                  assertThat(facts.status()).isEqualTo(TcbStatus.NOT_RATED);
                  assertThat(facts.traits().contains(Trait.DEBUG))
                      .hasToString(sample.word("debug_allowed"));
                  assertThat(report.policy().smtAllowed()).hasToString(sample.word("smt_allowed"));
                  assertThat(facts.traits().contains(Trait.MIGRATABLE))
                      .hasToString(sample.word("migrate_ma"));
                  assertThat(report.policy().singleSocketRequired())
                      .hasToString(sample.word("single_socket"));
                  assertThat(facts.traits().contains(Trait.OPERATOR_KEY))
                      .isEqualTo(sample.text("issuer").contains("VLEK"));
                  assertThat(facts.traits().contains(Trait.LESSER_PRIVILEGE))
                      .isEqualTo(!sample.word("vmpl").equals("0"));
                  assertThat(facts.traits()).contains(Trait.REVOCATION_UNCHECKED);
                  TcbVersion reported =
                      TcbVersion.parse(
                          report.reportedTcb(),
                          SnpProduct.ofName(facts.platformFamily()).orElseThrow());
                  assertThat(
                          List.of(
                              reported.bootloader(),
                              reported.tee(),
                              reported.snp(),
                              reported.microcode()))
                      .hasToString(
                          List.of(
                                  sample.word("bl"),
                                  sample.word("tee"),
                                  sample.word("snp"),
                                  sample.word("ucode"))
                              .toString());
                  assertThat(facts.from()).isEqualTo(instant(sample.text("not_before")));
                  assertThat(facts.until()).isEqualTo(instant(sample.text("not_after")));
                }));
  }

  @TestFactory
  Stream<DynamicTest> isRefusedOutsideItsTimeAndBoundToSomethingElse() {
    return SnpSamples.all().stream()
        .map(sample ->
            DynamicTest.dynamicTest(
                sample.id(),
                () -> {
                  Instant start = instant(sample.text("not_before"));
                  Instant end = instant(sample.text("not_after"));
                  assertThat(verify(sample, start)).isInstanceOf(Verdict.Hardware.class);
                  assertThat(verify(sample, end)).isInstanceOf(Verdict.Hardware.class);
                  assertThat(reason(verify(sample, start.minusSeconds(1))))
                      .isEqualTo(Reason.Code.CERTIFICATE_EXPIRED);
                  assertThat(reason(verify(sample, end.plusSeconds(1))))
                      .isEqualTo(Reason.Code.CERTIFICATE_EXPIRED);
                  byte[] other = Bytes.fromHex(sample.text("report_data")).toByteArray();
                  other[63] ^= 1;
                  assertThat(
                          reason(
                              VERIFIER.verify(
                                  sample.report(),
                                  sample.collateral(),
                                  Bytes.of(other),
                                  inside(sample))))
                      .isEqualTo(Reason.Code.BINDING_MISMATCH);
                }));
  }

  @TestFactory
  Stream<DynamicTest> hardwarePolicyRefusesWhatWasNotLookedUp() {
    return SnpSamples.all().stream()
        .map(sample ->
            DynamicTest.dynamicTest(
                sample.id(),
                () ->
                    assertThat(Policy.hardware().judge(verify(sample, inside(sample))))
                        .isInstanceOfSatisfying(
                            Decision.Refused.class,
                            refused ->
                                assertThat(refused.reasons())
                                    .anySatisfy(reason ->
                                        assertThat(reason.detail())
                                            .contains("REVOCATION_UNCHECKED")))));
  }

  @TestFactory
  Stream<DynamicTest> aFlippedBitAnywhereIsRefused() {
    return SnpSamples.all().stream()
        .flatMap(sample ->
            Stream.of(
                DynamicTest.dynamicTest(
                    sample.id() + ": report",
                    () ->
                        flip(
                            sample.report(),
                            changed ->
                                VERIFIER.verify(
                                    changed,
                                    sample.collateral(),
                                    SevSnpReport.parse(sample.report()).reportData(),
                                    inside(sample)))),
                DynamicTest.dynamicTest(
                    sample.id() + ": certificate of the key",
                    () ->
                        flip(
                            sample.endorsement(),
                            changed -> verify(sample, c -> replaced(c, 0, changed)))),
                DynamicTest.dynamicTest(
                    sample.id() + ": issuer",
                    () ->
                        flip(
                            sample.collateral().intermediate(),
                            changed -> verify(sample, c -> replaced(c, 1, changed)))),
                DynamicTest.dynamicTest(
                    sample.id() + ": root",
                    () ->
                        flip(
                            sample.collateral().root(),
                            changed -> verify(sample, c -> replaced(c, 2, changed))))));
  }

  private static Verdict verify(SnpSamples.Sample sample, UnaryOperator<Collateral.Amd> change) {
    return VERIFIER.verify(
        sample.report(),
        change.apply(sample.collateral()),
        SevSnpReport.parse(sample.report()).reportData(),
        inside(sample));
  }

  private static Collateral.Amd replaced(Collateral.Amd collateral, int part, Bytes changed) {
    return new Collateral.Amd(
        part == 0 ? changed : collateral.endorsement(),
        part == 1 ? changed : collateral.intermediate(),
        part == 2 ? changed : collateral.root(),
        collateral.crl());
  }

  /** One bit of every byte, chosen by a fixed seed. */
  private static void flip(Bytes whole, Function<Bytes, Verdict> verify) {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < whole.length(); i++) {
      byte[] changed = whole.toByteArray();
      changed[i] ^= (byte) (1 << random.nextInt(8));
      assertThat(verify.apply(Bytes.of(changed)))
          .as("byte %d", i)
          .isInstanceOf(Verdict.Refused.class);
    }
  }
}
