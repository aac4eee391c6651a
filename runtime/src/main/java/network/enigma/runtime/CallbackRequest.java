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

  /** Task gas for the request itself, and for each byte of data, whatever the callback rate is. */
  private static final long REQUEST_GAS = 2_000;

  private static final long BYTE_GAS = 16;

  /**
   * The task gas a callback costs (Rule C12).
   *
   * @param gas what its call on Ethereum gets, 0 to 2^32 − 1
   * @param dataBytes the length of its data, 0 to 2^31 − 1
   * @param callbackRate task gas for one unit of callback gas, unsigned
   * @return the sum, or {@link Long#MAX_VALUE} if it is no less
   */
  public static long taskGas(long gas, long dataBytes, long callbackRate) {
    long paid = gas + OVERHEAD_GAS;
    long cost = paid * callbackRate + REQUEST_GAS + BYTE_GAS * dataBytes;
    return Math.unsignedMultiplyHigh(paid, callbackRate) != 0 || paid * callbackRate < 0 || cost < 0
        ? Long.MAX_VALUE
        : cost;
  }
}
