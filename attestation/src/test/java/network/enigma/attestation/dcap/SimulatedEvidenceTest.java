package network.enigma.attestation.dcap;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import network.enigma.attestation.Collateral;
import network.enigma.attestation.Decision;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.attestation.Facts;
import network.enigma.attestation.Policy;
import network.enigma.attestation.Reason;
import network.enigma.attestation.Reason.Code;
import network.enigma.attestation.TcbStatus;
import network.enigma.attestation.Trait;
import network.enigma.attestation.Verdict;
import network.enigma.attestation.Verifier;
import network.enigma.attestation.simulation.SimulatedMachine;
import network.enigma.attestation.simulation.SimulatedMachine.Kind;
import network.enigma.attestation.simulation.SimulatedPart;
import network.enigma.attestation.simulation.Validity;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.NetworkConfig.Mode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What no public sample shows: the same parser and verifier on quotes of the simulated authority,
 * each with one thing wrong.
 */
class SimulatedEvidenceTest {
  private static final Instant TIME = Instant.parse("2026-06-01T12:00:00Z");
  private static final Bytes32 PROGRAM = Keccak.hashText("a program");
  private static final Bytes BOUND = Verifier.reportData(Keccak.hashText("a binding"));
  private static final Verifier VERIFIER = Verifier.of(Mode.SIMULATION);
  private static final Validity PAST =
      new Validity(TIME.minus(Duration.ofDays(9)), TIME.minusSeconds(1));
  private static final Validity FUTURE =
      new Validity(TIME.plusSeconds(1), TIME.plus(Duration.ofDays(9)));

  private static SimulatedMachine.Builder machine() {
    return SimulatedMachine.builder(SimulatedMachine.around(TIME));
  }

  private static EvidenceBundle bundle(UnaryOperator<SimulatedMachine.Builder> with) {
    return with.apply(machine()).build().bundle(PROGRAM, BOUND);
  }

  private static Verdict judge(UnaryOperator<SimulatedMachine.Builder> with) {
    return VERIFIER.verify(bundle(with), BOUND, TIME);
  }

  private static Facts facts(UnaryOperator<SimulatedMachine.Builder> with) {
    Verdict verdict = judge(with);
    assertThat(verdict).as("%s", verdict).isInstanceOf(Verdict.Simulated.class);
    return ((Verdict.Simulated) verdict).facts();
  }

  private static List<Code> codes(Verdict verdict) {
    assertThat(verdict).isInstanceOf(Verdict.Refused.class);
    return ((Verdict.Refused) verdict).reasons().stream().map(Reason::code).toList();
  }

  private static List<Code> codes(Decision decision) {
    assertThat(decision).isInstanceOf(Decision.Refused.class);
    return ((Decision.Refused) decision).reasons().stream().map(Reason::code).toList();
  }

  private static Stream<DynamicTest> each(
      Map<String, UnaryOperator<SimulatedMachine.Builder>> cases, Code code) {
    return cases.entrySet().stream()
        .map(entry ->
            DynamicTest.dynamicTest(
                entry.getKey(),
                () -> assertThat(codes(judge(entry.getValue()))).containsExactly(code)));
  }

  // What is right.

  @TestFactory
  Stream<DynamicTest> aMachineWithNothingWrongIsSimulated() {
    return Stream.of(Kind.values())
        .map(kind ->
            DynamicTest.dynamicTest(
                kind.name(),
                () -> {
                  Facts facts = facts(machine -> machine.kind(kind));
                  assertThat(facts.status()).isEqualTo(TcbStatus.UP_TO_DATE);
                  assertThat(facts.platformFamily()).isEqualTo("53494d000000");
                  assertThat(facts.from()).isEqualTo(SimulatedMachine.around(TIME).from());
                  assertThat(facts.until()).isEqualTo(SimulatedMachine.around(TIME).until());
                  assertThat(Policy.simulation().judge(judge(machine -> machine.kind(kind))))
                      .isInstanceOf(Decision.Accepted.class);
                }));
  }

  @Test
  void theProgramIsWhatWasLoaded() {
    assertThat(facts(machine -> machine).measurement()).isEqualTo(PROGRAM);
  }

  @Test
  void aMachineIsKnownByAHashOfItsIdentifier() {
    Bytes32 one = facts(machine -> machine).platformHash();
    assertThat(facts(machine -> machine).platformHash()).isEqualTo(one);
    assertThat(facts(machine -> machine.identifier(Bytes.of(new byte[16]))).platformHash())
        .isNotEqualTo(one);
  }

  @Test
  void otherCertificatesDoNotMakeOtherEvidence() {
    EvidenceBundle bundle = bundle(machine -> machine);
    Bytes quote = bundle.evidence();
    // Zero padding is let pass, and does not change what the evidence is.
    EvidenceBundle padded =
        new EvidenceBundle(Bytes.concat(quote, Bytes.of(new byte[70])), bundle.collateral());
    Verdict.Simulated one = (Verdict.Simulated) VERIFIER.verify(bundle, BOUND, TIME);
    Verdict.Simulated other = (Verdict.Simulated) VERIFIER.verify(padded, BOUND, TIME);
    assertThat(other.facts().evidenceHash()).isEqualTo(one.facts().evidenceHash());
    assertThat(one.facts().evidenceHash())
        .isEqualTo(Keccak.hash(Bytes.concat(quote.slice(0, 432), quote.slice(436, 500))));
  }

  // Each thing wrong.

  @TestFactory
  Stream<DynamicTest> eachPartMayBeOverOrNotBegun() {
    Map<SimulatedPart, Code> codes = new EnumMap<>(SimulatedPart.class);
    for (SimulatedPart part : SimulatedPart.values()) {
      codes.put(
          part,
          switch (part) {
            case ROOT, PCK_AUTHORITY, PCK, SIGNER -> Code.CERTIFICATE_EXPIRED;
            case ROOT_CRL -> Code.ROOT_CRL_EXPIRED;
            case PCK_CRL -> Code.PCK_CRL_EXPIRED;
            case TCB_INFO -> Code.TCB_INFO_EXPIRED;
            case QE_IDENTITY -> Code.QE_IDENTITY_EXPIRED;
          });
    }
    return codes.entrySet().stream()
        .flatMap(entry ->
            Stream.of(PAST, FUTURE)
                .map(validity ->
                    DynamicTest.dynamicTest(
                        entry.getKey() + (validity.equals(PAST) ? " is over" : " is to come"),
                        () ->
                            assertThat(
                                    Set.copyOf(
                                        codes(
                                            judge(machine ->
                                                machine.validity(entry.getKey(), validity)))))
                                .containsExactly(entry.getValue()))));
  }

  @TestFactory
  Stream<DynamicTest> aRevokedCertificateIsRefused() {
    return Stream.of(SimulatedPart.PCK, SimulatedPart.PCK_AUTHORITY, SimulatedPart.SIGNER)
        .map(part ->
            DynamicTest.dynamicTest(
                part.name(),
                () ->
                    assertThat(codes(judge(machine -> machine.revoked(part))))
                        .containsOnly(Code.CERTIFICATE_REVOKED)));
  }

  @Test
  void revocationListsOfOtherIssuersAreRefused() {
    assertThat(codes(judge(SimulatedMachine.Builder::swappedCrls))).containsOnly(Code.CRL_INVALID);
  }

  @TestFactory
  Stream<DynamicTest> theVendorsWordOnThePlatformDecides() {
    return Stream.of(TcbStatus.values())
        .filter(status ->
            status != TcbStatus.NOT_RATED
                && status != TcbStatus.TD_RELAUNCH_ADVISED
                && status != TcbStatus.TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED)
        .map(status ->
            DynamicTest.dynamicTest(
                status.label(),
                () -> {
                  Verdict verdict =
                      judge(machine -> machine.platformStatus(status.label(), "INTEL-SA-99999"));
                  Facts facts = ((Verdict.Simulated) verdict).facts();
                  assertThat(facts.status()).isEqualTo(status);
                  assertThat(facts.advisories()).containsExactly("INTEL-SA-99999");
                  assertThat(codes(Policy.simulation().judge(verdict)))
                      .contains(Code.ADVISORY_REFUSED);
                  if (status != TcbStatus.UP_TO_DATE) {
                    assertThat(codes(Policy.simulation().judge(verdict)))
                        .contains(Code.STATUS_REFUSED);
                  }
                }));
  }

  @TestFactory
  Stream<DynamicTest> aWordTheReleaseDoesNotKnowIsRefused() {
    return each(
        Map.of(
            "platform", machine -> machine.platformStatus("Splendid"),
            "a word of ours", machine -> machine.platformStatus("NotRated"),
            "a word for results only", machine -> machine.platformStatus("TDRelaunchAdvised"),
            "quoting enclave", machine -> machine.quoterStatus("Splendid"),
            "module", machine -> machine.kind(Kind.TDX_4).oldModule("Splendid", 5)),
        Code.TCB_STATUS_UNKNOWN);
  }

  @TestFactory
  Stream<DynamicTest> theQuotingEnclaveLowersTheStatus() {
    return Stream.of(
            List.of("UpToDate", "OutOfDate", "OutOfDate"),
            List.of("SWHardeningNeeded", "OutOfDate", "OutOfDate"),
            List.of("ConfigurationNeeded", "OutOfDate", "OutOfDateConfigurationNeeded"),
            List.of(
                "ConfigurationAndSWHardeningNeeded", "OutOfDate", "OutOfDateConfigurationNeeded"),
            List.of("OutOfDate", "OutOfDate", "OutOfDate"),
            List.of("Revoked", "OutOfDate", "Revoked"),
            List.of("UpToDate", "Revoked", "Revoked"),
            List.of("OutOfDateConfigurationNeeded", "Revoked", "Revoked"))
        .map(line ->
            DynamicTest.dynamicTest(
                String.join(" ", line),
                () ->
                    assertThat(
                            facts(machine ->
                                    machine.platformStatus(line.get(0)).quoterStatus(line.get(1)))
                                .status()
                                .label())
                        .isEqualTo(line.get(2))));
  }

  @TestFactory
  Stream<DynamicTest> anOldModuleOutdatesItsDomains() {
    return Stream.of(
            // Platform, module at launch, version of the module now, quoting enclave, the whole.
            List.of("UpToDate", "OutOfDate", "4", "UpToDate", "OutOfDate"),
            List.of("UpToDate", "OutOfDate", "5", "UpToDate", "TDRelaunchAdvised"),
            List.of("SWHardeningNeeded", "OutOfDate", "5", "UpToDate", "TDRelaunchAdvised"),
            List.of(
                "ConfigurationNeeded",
                "OutOfDate",
                "5",
                "UpToDate",
                "TDRelaunchAdvisedConfigurationNeeded"),
            List.of(
                "ConfigurationAndSWHardeningNeeded",
                "OutOfDate",
                "4",
                "UpToDate",
                "OutOfDateConfigurationNeeded"),
            List.of("OutOfDate", "OutOfDate", "5", "UpToDate", "OutOfDate"),
            List.of("UpToDate", "OutOfDate", "5", "OutOfDate", "OutOfDate"),
            List.of("UpToDate", "OutOfDate", "5", "Revoked", "Revoked"),
            List.of("UpToDate", "Revoked", "5", "UpToDate", "Revoked"),
            List.of("UpToDate", "UpToDate", "5", "UpToDate", "UpToDate"))
        .map(line ->
            DynamicTest.dynamicTest(
                String.join(" ", line),
                () ->
                    assertThat(
                            facts(machine ->
                                    machine
                                        .kind(Kind.TDX_5)
                                        .platformStatus(line.get(0))
                                        .oldModule(line.get(1), Integer.parseInt(line.get(2)))
                                        .quoterStatus(line.get(3)))
                                .status()
                                .label())
                        .isEqualTo(line.get(4))));
  }

  @Test
  void aDomainOfVersion4CannotShowThatARelaunchIsEnough() {
    assertThat(facts(machine -> machine.kind(Kind.TDX_4).oldModule("OutOfDate", 5)).status())
        .isEqualTo(TcbStatus.OUT_OF_DATE);
  }

  @TestFactory
  Stream<DynamicTest> aPlatformOlderThanAnyRatedIsRefused() {
    return each(
        Map.of(
            "SGX", machine -> machine.machineVersion(4),
            "TDX", machine -> machine.kind(Kind.TDX_4).machineVersion(4),
            "quoting enclave", machine -> machine.quoterVersion(1),
            "module", machine -> machine.kind(Kind.TDX_4).module(1, 3),
            "module of version 0, compared with the platform",
                machine -> machine.kind(Kind.TDX_4).module(0, 4)),
        Code.TCB_LEVEL_NOT_FOUND);
  }

  @TestFactory
  Stream<DynamicTest> ratingsOfOtherPlatformsAreRefused() {
    return each(
        Map.of(
            "FMSPC",
                machine ->
                    machine.ratedPlatform(Bytes.fromHex("00906ed50000"), Bytes.fromHex("0000")),
            "PCE", machine -> machine.ratedPlatform(SimulatedMachine.FMSPC, Bytes.fromHex("0001"))),
        Code.TCB_INFO_MISMATCH);
  }

  @TestFactory
  Stream<DynamicTest> aTdxModuleNobodyRatesIsRefused() {
    return each(
        Map.of("major version 2", machine -> machine.kind(Kind.TDX_4).module(2, 5)),
        Code.MODULE_UNKNOWN);
  }

  @TestFactory
  Stream<DynamicTest> aQuotingEnclaveOfSomebodyElseIsRefused() {
    return each(
        Map.of("signer", machine -> machine.quoterSigner(Bytes.of(new byte[32]))), Code.QE_UNKNOWN);
  }

  @Test
  void theQuotingEnclaveMustNameTheKeyAndNothingElse() {
    Bytes tail = Bytes.concat(Bytes.of(new byte[31]), Bytes.of(new byte[] {1}));
    assertThat(codes(judge(machine -> machine.quoterTail(tail))))
        .containsExactly(Code.QE_REPORT_BINDING);
  }

  @TestFactory
  Stream<DynamicTest> certificatesFromElsewhereMustBeThere() {
    return Stream.of(1, 2, 3, 4)
        .map(type ->
            DynamicTest.dynamicTest(
                "type " + type,
                () -> {
                  SimulatedMachine machine = machine().certificationType(type).build();
                  Bytes quote = machine.quote(PROGRAM, BOUND);
                  Collateral.Intel without = machine.collateral();
                  assertThat(
                          codes(VERIFIER.verify(new EvidenceBundle(quote, without), BOUND, TIME)))
                      .containsExactly(Code.COLLATERAL_MISSING);
                  Collateral.Intel with =
                      new Collateral.Intel(
                          without.tcbInfo(),
                          without.tcbInfoSignature(),
                          without.tcbInfoChain(),
                          without.qeIdentity(),
                          without.qeIdentitySignature(),
                          without.qeIdentityChain(),
                          without.rootCrl(),
                          without.pckCrl(),
                          machine.pckChain());
                  assertThat(VERIFIER.verify(new EvidenceBundle(quote, with), BOUND, TIME))
                      .isInstanceOf(Verdict.Simulated.class);
                }));
  }

  @TestFactory
  Stream<DynamicTest> otherCertificationDataIsNotJudged() {
    return each(
        Map.of(
            "type 0", machine -> machine.certificationType(0),
            "type 6 inside", machine -> machine.kind(Kind.TDX_4).certificationType(6),
            "type 7", machine -> machine.certificationType(7)),
        Code.UNSUPPORTED_EVIDENCE);
  }

  @Test
  void evidenceBoundToSomethingElseIsRefused() {
    byte[] other = BOUND.toByteArray();
    other[63] = 1;
    assertThat(codes(VERIFIER.verify(bundle(machine -> machine), Bytes.of(other), TIME)))
        .containsExactly(Code.BINDING_MISMATCH);
  }

  @TestFactory
  Stream<DynamicTest> aQuoteCutAnywhereIsRefused() {
    return Stream.of(Kind.values())
        .map(kind ->
            DynamicTest.dynamicTest(
                kind.name(),
                () -> {
                  EvidenceBundle whole = bundle(machine -> machine.kind(kind));
                  for (int length = 0; length < whole.evidence().length(); length++) {
                    EvidenceBundle cut =
                        new EvidenceBundle(whole.evidence().slice(0, length), whole.collateral());
                    assertThat(codes(VERIFIER.verify(cut, BOUND, TIME)))
                        .as("cut to %s bytes", length)
                        .isNotEmpty();
                  }
                }));
  }

  @TestFactory
  Stream<DynamicTest> missingCollateralIsNamed() {
    EvidenceBundle whole = bundle(machine -> machine);
    Collateral.Intel all = (Collateral.Intel) whole.collateral();
    Bytes none = Bytes.empty();
    return Map.<String, Collateral>of(
            "all of it", new Collateral.None(),
            "AMD's instead", new Collateral.Amd(none, none, none, none),
            "TCB info's chain",
                replaced(all, none, all.qeIdentityChain(), all.rootCrl(), all.pckCrl()),
            "identity's chain",
                replaced(all, all.tcbInfoChain(), none, all.rootCrl(), all.pckCrl()),
            "root's list",
                replaced(all, all.tcbInfoChain(), all.qeIdentityChain(), none, all.pckCrl()),
            "machine's list",
                replaced(all, all.tcbInfoChain(), all.qeIdentityChain(), all.rootCrl(), none))
        .entrySet()
        .stream()
        .map(entry ->
            DynamicTest.dynamicTest(
                entry.getKey(),
                () ->
                    assertThat(
                            codes(
                                VERIFIER.verify(
                                    new EvidenceBundle(whole.evidence(), entry.getValue()),
                                    BOUND,
                                    TIME)))
                        .containsExactly(Code.COLLATERAL_MISSING)));
  }

  private static Collateral replaced(
      Collateral.Intel all,
      Bytes tcbInfoChain,
      Bytes qeIdentityChain,
      Bytes rootCrl,
      Bytes pckCrl) {
    return new Collateral.Intel(
        all.tcbInfo(),
        all.tcbInfoSignature(),
        tcbInfoChain,
        all.qeIdentity(),
        all.qeIdentitySignature(),
        qeIdentityChain,
        rootCrl,
        pckCrl,
        all.pckChain());
  }

  @Test
  void collateralOfTheOtherTechnologyIsRefused() {
    SimulatedMachine sgx = machine().build();
    SimulatedMachine tdx = machine().kind(Kind.TDX_4).build();
    assertThat(
            codes(
                VERIFIER.verify(
                    new EvidenceBundle(sgx.quote(PROGRAM, BOUND), tdx.collateral()), BOUND, TIME)))
        .containsExactly(Code.TCB_INFO_MISMATCH, Code.QE_IDENTITY_MISMATCH);
    assertThat(
            codes(
                VERIFIER.verify(
                    new EvidenceBundle(tdx.quote(PROGRAM, BOUND), sgx.collateral()), BOUND, TIME)))
        .contains(Code.TCB_INFO_MISMATCH, Code.QE_IDENTITY_MISMATCH);
  }

  // Why nobody takes simulation for hardware: each lock holds alone.

  /** What Intel's anchors would be if some of them were the simulated authority's. */
  private static Verifier hardware(boolean root, boolean vendor, boolean names, boolean extension) {
    TrustAnchors intel = TrustAnchors.intel();
    TrustAnchors simulation = TrustAnchors.simulation();
    TrustAnchors naming = names ? simulation : intel;
    return new DcapVerifier(
        new TrustAnchors(
            Mode.HARDWARE,
            (root ? simulation : intel).rootPoint(),
            (vendor ? simulation : intel).vendorId(),
            naming.rootName(),
            naming.authorityNames(),
            naming.leafName(),
            naming.signerName(),
            (extension ? simulation : intel).criticalExtensions()));
  }

  private static final EvidenceBundle SIMULATED = bundle(machine -> machine);

  @Test
  void lock1_theVerdictIsOfAnotherType() {
    Verdict verdict = VERIFIER.verify(SIMULATED, BOUND, TIME);
    assertThat(verdict)
        .isInstanceOf(Verdict.Simulated.class)
        .isNotInstanceOf(Verdict.Hardware.class);
    assertThat(codes(Policy.hardware().judge(verdict))).contains(Code.MODE_REFUSED);
  }

  @Test
  void lock2_theRootIsNotIntels() {
    assertThat(codes(hardware(false, true, true, true).verify(SIMULATED, BOUND, TIME)))
        .contains(Code.ROOT_NOT_TRUSTED)
        .doesNotContain(Code.VENDOR_UNKNOWN);
  }

  @Test
  void lock3_theQuotingEnclaveIsNotIntels() {
    assertThat(codes(hardware(true, false, true, true).verify(SIMULATED, BOUND, TIME)))
        .containsExactly(Code.VENDOR_UNKNOWN);
  }

  @Test
  void lock4_theNamesInCertificatesSaySo() {
    assertThat(codes(hardware(true, true, false, true).verify(SIMULATED, BOUND, TIME)))
        .containsOnly(Code.ROOT_NOT_TRUSTED, Code.CHAIN_INVALID);
  }

  @Test
  void lock5_aCriticalExtensionNobodyElseKnows() {
    assertThat(codes(hardware(true, true, true, false).verify(SIMULATED, BOUND, TIME)))
        .containsExactly(Code.CHAIN_INVALID);
  }

  @Test
  void lock6_theDebugBitIsSet() {
    Verdict verdict = hardware(true, true, true, true).verify(SIMULATED, BOUND, TIME);
    assertThat(verdict).isInstanceOf(Verdict.Hardware.class);
    assertThat(codes(Policy.hardware().judge(verdict))).containsExactly(Code.TRAIT_REFUSED);
    // And nothing else would hold here, or this were no test of the bit.
    EvidenceBundle without = bundle(SimulatedMachine.Builder::withoutDebug);
    assertThat(
            Policy.hardware().judge(hardware(true, true, true, true).verify(without, BOUND, TIME)))
        .isInstanceOf(Decision.Accepted.class);
  }

  @Test
  void hardwareIsNoSimulationEither() {
    Verdict verdict = hardware(true, true, true, true).verify(SIMULATED, BOUND, TIME);
    assertThat(codes(Policy.simulation().judge(verdict))).contains(Code.MODE_REFUSED);
  }

  @Test
  void aServiceDomainIsRefusedUnlessListed() {
    Bytes service = Bytes.concat(Bytes.of(new byte[47]), Bytes.of(new byte[] {7}));
    EvidenceBundle served =
        bundle(machine -> machine.kind(Kind.TDX_5).serviceDomain(service).withoutDebug());
    Verdict verdict = hardware(true, true, true, true).verify(served, BOUND, TIME);
    assertThat(((Verdict.Hardware) verdict).facts().traits()).containsExactly(Trait.SERVICE_DOMAIN);
    assertThat(codes(Policy.hardware().judge(verdict))).containsExactly(Code.TRAIT_REFUSED);
    assertThat(Policy.hardware().servedBy(Set.of(service)).judge(verdict))
        .isInstanceOf(Decision.Accepted.class);
  }
}
