package network.enigma.client;

import network.enigma.attestation.Verdict;
import network.enigma.chain.EnigmaContract;
import network.enigma.contracts.Enigma;
import network.enigma.protocol.Role;

/** Which programs on which machines a network admits now (rule C16). */
record AdmittedPrograms(EnigmaContract contract) {
  boolean admit(Verdict.Proven proven, Role role) {
    Enigma.Results.IsMeasurementListedResult listed =
        Enigma.Results.isMeasurementListed(
            contract.read(Enigma.isMeasurementListed(proven.facts().measurement().toByteArray())));
    long minimum = Enigma.Results.tcbMinimum(contract.read(Enigma.tcbMinimum(proven.tee())));
    return listed.listed()
        && listed.role() == role.number()
        && listed.tee() == proven.tee()
        && proven.facts().tcbNumber() >= minimum;
  }
}
