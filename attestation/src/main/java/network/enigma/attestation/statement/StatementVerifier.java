package network.enigma.attestation.statement;

import java.util.ArrayList;
import java.util.List;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.NetworkConfig.Mode;
import network.enigma.protocol.crypto.Secp256k1;

/**
 * Judges statements of the simulated authority. Its root can vouch for simulation and nothing else:
 * a statement that says hardware is rejected although its signature is right.
 */
final class StatementVerifier implements Verifier {
  private static final int SIMULATION_TEE = 0;

  @Override
  public Verdict verify(Bytes evidence, Bytes32 reportData, long time, Policy policy) {
    Statement statement;
    try {
      statement = Statement.decode(evidence);
    } catch (EnigmaException e) {
      return new Verdict.Rejected(List.of("the evidence is not readable: " + e.getMessage()));
    }
    List<String> reasons = new ArrayList<>();
    if (!signedByRoot(statement)) {
      reasons.add("the statement is not signed by the simulated authority");
    }
    if (statement.mode() != Mode.SIMULATION) {
      reasons.add("the simulated authority cannot vouch for hardware");
    }
    if (policy.mode() != Mode.SIMULATION) {
      reasons.add("the policy wants hardware and the evidence is simulated");
    }
    if (!statement.reportData().equals(reportData)) {
      reasons.add("the evidence is bound to something else");
    }
    if (Long.compareUnsigned(statement.notAfter(), time) < 0) {
      reasons.add("the evidence has expired");
    }
    if (policy.measurements().isPresent()
        && !policy.measurements().get().contains(statement.measurement())) {
      reasons.add("the program " + statement.measurement() + " is not one the policy accepts");
    }
    if (!reasons.isEmpty()) {
      return new Verdict.Rejected(reasons);
    }
    return new Verdict.Accepted(
        Mode.SIMULATION,
        statement.measurement(),
        SIMULATION_TEE,
        SimulatedAuthority.PLATFORM_HASH,
        SimulatedAuthority.TCB_NUMBER,
        statement.notAfter(),
        Keccak.hash(evidence));
  }

  private static boolean signedByRoot(Statement statement) {
    try {
      return Secp256k1.recover(statement.digest(), statement.signature())
          .equals(SimulatedAuthority.ROOT.address());
    } catch (EnigmaException e) {
      return false;
    }
  }
}
