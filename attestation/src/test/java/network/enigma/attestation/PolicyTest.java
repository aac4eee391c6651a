package network.enigma.attestation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import network.enigma.attestation.Reason.Code;
import network.enigma.attestation.simulation.SimulatedMachine;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.NetworkConfig.Mode;
import org.junit.jupiter.api.Test;

/** Each thing a policy may want, alone: what keeps a machine in and what keeps it out. */
class PolicyTest {
  private static final Instant TIME = Instant.parse("2026-06-01T12:00:00Z");
  private static final Bytes32 PROGRAM = Keccak.hashText("a program");
  private static final Facts FACTS = facts(machine -> machine);

  private static Facts facts(UnaryOperator<SimulatedMachine.Builder> with) {
    Bytes bound = Verifier.reportData(Keccak.hashText("a binding"));
    Verdict verdict =
        Verifier.of(Mode.SIMULATION)
            .verify(
                with.apply(SimulatedMachine.builder(SimulatedMachine.around(TIME)))
                    .build()
                    .bundle(PROGRAM, bound),
                bound,
                TIME);
    return ((Verdict.Proven) verdict).facts();
  }

  /** A policy for simulation with one part changed. */
  private static Policy policy(
      long minimumTcbNumber,
      Instant minimumTcbDate,
      long minimumVersion,
      Optional<Set<String>> allowedFamilies,
      Set<String> deniedFamilies,
      Set<Bytes32> deniedPlatforms) {
    return new Policy(
        Mode.SIMULATION,
        Optional.empty(),
        Set.of(TcbStatus.UP_TO_DATE),
        Set.of(),
        minimumTcbNumber,
        minimumTcbDate,
        minimumVersion,
        Set.of(),
        Set.of(),
        allowedFamilies,
        deniedFamilies,
        deniedPlatforms);
  }

  private static void accepts(Policy policy) {
    assertThat(policy.judge(new Verdict.Simulated(FACTS))).isInstanceOf(Decision.Accepted.class);
  }

  private static void refuses(Policy policy, Code... codes) {
    assertThat(policy.judge(new Verdict.Simulated(FACTS)))
        .isInstanceOfSatisfying(
            Decision.Refused.class,
            refused ->
                assertThat(refused.reasons()).extracting(Reason::code).containsExactly(codes));
  }

  @Test
  void programsAreThoseListed() {
    accepts(Policy.simulation().requiring(Set.of(PROGRAM)));
    refuses(Policy.simulation().requiring(Set.of()), Code.MEASUREMENT_REFUSED);
    refuses(
        Policy.simulation().requiring(Set.of(Keccak.hashText("another"))),
        Code.MEASUREMENT_REFUSED);
    assertThat(Policy.hardware(Set.of(PROGRAM)).measurements()).contains(Set.of(PROGRAM));
  }

  @Test
  void theTcbHasToBeNewEnough() {
    Instant epoch = Instant.EPOCH;
    accepts(policy(FACTS.tcbNumber(), epoch, 0, Optional.empty(), Set.of(), Set.of()));
    refuses(
        policy(FACTS.tcbNumber() + 1, epoch, 0, Optional.empty(), Set.of(), Set.of()),
        Code.TCB_TOO_OLD);
    accepts(policy(0, FACTS.tcbDate(), 0, Optional.empty(), Set.of(), Set.of()));
    refuses(
        policy(0, FACTS.tcbDate().plusSeconds(1), 0, Optional.empty(), Set.of(), Set.of()),
        Code.TCB_TOO_OLD);
  }

  @Test
  void theProgramHasToBeNewEnough() {
    long version = FACTS.securityVersion();
    accepts(policy(0, Instant.EPOCH, version, Optional.empty(), Set.of(), Set.of()));
    refuses(
        policy(0, Instant.EPOCH, version + 1, Optional.empty(), Set.of(), Set.of()),
        Code.VERSION_TOO_LOW);
  }

  @Test
  void machinesAndKindsOfMachinesAreAllowedOrDenied() {
    String family = FACTS.platformFamily();
    accepts(policy(0, Instant.EPOCH, 0, Optional.of(Set.of(family)), Set.of(), Set.of()));
    refuses(
        policy(0, Instant.EPOCH, 0, Optional.of(Set.of("00906ed50000")), Set.of(), Set.of()),
        Code.PLATFORM_REFUSED);
    refuses(
        policy(0, Instant.EPOCH, 0, Optional.empty(), Set.of(family), Set.of()),
        Code.PLATFORM_REFUSED);
    refuses(
        policy(0, Instant.EPOCH, 0, Optional.of(Set.of(family)), Set.of(family), Set.of()),
        Code.PLATFORM_REFUSED);
    refuses(
        policy(0, Instant.EPOCH, 0, Optional.empty(), Set.of(), Set.of(FACTS.platformHash())),
        Code.PLATFORM_REFUSED);
    accepts(policy(0, Instant.EPOCH, 0, Optional.empty(), Set.of(), Set.of(PROGRAM)));
  }

  @Test
  void everyReasonIsSaidAtOnce() {
    refuses(
        policy(
            FACTS.tcbNumber() + 1,
            FACTS.tcbDate().plusSeconds(1),
            FACTS.securityVersion() + 1,
            Optional.empty(),
            Set.of(FACTS.platformFamily()),
            Set.of(FACTS.platformHash())),
        Code.VERSION_TOO_LOW,
        Code.TCB_TOO_OLD,
        Code.TCB_TOO_OLD,
        Code.PLATFORM_REFUSED,
        Code.PLATFORM_REFUSED);
  }

  @Test
  void hardwareRefusesWhatHasAdvisoriesOrABadRating() {
    Policy hardware = Policy.hardware();
    assertThat(hardware.statuses())
        .doesNotContain(
            TcbStatus.OUT_OF_DATE,
            TcbStatus.OUT_OF_DATE_CONFIGURATION_NEEDED,
            TcbStatus.CONFIGURATION_NEEDED,
            TcbStatus.TD_RELAUNCH_ADVISED,
            TcbStatus.TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED,
            TcbStatus.REVOKED);
    Facts advised = facts(machine -> machine.platformStatus("UpToDate", "INTEL-SA-00001"));
    assertThat(hardware.judge(new Verdict.Hardware(advised)))
        .isInstanceOfSatisfying(
            Decision.Refused.class,
            refused ->
                assertThat(refused.reasons())
                    .extracting(Reason::code)
                    .contains(Code.ADVISORY_REFUSED));
  }

  @Test
  void aDecisionIsAnAcceptanceOrAnErrorWithEveryReason() {
    assertThat(Policy.simulation().judge(new Verdict.Simulated(FACTS)).orThrow().facts())
        .isEqualTo(FACTS);
    Decision refused =
        Policy.hardware()
            .judge(
                new Verdict.Refused(
                    List.of(
                        new Reason(Code.SIGNATURE_INVALID, "wrong"),
                        new Reason(Code.QE_UNKNOWN, "strange"))));
    assertThatThrownBy(refused::orThrow)
        .isInstanceOfSatisfying(
            EnigmaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.EVIDENCE_REJECTED))
        .hasMessage("SIGNATURE_INVALID: wrong; QE_UNKNOWN: strange");
    assertThatThrownBy(() -> new Verdict.Refused(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Decision.Refused(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Evidence of each vendor goes to that vendor's verifier, whatever the collateral says. */
  @Test
  void collateralOfTheWrongVendorProvesNothing() {
    Bytes bound = Bytes.of(new byte[64]);
    Collateral.Intel intel =
        SimulatedMachine.builder(SimulatedMachine.around(TIME)).build().collateral();
    byte[] report = new byte[SevSnpReport.LENGTH];
    report[0] = 2;
    EvidenceBundle snp = new EvidenceBundle(Bytes.of(report), intel);
    assertThat(snp.isSnp()).isTrue();
    assertThat(Verifier.of(Mode.HARDWARE).verify(snp, bound, TIME))
        .isInstanceOfSatisfying(
            Verdict.Refused.class,
            refused ->
                assertThat(refused.reasons())
                    .extracting(Reason::code)
                    .containsExactly(Code.COLLATERAL_MISSING));
    assertThat(Verifier.of(Mode.SIMULATION).verify(snp, bound, TIME))
        .isInstanceOf(Verdict.Refused.class);
    EvidenceBundle quote =
        new EvidenceBundle(
            FACTS.evidence().core(),
            new Collateral.Amd(Bytes.empty(), Bytes.empty(), Bytes.empty(), Bytes.empty()));
    assertThat(Verifier.of(Mode.HARDWARE).verify(quote, bound, TIME))
        .isInstanceOf(Verdict.Refused.class);
    assertThat(EvidenceBundle.decode(snp.encode())).isEqualTo(snp);
    assertThat(EvidenceBundle.decode(quote.encode())).isEqualTo(quote);
    assertThatThrownBy(snp::core).isInstanceOf(EnigmaException.class);
  }
}
