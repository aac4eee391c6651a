package network.enigma.enclave;

import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Keccak;

/**
 * A salt that an order of the realm has used (Rule C7).
 *
 * @param taskId the order's
 * @param expiry the order's, unsigned: past it no order with the salt can run, and the entry is
 *     forgotten
 * @param posted whether the order has its outcome as a posted task already
 */
record UsedSalt(Bytes32 taskId, long expiry, boolean posted) {
  /** Under which the used salt is stored. */
  static Bytes32 key(Address sender, Bytes32 salt) {
    return Keccak.hash(sender.toByteArray(), salt.toByteArray());
  }
}
