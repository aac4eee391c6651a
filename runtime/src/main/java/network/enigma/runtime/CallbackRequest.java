package network.enigma.runtime;

import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;

/**
 * A call into an ordinary Ethereum contract that a secret contract asks for (Rule C12). The gas it
 * may use, and {@link #OVERHEAD_GAS}, is already paid for by the task.
 *
 * @param origin the secret contract that asks
 * @param target the Ethereum contract to call
 * @param gas how much gas that call gets
 * @param data what is handed to it
 */
public record CallbackRequest(Address origin, Address target, long gas, Bytes data) {
  /**
   * What a callback costs on Ethereum beside the gas it gets: the forwarder's call, the record of
   * its outcome, and its place in the calldata. It is paid for and counted like the callback's own
   * gas, so that a callback without gas is not free (Rule C12).
   */
  public static final long OVERHEAD_GAS = 60_000;
}
