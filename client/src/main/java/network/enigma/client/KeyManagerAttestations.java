package network.enigma.client;

import java.util.List;
import network.enigma.attestation.Decision;

/**
 * What the key managers of a generation have proved: each of them can derive the secrets of its
 * realms.
 *
 * @param generation its number
 * @param members how many key managers it has, as the chain says
 * @param quorum how many of them decide
 * @param attestations of those that showed evidence, by enclave
 */
public record KeyManagerAttestations(
    long generation, int members, int quorum, List<Attestation> attestations) {
  public KeyManagerAttestations {
    attestations = List.copyOf(attestations);
  }

  /** How many showed no evidence. */
  public int silent() {
    return Math.max(0, members - attestations.size());
  }

  /** Whether every member showed evidence and all of it is accepted. */
  public boolean isAccepted() {
    return silent() == 0
        && attestations.stream().allMatch(each -> each.decision() instanceof Decision.Accepted);
  }
}
