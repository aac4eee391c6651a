package network.enigma.client;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import network.enigma.attestation.Decision;
import network.enigma.attestation.EnclaveEvidence;
import network.enigma.attestation.Policy;
import network.enigma.attestation.Reason;
import network.enigma.attestation.Verdict;
import network.enigma.contracts.Enigma;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.NetworkConfig.Mode;
import network.enigma.protocol.Role;

/**
 * What an enclave has proved, judged here and now: nobody's word was taken for it but the vendor's,
 * whose root is built in, and the chain's.
 *
 * @param evidence what was judged
 * @param decision accepted, with all facts, or refused, with every reason
 * @param at the time for which it was judged
 */
public record Attestation(EnclaveEvidence evidence, Decision decision, Instant at) {

  /**
   * Judges evidence by itself, with no chain at hand: as a file, for instance.
   *
   * @param at the time at which it must be valid
   */
  public static Attestation judge(EnclaveEvidence evidence, Instant at) {
    return new Attestation(evidence, policy(evidence.mode()).judge(evidence.verify(at)), at);
  }

  /** Judges evidence and compares it with what the chain says of the worker. */
  static Attestation judge(
      EnclaveEvidence evidence,
      Bytes32 networkHash,
      Mode mode,
      Enigma.WorkerView worker,
      Enigma.Event.WorkerRegistered registered,
      AdmittedPrograms programs,
      Instant at) {
    Verdict verdict = evidence.verify(at);
    Decision decision = policy(mode).judge(verdict);
    List<Reason> differences = new ArrayList<>();
    require(differences, evidence.networkHash().equals(networkHash), "of another network");
    require(differences, evidence.mode() == mode, "of another mode than the network's");
    require(differences, evidence.role() == Role.WORKER, "not about a worker");
    require(
        differences,
        evidence.enclave().equals(Address.of(worker.enclave())),
        "about another enclave than the worker's");
    require(
        differences,
        evidence.operator().equals(Address.of(worker.operator())),
        "for another operator than the worker's");
    require(
        differences,
        evidence.isPublishedBy(registered.evidence()),
        "not what was published at registration");
    if (verdict instanceof Verdict.Proven proven) {
      require(
          differences,
          proven.facts().measurement().equals(Bytes32.of(worker.measurement())),
          "about another program than the one registered");
      require(differences, proven.tee() == worker.tee(), "of another kind than the one registered");
      require(
          differences,
          programs.admit(proven, Role.WORKER),
          "about a program or a TCB that is not admitted any more");
    }
    return judged(evidence, decision, differences, at);
  }

  /** Judges evidence and compares it with what the chain says of the key manager. */
  static Attestation judge(
      EnclaveEvidence evidence,
      Bytes32 networkHash,
      Mode mode,
      ListedKeyManager listed,
      AdmittedPrograms programs,
      Instant at) {
    Verdict verdict = evidence.verify(at);
    Decision decision = policy(mode).judge(verdict);
    List<Reason> differences = new ArrayList<>();
    require(differences, evidence.networkHash().equals(networkHash), "of another network");
    require(differences, evidence.mode() == mode, "of another mode than the network's");
    require(differences, evidence.role() == Role.KEY_MANAGER, "not about a key manager");
    require(
        differences,
        evidence.enclave().equals(listed.enclave()),
        "about another enclave than the key manager's");
    require(
        differences,
        evidence.operator().equals(listed.operator()),
        "for another operator than the key manager's");
    require(
        differences,
        evidence.bundle().core().equals(listed.evidence()),
        "not what was published when it was listed");
    if (verdict instanceof Verdict.Proven proven) {
      require(
          differences,
          proven.facts().measurement().equals(listed.measurement()),
          "about another program than the one listed");
      require(
          differences,
          programs.admit(proven, Role.KEY_MANAGER),
          "about a program or a TCB that is not admitted any more");
    }
    return judged(evidence, decision, differences, at);
  }

  private static Attestation judged(
      EnclaveEvidence evidence, Decision decision, List<Reason> differences, Instant at) {
    if (differences.isEmpty()) {
      return new Attestation(evidence, decision, at);
    }
    List<Reason> reasons = new ArrayList<>(differences);
    if (decision instanceof Decision.Refused refused) {
      reasons.addAll(refused.reasons());
    }
    return new Attestation(evidence, new Decision.Refused(reasons), at);
  }

  private static void require(List<Reason> differences, boolean same, String difference) {
    if (!same) {
      differences.add(new Reason(Reason.Code.BINDING_MISMATCH, "the evidence is " + difference));
    }
  }

  private static Policy policy(Mode mode) {
    return switch (mode) {
      case HARDWARE -> Policy.hardware();
      case SIMULATION -> Policy.simulation();
    };
  }

  /** The identity of the evidence, as published on chain. */
  public Bytes32 evidenceHash() {
    return Keccak.hash(evidence.bundle().core());
  }

  /** Whether hardware stands behind it, and nothing was found against it. */
  public boolean isHardware() {
    return decision instanceof Decision.Accepted accepted
        && accepted.verdict().mode() == Mode.HARDWARE;
  }

  /**
   * The acceptance.
   *
   * @throws EnigmaException {@link ErrorCode#EVIDENCE_REJECTED} with every reason
   */
  public Decision.Accepted orThrow() {
    return decision.orThrow();
  }
}
