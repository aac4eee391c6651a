package network.enigma.node.lease;

import java.util.List;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.crypto.Signature;

/**
 * A lease this worker's enclave holds.
 *
 * @param lease its number
 * @param tenure it is for
 * @param life of the enclave in which it was taken
 * @param grants key managers' signatures over Grant, ascending by signer
 * @param overdue the task that let this worker take over, zero if it is its own turn or a challenge
 * @param tookOver whether it is not the holder of the tenure until its first batch is committed
 */
public record HeldLease(
    long lease, long tenure, long life, List<Signature> grants, Bytes32 overdue, boolean tookOver) {
  public HeldLease {
    grants = List.copyOf(grants);
  }
}
