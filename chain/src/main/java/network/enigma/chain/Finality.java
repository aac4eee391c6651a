package network.enigma.chain;

import network.enigma.protocol.NetworkConfig;
import network.enigma.protocol.NetworkConfig.FinalityRule;

/**
 * Which blocks count as final (Rule S6), as a host estimates it from its own endpoint.
 *
 * @param rule the network's rule
 * @param depth blocks behind the newest, for the rules that have such a number
 */
public record Finality(FinalityRule rule, long depth) {
  /** The rule of a network. */
  public static Finality of(NetworkConfig network) {
    return new Finality(network.finalityRule(), network.finalityDepth());
  }

  /** The newest block less {@code depth}. */
  public static Finality latest(long depth) {
    return new Finality(FinalityRule.LATEST_K, depth);
  }
}
