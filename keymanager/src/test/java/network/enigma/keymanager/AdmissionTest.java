package network.enigma.keymanager;

import static org.assertj.core.api.Assertions.assertThat;

import network.enigma.attestation.EvidenceBundle;
import network.enigma.attestation.simulation.SimulatedAuthority;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.ReportData;
import network.enigma.protocol.Role;
import network.enigma.protocol.channel.KeyManagerRequest;
import network.enigma.protocol.channel.KeyManagerResponse;
import network.enigma.protocol.channel.SharedRequest;
import network.enigma.protocol.channel.SharedResponse;
import org.junit.jupiter.api.Test;

/** Rule C1: admissions. */
class AdmissionTest {
  private static final Address OPERATOR = Address.lastBytesOf(Keccak.hashText("operator"));
  private static final Address ENCLAVE = Address.lastBytesOf(Keccak.hashText("enclave"));
  private static final Bytes32 NONCE = Keccak.hashText("nonce");

  private final ModelNetwork network = ModelNetwork.fresh(1);
  private final Member member = network.member(0);

  private Bytes evidence(Bytes32 networkHash, Role role, Address enclave, long notAfter) {
    return SimulatedAuthority.evidence(
        SimulatedAuthority.measurement(Role.WORKER),
        ReportData.hash(networkHash, role, enclave, OPERATOR, NONCE),
        notAfter);
  }

  private KeyManagerRequest.Admit admit(Bytes evidence) {
    return new KeyManagerRequest.Admit(OPERATOR, ENCLAVE, Role.WORKER.number(), NONCE, evidence);
  }

  @Test
  void anEnclaveWhoseEvidenceVerifiesIsAdmitted() {
    long time = network.chain.tip().timestamp();
    Bytes evidence = evidence(network.config.hash(), Role.WORKER, ENCLAVE, time + 50);
    KeyManagerResponse.Admitted admitted =
        member.ask(admit(evidence), KeyManagerResponse.Admitted.class);
    assertThat(admitted.admission().enclave()).isEqualTo(ENCLAVE);
    assertThat(admitted.admission().notAfter()).isEqualTo(time + 50);
    assertThat(admitted.admission().evidenceHash())
        .isEqualTo(Keccak.hash(EvidenceBundle.decode(evidence).core()));
    assertThat(admitted.admission().signer(network.config.domain(), admitted.signature()))
        .isEqualTo(member.address());
  }

  private long longestAdmission() {
    return member
        .ask(
            admit(evidence(network.config.hash(), Role.WORKER, ENCLAVE, Long.MAX_VALUE)),
            KeyManagerResponse.Admitted.class)
        .admission()
        .notAfter();
  }

  @Test
  void anAdmissionLastsThirtyDaysAtMost() {
    long time = network.chain.tip().timestamp();
    assertThat(longestAdmission() - time).isBetween(29L * 86_400, 30L * 86_400);
  }

  @Test
  void keyManagersWithDifferentTipsSignTheSameAdmission() {
    long before = longestAdmission();
    network.mine(1);
    assertThat(longestAdmission()).isEqualTo(before);
  }

  @Test
  void theEvidenceOfAKeyManagerAdmitsIt() {
    Bytes evidence =
        member
            .ask(new SharedRequest.Attest(OPERATOR, NONCE), SharedResponse.Evidence.class)
            .evidence();
    member.ask(
        new KeyManagerRequest.Admit(
            OPERATOR, member.address(), Role.KEY_MANAGER.number(), NONCE, evidence),
        KeyManagerResponse.Admitted.class);
  }

  @Test
  void evidenceOfAnotherEnclaveIsRefused() {
    member.refuses(
        admit(evidence(network.config.hash(), Role.WORKER, OPERATOR, Long.MAX_VALUE)),
        ErrorCode.EVIDENCE_REJECTED);
  }

  @Test
  void evidenceOfAnotherRoleIsRefused() {
    member.refuses(
        admit(evidence(network.config.hash(), Role.KEY_MANAGER, ENCLAVE, Long.MAX_VALUE)),
        ErrorCode.EVIDENCE_REJECTED);
  }

  @Test
  void evidenceForAnotherNetworkIsRefused() {
    member.refuses(
        admit(evidence(Keccak.hashText("another network"), Role.WORKER, ENCLAVE, Long.MAX_VALUE)),
        ErrorCode.EVIDENCE_REJECTED);
  }

  @Test
  void evidenceShownForAnotherOperatorOrWithAnotherNonceIsRefused() {
    Bytes evidence = evidence(network.config.hash(), Role.WORKER, ENCLAVE, Long.MAX_VALUE);
    member.refuses(
        new KeyManagerRequest.Admit(ENCLAVE, ENCLAVE, Role.WORKER.number(), NONCE, evidence),
        ErrorCode.EVIDENCE_REJECTED);
    member.refuses(
        new KeyManagerRequest.Admit(
            OPERATOR, ENCLAVE, Role.WORKER.number(), Keccak.hashText("replayed"), evidence),
        ErrorCode.EVIDENCE_REJECTED);
  }

  @Test
  void expiredEvidenceIsRefused() {
    member.refuses(
        admit(
            evidence(
                network.config.hash(), Role.WORKER, ENCLAVE, network.chain.tip().timestamp() - 1)),
        ErrorCode.EVIDENCE_REJECTED);
  }

  @Test
  void aRoleThatDoesNotExistIsRefused() {
    member.refuses(
        new KeyManagerRequest.Admit(
            OPERATOR,
            ENCLAVE,
            9,
            NONCE,
            evidence(network.config.hash(), Role.WORKER, ENCLAVE, Long.MAX_VALUE)),
        ErrorCode.MALFORMED_MESSAGE);
  }
}
