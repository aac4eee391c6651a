package network.enigma.keymanager;

import network.enigma.attestation.statement.Verdict;
import network.enigma.attestation.statement.Verifier;
import network.enigma.protocol.Admission;
import network.enigma.protocol.ReportData;
import network.enigma.protocol.Role;
import network.enigma.protocol.channel.KeyManagerRequest;
import network.enigma.protocol.channel.KeyManagerResponse;

/**
 * Signs admissions of enclaves whose evidence verifies (rule C1). That the measurement is listed
 * and the TCB not too old is for the contract to check, which knows the lists at the moment of
 * registration.
 */
final class Admissions {
  /** Longest admission, in seconds: 30 days. */
  private static final long LONGEST = 30L * 24 * 3_600;

  /** Admissions end on a whole day, so that key managers with different tips sign the same one. */
  private static final long DAY = 24 * 3_600;

  private final Network network;
  private final Verifier verifier = Verifier.standard();

  Admissions(Network network) {
    this.network = network;
  }

  KeyManagerResponse admit(KeyManagerRequest.Admit request) {
    Role role = Role.fromNumber(request.role());
    long time = network.time();
    Verdict.Accepted verdict =
        verifier
            .verify(
                request.evidence(),
                ReportData.hash(
                    network.hash(), role, request.enclave(), request.operator(), request.nonce()),
                time,
                network.policy())
            .orThrow();
    Admission admission =
        new Admission(
            request.operator(),
            request.enclave(),
            role.number(),
            verdict.measurement(),
            verdict.tee(),
            verdict.platformHash(),
            verdict.tcbNumber(),
            Math.min(verdict.notAfter(), (time + LONGEST) / DAY * DAY),
            verdict.evidenceHash());
    return new KeyManagerResponse.Admitted(
        network.identity().address(),
        admission,
        network.identity().sign(admission.digest(network.domain())));
  }
}
