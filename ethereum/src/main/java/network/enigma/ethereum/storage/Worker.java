package network.enigma.ethereum.storage;

import network.enigma.protocol.Address;

/**
 * A registered worker, as far as enclaves look at it.
 *
 * @param core enclave, admission and flags
 * @param operator operator, seats, fines and measurement
 */
public record Worker(WorkerCore core, WorkerOperator operator) {
  /** Whether there is such a worker. */
  public boolean exists() {
    return core.exists();
  }

  public Address enclave() {
    return core.enclave();
  }
}
