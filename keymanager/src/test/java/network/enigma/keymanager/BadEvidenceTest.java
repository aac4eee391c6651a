package network.enigma.keymanager;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import network.enigma.attestation.Collateral;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.attestation.Reason;
import network.enigma.attestation.Reason.Code;
import network.enigma.attestation.Verifier;
import network.enigma.attestation.simulation.SimulatedAuthority;
import network.enigma.attestation.simulation.SimulatedMachine;
import network.enigma.attestation.simulation.SimulatedMachine.Kind;
import network.enigma.attestation.simulation.SimulatedPart;
import network.enigma.attestation.simulation.Validity;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.NetworkConfig.Mode;
import network.enigma.protocol.ReportData;
import network.enigma.protocol.Role;
import network.enigma.protocol.channel.KeyManagerRequest;
import network.enigma.protocol.channel.KeyManagerResponse;
import network.enigma.protocol.channel.SharedResponse;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Rule C1: each kind of bad evidence, handed straight to a key manager, is refused by its name. */
class BadEvidenceTest {
  private static final Address OPERATOR = Address.lastBytesOf(Keccak.hashText("operator"));
  private static final Address ENCLAVE = Address.lastBytesOf(Keccak.hashText("enclave"));
  private static final Bytes32 NONCE = Keccak.hashText("nonce");

  private static final ModelNetwork NETWORK = ModelNetwork.fresh(1);
  private static final Instant TIME = Instant.ofEpochSecond(NETWORK.chain.tip().timestamp());

  private static SimulatedMachine.Builder machine() {
    return SimulatedMachine.builder(SimulatedMachine.around(TIME));
  }

  private static Bytes32 binding() {
    return ReportData.hash(NETWORK.config.hash(), Role.WORKER, ENCLAVE, OPERATOR, NONCE);
  }

  private static Bytes evidence(SimulatedMachine machine, Bytes reportData) {
    return machine.bundle(SimulatedAuthority.measurement(Role.WORKER), reportData).encode();
  }

  private static KeyManagerResponse admit(Bytes evidence) {
    return NETWORK
        .member(0)
        .ask(new KeyManagerRequest.Admit(OPERATOR, ENCLAVE, Role.WORKER.number(), NONCE, evidence));
  }

  private static void refused(Bytes evidence, Reason.Code code) {
    assertThat(admit(evidence))
        .isInstanceOfSatisfying(
            SharedResponse.Failure.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(ErrorCode.EVIDENCE_REJECTED);
              assertThat(failure.message()).contains(code.name());
            });
  }

  @Test
  void aMachineWithNothingWrongIsAdmitted() {
    assertThat(admit(evidence(machine().build(), Verifier.reportData(Mode.SIMULATION, binding()))))
        .isInstanceOf(KeyManagerResponse.Admitted.class);
  }

  @TestFactory
  Stream<DynamicTest> eachThingWrongIsNamed() {
    Map<String, Map.Entry<UnaryOperator<SimulatedMachine.Builder>, Code>> cases =
        new LinkedHashMap<>();
    Validity past = new Validity(TIME.minusSeconds(1_000), TIME.minusSeconds(1));
    for (SimulatedPart part : SimulatedPart.values()) {
      cases.put(
          "expired " + part,
          Map.entry(
              machine -> machine.validity(part, past),
              switch (part) {
                case ROOT, PCK_AUTHORITY, PCK, SIGNER -> Code.CERTIFICATE_EXPIRED;
                case ROOT_CRL -> Code.ROOT_CRL_EXPIRED;
                case PCK_CRL -> Code.PCK_CRL_EXPIRED;
                case TCB_INFO -> Code.TCB_INFO_EXPIRED;
                case QE_IDENTITY -> Code.QE_IDENTITY_EXPIRED;
              }));
    }
    for (SimulatedPart part :
        new SimulatedPart[] {
          SimulatedPart.PCK, SimulatedPart.PCK_AUTHORITY, SimulatedPart.SIGNER
        }) {
      cases.put(
          "revoked " + part, Map.entry(machine -> machine.revoked(part), Code.CERTIFICATE_REVOKED));
    }
    for (String status :
        new String[] {
          "SWHardeningNeeded",
          "ConfigurationNeeded",
          "ConfigurationAndSWHardeningNeeded",
          "OutOfDate",
          "OutOfDateConfigurationNeeded",
          "Revoked"
        }) {
      cases.put(
          "platform " + status,
          Map.entry(machine -> machine.platformStatus(status), Code.STATUS_REFUSED));
    }
    cases.put(
        "an advisory",
        Map.entry(
            machine -> machine.platformStatus("UpToDate", "INTEL-SA-00001"),
            Code.ADVISORY_REFUSED));
    cases.put(
        "an old quoting enclave",
        Map.entry(machine -> machine.quoterStatus("OutOfDate"), Code.STATUS_REFUSED));
    cases.put(
        "a domain to be launched again",
        Map.entry(
            machine -> machine.kind(Kind.TDX_5).oldModule("OutOfDate", 5), Code.STATUS_REFUSED));
    cases.put(
        "a revoked quoting enclave",
        Map.entry(machine -> machine.quoterStatus("Revoked"), Code.STATUS_REFUSED));
    cases.put(
        "a revoked module",
        Map.entry(
            machine -> machine.kind(Kind.TDX_4).oldModule("Revoked", 5), Code.STATUS_REFUSED));
    cases.put(
        "an unknown module",
        Map.entry(machine -> machine.kind(Kind.TDX_4).module(2, 5), Code.MODULE_UNKNOWN));
    cases.put(
        "a rating nobody knows",
        Map.entry(machine -> machine.platformStatus("Splendid"), Code.TCB_STATUS_UNKNOWN));
    cases.put(
        "a quoting enclave that says more than its key",
        Map.entry(machine -> machine.quoterTail(Bytes.of(new byte[] {1})), Code.QE_REPORT_BINDING));
    cases.put(
        "a quote without the machine's certificate",
        Map.entry(machine -> machine.certificationType(3), Code.COLLATERAL_MISSING));
    cases.put(
        "an unrated machine",
        Map.entry(machine -> machine.machineVersion(1), Code.TCB_LEVEL_NOT_FOUND));
    cases.put(
        "ratings of another platform",
        Map.entry(
            machine -> machine.ratedPlatform(Bytes.of(new byte[6]), Bytes.of(new byte[2])),
            Code.TCB_INFO_MISMATCH));
    cases.put(
        "swapped revocation lists",
        Map.entry(SimulatedMachine.Builder::swappedCrls, Code.CRL_INVALID));
    cases.put(
        "another vendor",
        Map.entry(machine -> machine.vendorId(Bytes.of(new byte[16])), Code.VENDOR_UNKNOWN));
    cases.put(
        "a stranger's quoting enclave",
        Map.entry(machine -> machine.quoterSigner(Bytes.of(new byte[32])), Code.QE_UNKNOWN));
    return cases.entrySet().stream()
        .map(entry ->
            DynamicTest.dynamicTest(
                entry.getKey(),
                () ->
                    refused(
                        evidence(
                            entry.getValue().getKey().apply(machine()).build(),
                            Verifier.reportData(Mode.SIMULATION, binding())),
                        entry.getValue().getValue())));
  }

  @Test
  void reportDataOfHardwareIsRefusedInASimulation() {
    refused(
        evidence(machine().build(), Verifier.reportData(Mode.HARDWARE, binding())),
        Code.BINDING_MISMATCH);
  }

  @Test
  void evidenceWithoutCollateralIsRefused() {
    refused(
        new EvidenceBundle(
                machine()
                    .build()
                    .quote(
                        SimulatedAuthority.measurement(Role.WORKER),
                        Verifier.reportData(Mode.SIMULATION, binding())),
                new Collateral.None())
            .encode(),
        Code.COLLATERAL_MISSING);
  }

  /** A clock that another header would show: evidence is of no use before its time or after. */
  @Test
  void evidenceOfAnotherTimeIsRefused() {
    for (long shift : new long[] {-400 * 86_400L, 400 * 86_400L}) {
      SimulatedMachine shifted =
          SimulatedMachine.builder(SimulatedMachine.around(TIME.plusSeconds(shift))).build();
      refused(
          evidence(shifted, Verifier.reportData(Mode.SIMULATION, binding())),
          Code.CERTIFICATE_EXPIRED);
    }
  }

  @Test
  void collateralOfAnotherVendorIsNone() {
    Bytes none = Bytes.empty();
    refused(
        new EvidenceBundle(
                machine()
                    .build()
                    .quote(
                        SimulatedAuthority.measurement(Role.WORKER),
                        Verifier.reportData(Mode.SIMULATION, binding())),
                new Collateral.Amd(none, none, none, none))
            .encode(),
        Code.COLLATERAL_MISSING);
  }

  @Test
  void aReportOfAmdIsRefusedInASimulation() {
    byte[] report = new byte[1_184];
    report[0] = 3;
    Bytes none = Bytes.empty();
    assertThat(
            admit(
                new EvidenceBundle(Bytes.of(report), new Collateral.Amd(none, none, none, none))
                    .encode()))
        .isInstanceOfSatisfying(
            SharedResponse.Failure.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.EVIDENCE_REJECTED));
  }

  @Test
  void evidenceCutAnywhereIsRefused() {
    Bytes whole = evidence(machine().build(), Verifier.reportData(Mode.SIMULATION, binding()));
    for (int length = 0; length < whole.length(); length++) {
      refused(whole.slice(0, length), Code.MALFORMED_EVIDENCE);
    }
  }
}
