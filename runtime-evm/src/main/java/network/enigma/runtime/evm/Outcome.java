package network.enigma.runtime.evm;

/**
 * How an execution ended.
 *
 * @param halt a number of {@link Halt}
 * @param gasLeft unused gas before refunds
 * @param refund gas to give back, before any cap
 */
record Outcome(int halt, byte[] output, long gasLeft, long refund) {
  boolean succeeded() {
    return halt == Halt.RETURNED;
  }
}
