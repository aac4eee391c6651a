package network.enigma.attestation.snp;

import java.util.ArrayList;
import java.util.List;
import network.enigma.attestation.Collateral;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.attestation.SevSnpReport;
import network.enigma.attestation.fuzz.Fuzzer;
import network.enigma.attestation.fuzz.Fuzzer.Parser;
import network.enigma.attestation.snp.AmdAuthority.Setting;
import network.enigma.protocol.Bytes;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Every parser of AMD's evidence and collateral under mutated input. The authority's keys are fresh
 * at each run, so that a failure is repeated by its input, which it names, and not by the seed.
 */
class SnpFuzzTest {
  private static Parser parser(String name, Fuzzer.Target target, List<Bytes> corpus) {
    return new Parser(name, RefusedException.class, target, corpus);
  }

  private static List<Setting> settings() {
    return List.of(
        new Setting(),
        new Setting().turin(),
        new Setting()
            .with(s -> {
              s.kind = EndorsementKind.VLEK;
              s.version = 2;
              s.chip = new byte[64];
            }));
  }

  private static List<Parser> parsers() {
    List<Bytes> reports = new ArrayList<>();
    List<Bytes> versions = new ArrayList<>();
    List<Bytes> leaves = new ArrayList<>();
    List<Bytes> certificates = new ArrayList<>();
    List<Bytes> lists = new ArrayList<>();
    List<Bytes> bundles = new ArrayList<>();
    for (Setting setting : settings()) {
      Collateral.Amd collateral = AmdAuthority.collateral(setting);
      reports.add(AmdAuthority.report(setting));
      versions.add(Bytes.of(setting.reported));
      leaves.add(collateral.endorsement());
      certificates.add(collateral.intermediate());
      certificates.add(collateral.root());
      lists.add(collateral.crl());
      bundles.add(new EvidenceBundle(reports.getLast(), collateral).encode());
    }
    return List.of(
        parser("report", SevSnpReport::parse, reports),
        parser(
            "TCB version of Genoa", input -> TcbVersion.parse(input, SnpProduct.GENOA), versions),
        parser(
            "TCB version of Turin", input -> TcbVersion.parse(input, SnpProduct.TURIN), versions),
        parser(
            "endorsement",
            input -> EndorsementCertificate.read(Certificates.certificate(input, "certificate")),
            leaves),
        parser(
            "certificate", input -> Certificates.certificate(input, "certificate"), certificates),
        parser("revocation list", Certificates::revocationList, lists),
        parser("bundle", EvidenceBundle::decode, bundles),
        parser("evidence of a bundle", input -> EvidenceBundle.decode(input).core(), bundles));
  }

  @Test
  void everyParserAnswersMutatedInputWithAValueOrARefusal() {
    Fuzzer.run(parsers(), Fuzzer.SHORT_RUN, 1);
  }

  @Test
  @Tag("long")
  void everyParserAnswersManyMutatedInputs() {
    Fuzzer.runLong(parsers());
  }

  @Test
  void theVerifierAnswersMutatedBundlesWithARefusal() {
    Setting setting = new Setting();
    SnpVerifier verifier = AmdAuthority.verifier(setting);
    Fuzzer.judge(
        new EvidenceBundle(AmdAuthority.report(setting), AmdAuthority.collateral(setting)),
        mutated -> verifier.verify(mutated, setting.reportData, AmdAuthority.NOW),
        500,
        3);
  }
}
