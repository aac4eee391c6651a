package network.enigma.runtime;

/**
 * What bounds one call beside its gas limit.
 *
 * @param stateBytes the most the realm's contract state may hold after any write, in bytes as
 *     {@link StateView#sizeInBytes} counts them; beyond it the call ends with {@link
 *     Failure#STATE_TOO_LARGE} (Rule S1)
 * @param memoryBytes the most memory all frames of a call may hold at one time; beyond it the call
 *     ends with {@link Failure#MEMORY_TOO_LARGE}
 * @param outputBytes the longest output of a call; beyond it the call ends with {@link
 *     Failure#OUTPUT_TOO_LARGE}
 * @param callbacks the most callbacks a task may ask for (Rule C12)
 * @param callbackGas the most gas one callback may ask for (Rule C12)
 * @param callbackBytes the longest data of one callback (Rule C12)
 */
public record Limits(
    long stateBytes,
    int memoryBytes,
    int outputBytes,
    int callbacks,
    long callbackGas,
    int callbackBytes) {

  /** The network's limits with a realm size taken from the network configuration. */
  public static Limits network(long maxStateBytes) {
    return new Limits(maxStateBytes, 64 << 20, 64 << 10, 4, 1_000_000, 4 << 10);
  }

  /** Refuses limits below zero. */
  public Limits {
    if (stateBytes < 0
        || memoryBytes < 0
        || outputBytes < 0
        || callbacks < 0
        || callbackGas < 0
        || callbackBytes < 0) {
      throw new IllegalArgumentException("a limit below zero");
    }
  }
}
