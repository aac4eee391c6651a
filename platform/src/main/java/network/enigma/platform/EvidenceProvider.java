package network.enigma.platform;

import network.enigma.protocol.Bytes32;
import network.enigma.protocol.NetworkConfig.Mode;
import network.enigma.protocol.Role;
import network.enigma.tee.EvidenceSource;

/** A machine's way to prove which program runs on it. */
public interface EvidenceProvider {
  /** What stands behind the evidence. */
  Mode mode();

  /** The identity of the program of a role, as the evidence shows it. */
  Bytes32 measurement(Role role);

  /** Where the program of a role gets its evidence. */
  EvidenceSource source(Role role);
}
