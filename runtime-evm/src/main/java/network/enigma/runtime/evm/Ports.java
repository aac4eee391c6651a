package network.enigma.runtime.evm;

import org.jspecify.annotations.Nullable;

/**
 * The contracts a machine has built in: pure ones by address, and those that reach into the running
 * execution.
 */
interface Ports {

  /** A call to a port that belongs to the running execution. */
  interface Port {
    /**
     * Runs the call.
     *
     * @param contract the contract that asks, by whose account it acts
     * @param readOnly whether the call must not change anything
     * @param gas the gas the call has
     */
    Answer run(Machine machine, Account contract, boolean readOnly, byte[] input, long gas);
  }

  /**
   * What a port answers.
   *
   * @param halt a number of {@link Halt}
   * @param gas gas left
   */
  record Answer(int halt, byte[] output, long gas) {}

  /** The pure contract at an address given as numbers, or null. */
  @Nullable Precompile precompile(long address2, long address1, long address0);

  /** The port at an address given as numbers, or null. */
  @Nullable Port port(long address2, long address1, long address0);

  /** Whether the address counts as accessed from the start, as built-in contracts do (EIP-2929). */
  boolean isBuiltIn(long address2, long address1, long address0);
}
