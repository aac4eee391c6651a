package network.enigma.ethereum.storage;

import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;

/**
 * The first slot of a worker: all that draws, signatures and failovers need.
 *
 * @param enclave account of the worker's enclave; zero where there is no such worker
 * @param admittedUntil end of the admission in seconds since 1970
 * @param tcbNumber level of the platform at admission
 * @param tee 0 simulation, 1 SGX, 2 TDX, 3 SEV-SNP
 * @param flags bit 0: logged out; bit 1: evicted; bit 2: slashed
 * @param misses missed failovers
 */
public record WorkerCore(
    Address enclave, long admittedUntil, long tcbNumber, int tee, int flags, int misses) {
  /** Whether there is such a worker. */
  public boolean exists() {
    return !enclave.isZero();
  }

  public boolean loggedOut() {
    return (flags & 1) != 0;
  }

  public boolean evicted() {
    return (flags & 2) != 0;
  }

  public boolean slashed() {
    return (flags & 4) != 0;
  }

  static WorkerCore decode(Bytes32 value) {
    Word word = Word.of(value);
    return new WorkerCore(
        word.address(0),
        word.uint(160, 32),
        word.uint(192, 32),
        word.small(224, 8),
        word.small(232, 8),
        word.small(240, 16));
  }

  /** The word the contract stores. */
  public Bytes32 encode() {
    return Word.empty()
        .with(0, enclave)
        .with(160, 32, admittedUntil)
        .with(192, 32, tcbNumber)
        .with(224, 8, tee)
        .with(232, 8, flags)
        .with(240, 16, misses)
        .toBytes32();
  }
}
