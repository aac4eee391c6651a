package network.enigma.ethereum.storage;

import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;

/**
 * A registered worker, as far as enclaves look at it.
 *
 * @param core enclave, admission and flags
 * @param operator operator, seats and fines
 * @param measurement of the enclave's code
 */
public record Worker(WorkerCore core, WorkerOperator operator, Bytes32 measurement) {
  /** Whether there is such a worker. */
  public boolean exists() {
    return core.exists();
  }

  public Address enclave() {
    return core.enclave();
  }
}
