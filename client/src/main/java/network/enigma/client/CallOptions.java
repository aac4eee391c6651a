package network.enigma.client;

import java.util.OptionalLong;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/**
 * How a task is sent.
 *
 * @param gasLimit most gas it may use, unsigned; empty for the client's default
 * @param gasPrice 10⁻⁸ ENG per 1,000 gas, unsigned; empty for the network's minimum
 * @param route direct to a node, or posted on Ethereum
 * @param lifeBlocks blocks after which it must not run any more; 0 for the client's default
 */
public record CallOptions(
    OptionalLong gasLimit, OptionalLong gasPrice, Route route, int lifeBlocks) {
  /** How an order travels. */
  public enum Route {
    /** To a node; no transaction; charged to the sender's allocation. */
    DIRECT,
    /** In an Ethereum transaction with its envelope; fee reserved from the sender's balance. */
    POSTED,
    /** Direct, and posted when no node accepts it. */
    DIRECT_ELSE_POSTED
  }

  /** Direct, with all defaults. */
  public static final CallOptions DEFAULT =
      new CallOptions(OptionalLong.empty(), OptionalLong.empty(), Route.DIRECT, 0);

  public CallOptions {
    if (lifeBlocks < 0) {
      throw new EnigmaException(ErrorCode.INVALID_ARGUMENT, "lifeBlocks is negative");
    }
  }

  public CallOptions withGasLimit(long limit) {
    return new CallOptions(OptionalLong.of(limit), gasPrice, route, lifeBlocks);
  }

  public CallOptions withGasPrice(long price) {
    return new CallOptions(gasLimit, OptionalLong.of(price), route, lifeBlocks);
  }

  public CallOptions withRoute(Route newRoute) {
    return new CallOptions(gasLimit, gasPrice, newRoute, lifeBlocks);
  }

  public CallOptions withLifeBlocks(int blocks) {
    return new CallOptions(gasLimit, gasPrice, route, blocks);
  }
}
