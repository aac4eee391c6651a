package network.enigma.attestation.dcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import network.enigma.attestation.Decision;
import network.enigma.attestation.EnclaveReport;
import network.enigma.attestation.Facts;
import network.enigma.attestation.Policy;
import network.enigma.attestation.QuoteHeader;
import network.enigma.attestation.QuoteSignature;
import network.enigma.attestation.Reason;
import network.enigma.attestation.Refusal;
import network.enigma.attestation.SevSnpReport;
import network.enigma.attestation.SgxQuote;
import network.enigma.attestation.TdxQuote;
import network.enigma.attestation.Trait;
import network.enigma.attestation.TrustDomainReport;
import network.enigma.attestation.Verdict;
import network.enigma.protocol.Bytes;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Genuine quotes of Intel machines get the verdicts, and have the fields, that are on record. */
class IntelSamplesTest {
  private static final Bytes NO_SERVICE = Bytes.of(new byte[48]);

  private interface Check {
    void run() throws Refusal;
  }

  private static DynamicTest test(String name, Check check) {
    return DynamicTest.dynamicTest(name, check::run);
  }

  @TestFactory
  Stream<DynamicTest> everyDatedVerdictIsAsOnRecord() {
    return IntelSample.all().stream()
        .flatMap(sample -> {
          try {
            return sample.expected().stream()
                .map(expected -> test(sample + " " + at(expected), () -> check(sample, expected)));
          } catch (Refusal e) {
            return fail(sample + ": " + e.getMessage());
          }
        });
  }

  private static String at(Json.Members expected) {
    try {
      return expected.text("at");
    } catch (Refusal e) {
      return fail(e.getMessage());
    }
  }

  private static void check(IntelSample sample, Json.Members expected) throws Refusal {
    Verdict verdict = IntelSample.verify(sample.bundle(), expected.instant("at"));
    if (expected.text("verdict").equals("REJECT")) {
      assertThat(verdict).isInstanceOf(Verdict.Refused.class);
      List<Reason> reasons = ((Verdict.Refused) verdict).reasons();
      assertThat(reasons).extracting(Reason::code).contains(code(expected.text("reason"), reasons));
      return;
    }
    assertThat(verdict).as("%s", verdict).isInstanceOf(Verdict.Hardware.class);
    Facts facts = ((Verdict.Hardware) verdict).facts();
    assertThat(facts.status().label()).isEqualTo(expected.text("verdict"));
    assertThat(facts.platformStatus().label()).isEqualTo(expected.text("platform_status"));
    assertThat(facts.quoterStatus().map(status -> status.label()))
        .contains(expected.text("qe_status"));
    if (expected.byName().get("tdx_module_status") instanceof Json.Text module) {
      assertThat(facts.moduleStatus().map(status -> status.label())).contains(module.value());
    } else {
      assertThat(facts.moduleStatus()).isEmpty();
    }
    assertThat(facts.advisories())
        .containsExactlyInAnyOrderElementsOf(expected.texts("advisories"));
    assertThat(facts.tcbDate()).isEqualTo(expected.instant("tcb_date"));
    assertThat(facts.traits().contains(Trait.DEBUG)).isEqualTo(expected.flag("debug"));
    assertThat(facts.from()).isEqualTo(sample.window(0));
    assertThat(facts.until()).isEqualTo(sample.window(1));
  }

  /** Our word for a reason on record. */
  private static Reason.Code code(String reason, List<Reason> found) {
    Map<String, Reason.Code> others =
        Map.ofEntries(
            Map.entry("PCK_ROOT_NOT_TRUSTED", Reason.Code.ROOT_NOT_TRUSTED),
            Map.entry("ROOT_CA_CRL_EXPIRED", Reason.Code.ROOT_CRL_EXPIRED),
            Map.entry("TCB_LEVEL_NOT_FOUND", Reason.Code.TCB_LEVEL_NOT_FOUND),
            Map.entry("TCB_NOT_SUPPORTED", Reason.Code.TCB_LEVEL_NOT_FOUND),
            Map.entry("TDX_MODULE_MISMATCH", Reason.Code.MODULE_UNKNOWN),
            Map.entry("QE_MRSIGNER", Reason.Code.QE_UNKNOWN));
    if (others.containsKey(reason)) {
      return others.get(reason);
    }
    if (reason.contains("CERT_EXPIRED") || reason.contains("SIGNING_EXPIRED")) {
      return Reason.Code.CERTIFICATE_EXPIRED;
    }
    for (Reason.Code code : Reason.Code.values()) {
      if (code.name().equals(reason)) {
        return code;
      }
    }
    // A reason in words of which we have no record: that there is one must do.
    return found.getFirst().code();
  }

  @TestFactory
  Stream<DynamicTest> everyFieldIsAsOnRecord() {
    return IntelSample.all().stream().map(sample -> test(sample.name(), () -> checkFields(sample)));
  }

  private static void checkFields(IntelSample sample) throws Refusal {
    Json.Members fields = sample.meta().members("fields");
    Json.Members body = fields.members("body");
    QuoteHeader header;
    QuoteSignature signature;
    switch (sample.evidence()) {
      case SgxQuote sgx -> {
        header = sgx.header();
        signature = sgx.signature();
        checkReport(sgx.report(), body);
        assertThat(header.qeSvn()).isEqualTo((int) fields.whole("qe_svn", 0xffff));
        assertThat(header.pceSvn()).isEqualTo((int) fields.whole("pce_svn", 0xffff));
      }
      case TdxQuote tdx -> {
        header = tdx.header();
        signature = tdx.signature();
        checkReport(tdx.report(), body);
      }
      case SevSnpReport snp -> throw new AssertionError("a report of AMD among Intel's");
    }
    assertThat(header.version()).isEqualTo((int) fields.whole("version", 0xffff));
    assertThat(header.attestationKeyType()).isEqualTo((int) fields.whole("att_key_type", 0xffff));
    assertThat(header.teeType()).isEqualTo(Long.decode(fields.text("tee_type")));
    assertThat(header.vendorId()).isEqualTo(fields.hex("qe_vendor_id", 16));
    assertThat(header.userData()).isEqualTo(fields.hex("user_data", 20));
    assertThat(signature.certificationType()).isEqualTo((int) fields.whole("cert_type", 0xffff));
    assertThat(signature.qeAuthentication().length())
        .isEqualTo((int) fields.whole("auth_data_len", 0xffff));
    checkReport(signature.qeReport(), fields.members("qe_report"));
    checkPlatform(
        PckFacts.of(Chain.read("the chain", signature.certificationData(), 2).leaf()),
        sample.meta().members("pck"));
  }

  private static void checkReport(EnclaveReport report, Json.Members body) throws Refusal {
    assertThat(report.cpuSvn()).isEqualTo(body.hex("cpusvn", 16));
    assertThat(report.miscSelect()).isEqualTo(body.hex("miscselect", 4));
    assertThat(report.attributes()).isEqualTo(body.hex("attributes", 16));
    assertThat(report.mrEnclave()).isEqualTo(body.hex("mrenclave", 32));
    assertThat(report.mrSigner()).isEqualTo(body.hex("mrsigner", 32));
    assertThat(report.configId()).isEqualTo(body.hex("configid", 64));
    assertThat(report.productId()).isEqualTo((int) body.whole("isvprodid", 0xffff));
    assertThat(report.securityVersion()).isEqualTo((int) body.whole("isvsvn", 0xffff));
    assertThat(report.configSecurityVersion()).isEqualTo((int) body.whole("configsvn", 0xffff));
    assertThat(report.reportData()).isEqualTo(body.hex("report_data", 64));
    assertThat(report.debug()).isEqualTo(body.flag("debug"));
  }

  private static void checkReport(TrustDomainReport report, Json.Members body) throws Refusal {
    assertThat(report.teeTcbSvn()).isEqualTo(body.hex("tee_tcb_svn", 16));
    assertThat(report.mrSeam()).isEqualTo(body.hex("mrseam", 48));
    assertThat(report.mrSignerSeam()).isEqualTo(body.hex("mrsignerseam", 48));
    assertThat(report.seamAttributes()).isEqualTo(body.hex("seamattributes", 8));
    assertThat(report.attributes()).isEqualTo(body.hex("tdattributes", 8));
    assertThat(report.xfam()).isEqualTo(body.hex("xfam", 8));
    assertThat(report.mrTd()).isEqualTo(body.hex("mrtd", 48));
    assertThat(report.mrConfigId()).isEqualTo(body.hex("mrconfigid", 48));
    assertThat(report.mrOwner()).isEqualTo(body.hex("mrowner", 48));
    assertThat(report.mrOwnerConfig()).isEqualTo(body.hex("mrownerconfig", 48));
    for (int i = 0; i < 4; i++) {
      assertThat(report.rtmr(i)).isEqualTo(body.hex("rtmr" + i, 48));
    }
    assertThat(report.reportData()).isEqualTo(body.hex("report_data", 64));
    assertThat(report.debug()).isEqualTo(body.flag("debug"));
    assertThat(report.teeTcbSvn2().isPresent()).isEqualTo(body.has("tee_tcb_svn2"));
    if (body.has("tee_tcb_svn2")) {
      assertThat(report.teeTcbSvn2()).contains(body.hex("tee_tcb_svn2", 16));
      assertThat(report.mrServiceTd()).contains(body.hex("mrservicetd", 48));
    }
  }

  private static void checkPlatform(PckFacts pck, Json.Members meta) throws Refusal {
    assertThat(pck.ppid()).isEqualTo(meta.hex("ppid", 16));
    assertThat(pck.pceSvn()).isEqualTo((int) meta.whole("pcesvn", 0xffff));
    assertThat(pck.pceId()).isEqualTo(meta.hex("pceid", 2));
    assertThat(pck.fmspc()).isEqualTo(meta.hex("fmspc", 6));
    List<Json> versions = meta.items("sgx_svns");
    for (int i = 0; i < 16; i++) {
      assertThat((long) (pck.components().get(i) & 0xff))
          .isEqualTo(((Json.Whole) versions.get(i)).value());
    }
    if (meta.has("config")) {
      Json.Members configuration = meta.members("config");
      assertThat(pck.traits().contains(Trait.DYNAMIC_PLATFORM))
          .isEqualTo(configuration.text("1").equals("ff"));
      assertThat(pck.traits().contains(Trait.CACHED_KEYS))
          .isEqualTo(configuration.text("2").equals("ff"));
      assertThat(pck.traits().contains(Trait.MULTITHREADING))
          .isEqualTo(configuration.text("3").equals("ff"));
    }
  }

  /** What the vendor accepts, a policy for machines that keep secrets may not. */
  @TestFactory
  Stream<DynamicTest> thePolicyRefusesWhatIsDebuggedOutdatedOrServed() {
    return IntelSample.all().stream()
        .map(sample ->
            test(
                sample.name(),
                () -> {
                  for (var time : sample.accepted()) {
                    checkPolicy(IntelSample.verify(sample.bundle(), time));
                  }
                }));
  }

  private static void checkPolicy(Verdict verdict) {
    Facts facts = ((Verdict.Hardware) verdict).facts();
    Bytes service = facts.evidence().registers().get("mrservicetd");
    boolean refused =
        facts.traits().contains(Trait.DEBUG)
            || !Policy.hardware().statuses().contains(facts.status())
            || !Policy.UNAVOIDABLE_ADVISORIES.containsAll(facts.advisories())
            || (service != null && !service.equals(NO_SERVICE));
    Decision decision = Policy.hardware().judge(verdict);
    if (refused) {
      assertThat(decision).isInstanceOf(Decision.Refused.class);
    }
    if (decision instanceof Decision.Refused refusal) {
      assertThat(refusal.reasons())
          .extracting(Reason::code)
          .isSubsetOf(
              Reason.Code.TRAIT_REFUSED, Reason.Code.STATUS_REFUSED, Reason.Code.ADVISORY_REFUSED);
    }
    assertThat(Policy.simulation().judge(verdict)).isInstanceOf(Decision.Refused.class);
  }
}
