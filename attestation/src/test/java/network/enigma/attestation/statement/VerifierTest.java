package network.enigma.attestation.statement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.NetworkConfig.Mode;
import network.enigma.protocol.Role;
import network.enigma.protocol.crypto.SigningKey;
import org.junit.jupiter.api.Test;

/** Design section 7: evidence in, verdict out. */
class VerifierTest {
  private static final Bytes32 BOUND_TO = Keccak.hashText("this enclave");
  private static final Bytes32 PROGRAM = SimulatedAuthority.measurement(Role.WORKER);
  private static final long NOW = 1_800_000_000L;

  private final Verifier verifier = Verifier.standard();
  private final Bytes evidence = SimulatedAuthority.evidence(Role.WORKER, BOUND_TO, NOW);

  private List<String> reasons(Bytes judged, Bytes32 reportData, long time, Policy policy) {
    Verdict verdict = verifier.verify(judged, reportData, time, policy);
    assertThat(verdict).isInstanceOf(Verdict.Rejected.class);
    return ((Verdict.Rejected) verdict).reasons();
  }

  @Test
  void simulatedEvidenceSatisfiesTheSimulationPolicy() {
    assertThat(verifier.verify(evidence, BOUND_TO, NOW, Policy.simulation()))
        .isInstanceOfSatisfying(
            Verdict.Accepted.class,
            accepted -> {
              assertThat(accepted.mode()).isEqualTo(Mode.SIMULATION);
              assertThat(accepted.measurement()).isEqualTo(PROGRAM);
              assertThat(accepted.evidenceHash()).isEqualTo(Keccak.hash(evidence));
              assertThat(accepted.notAfter()).isEqualTo(NOW + SimulatedAuthority.VALIDITY);
            });
  }

  @Test
  void everyHardwarePolicyRefusesSimulatedEvidence() {
    assertThat(reasons(evidence, BOUND_TO, NOW, Policy.hardware(Set.of(PROGRAM))))
        .containsExactly("the policy wants hardware and the evidence is simulated");
  }

  @Test
  void theSimulatedAuthorityCannotVouchForHardware() {
    Bytes forged =
        new Statement(
                Mode.HARDWARE,
                PROGRAM,
                BOUND_TO,
                NOW,
                SimulatedAuthority.ROOT.sign(
                    Statement.digest(Mode.HARDWARE, PROGRAM, BOUND_TO, NOW)))
            .encode();
    assertThat(reasons(forged, BOUND_TO, NOW, Policy.simulation()))
        .containsExactly("the simulated authority cannot vouch for hardware");
    assertThat(reasons(forged, BOUND_TO, NOW, Policy.hardware(Set.of(PROGRAM))))
        .contains("the simulated authority cannot vouch for hardware");
  }

  @Test
  void anotherSignerIsNoAuthority() {
    Bytes forged =
        new Statement(
                Mode.SIMULATION,
                PROGRAM,
                BOUND_TO,
                NOW,
                SigningKey.generate()
                    .sign(Statement.digest(Mode.SIMULATION, PROGRAM, BOUND_TO, NOW)))
            .encode();
    assertThat(reasons(forged, BOUND_TO, NOW, Policy.simulation()))
        .containsExactly("the statement is not signed by the simulated authority");
  }

  @Test
  void evidenceBoundToSomethingElseIsRejected() {
    assertThat(reasons(evidence, Keccak.hashText("another"), NOW, Policy.simulation()))
        .containsExactly("the evidence is bound to something else");
  }

  @Test
  void evidenceIsValidUntilItsEndAndNotLonger() {
    long end = NOW + SimulatedAuthority.VALIDITY;
    assertThat(verifier.verify(evidence, BOUND_TO, end, Policy.simulation()))
        .isInstanceOf(Verdict.Accepted.class);
    assertThat(reasons(evidence, BOUND_TO, end + 1, Policy.simulation()))
        .containsExactly("the evidence has expired");
  }

  @Test
  void aProgramThePolicyDoesNotNameIsRejected() {
    Policy policy = Policy.simulation().requiring(Keccak.hashText("another program"));
    assertThat(reasons(evidence, BOUND_TO, NOW, policy)).hasSize(1);
    assertThat(verifier.verify(evidence, BOUND_TO, NOW, Policy.simulation().requiring(PROGRAM)))
        .isInstanceOf(Verdict.Accepted.class);
  }

  @Test
  void theRolesRunDifferentPrograms() {
    assertThat(SimulatedAuthority.measurement(Role.KEY_MANAGER)).isNotEqualTo(PROGRAM);
  }

  @Test
  void aRejectionThrowsItsReasons() {
    Verdict verdict = verifier.verify(evidence, BOUND_TO, NOW, Policy.hardware(Set.of(PROGRAM)));
    assertThatThrownBy(verdict::orThrow)
        .hasMessageContaining("the policy wants hardware")
        .isInstanceOfSatisfying(
            EnigmaException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.EVIDENCE_REJECTED));
  }

  @Property(tries = 500)
  void evidenceWithAFlippedBitIsRejected(
      @ForAll @IntRange(max = 100_000) int where, @ForAll @IntRange(max = 7) int bit) {
    byte[] flipped = evidence.toByteArray();
    flipped[where % flipped.length] ^= (byte) (1 << bit);
    assertThat(verifier.verify(Bytes.of(flipped), BOUND_TO, NOW, Policy.simulation()))
        .isInstanceOf(Verdict.Rejected.class);
  }

  @Property(tries = 500)
  void anyBytesAreRejected(@ForAll byte[] bytes) {
    assertThat(verifier.verify(Bytes.of(bytes), BOUND_TO, NOW, Policy.simulation()))
        .isInstanceOf(Verdict.Rejected.class);
  }
}
