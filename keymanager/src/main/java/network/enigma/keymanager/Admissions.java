package network.enigma.keymanager;

import network.enigma.attestation.Decision;
import network.enigma.attestation.Facts;
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

  Admissions(Network network) {
    this.network = network;
  }

  KeyManagerResponse admit(KeyManagerRequest.Admit request) {
    Role role = Role.fromNumber(request.role());
    long time = network.time();
    Decision.Accepted accepted =
        network.accept(
            request.evidence(),
            ReportData.hash(
                network.hash(), role, request.enclave(), request.operator(), request.nonce()));
    Facts facts = accepted.facts();
    Admission admission =
        new Admission(
            request.operator(),
            request.enclave(),
            role.number(),
            facts.measurement(),
            accepted.verdict().tee(),
            facts.platformHash(),
            facts.tcbNumber(),
            Math.min(facts.until().getEpochSecond(), (time + LONGEST) / DAY * DAY),
            facts.evidenceHash());
    return new KeyManagerResponse.Admitted(
        network.identity().address(),
        admission,
        network.identity().sign(admission.digest(network.domain())));
  }
}
