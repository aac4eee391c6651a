package network.enigma.chain;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import network.enigma.ethereum.BlockHeader;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;

/**
 * Finds the latest of some logs at an endpoint that answers for few blocks at once: first where
 * somebody says it is, then backwards from the newest block.
 *
 * @param rpc the endpoint
 * @param contract whose logs
 * @param topics topic 0, then the indexed values
 */
record LogSearch(EthereumRpc rpc, Address contract, List<Bytes32> topics) {
  /** Blocks asked for at once; public endpoints that limit ranges allow so many. */
  static final int RANGE = 1_000;

  LogSearch {
    topics = List.copyOf(topics);
  }

  /**
   * The latest log that is wanted.
   *
   * @param hint a block to look at first, from anybody
   * @param oldest the block not to search before; asked for only if the hint does not help
   * @param wanted what a log says, empty for one that is not wanted
   */
  <T> Optional<T> latest(
      OptionalLong hint, LongSupplier oldest, Function<EthereumLog, Optional<T>> wanted) {
    long newest = rpc.blockNumber();
    if (hint.isPresent() && hint.getAsLong() >= 0 && hint.getAsLong() <= newest) {
      Optional<T> there = latestIn(hint.getAsLong(), hint.getAsLong(), wanted);
      if (there.isPresent()) {
        return there;
      }
    }
    long first = Math.max(0, oldest.getAsLong());
    for (long to = newest; to >= first; to -= RANGE) {
      Optional<T> found = latestIn(Math.max(first, to - RANGE + 1), to, wanted);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private <T> Optional<T> latestIn(long from, long to, Function<EthereumLog, Optional<T>> wanted) {
    for (EthereumLog log : rpc.logs(contract, topics, from, to).reversed()) {
      Optional<T> found = wanted.apply(log);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /**
   * The first block not older than a time, or one before it; found in a number of steps that grows
   * with the logarithm of the chain's length.
   *
   * @param timestamp seconds since 1970
   */
  long firstBlockSince(long timestamp) {
    long low = 0;
    long high = rpc.blockNumber();
    while (low < high) {
      long middle = low + (high - low) / 2;
      Optional<BlockHeader> header = rpc.header(BlockTag.of(middle));
      if (header.isEmpty() || header.get().timestamp() < timestamp) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
