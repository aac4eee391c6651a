package network.enigma.enclave;

import java.util.Optional;
import network.enigma.protocol.Bytes32;
import network.enigma.tee.RealmKeys;

/**
 * The keys of a realm that its lease holder has: the tenure's, and where needed those of the tenure
 * before (Rule K3).
 */
record HeldKeys(RealmKeys current, Optional<RealmKeys> previous) {
  Bytes32 realm() {
    return current.realm();
  }

  /** The keys of a generation and tenure, if the holder has them. */
  Optional<RealmKeys> of(long generation, long tenure) {
    if (current.generation() == generation && current.tenure() == tenure) {
      return Optional.of(current);
    }
    return previous.filter(keys -> keys.generation() == generation && keys.tenure() == tenure);
  }
}
