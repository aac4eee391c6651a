package network.enigma.node.keymanager;

import java.util.ArrayList;
import java.util.List;
import network.enigma.chain.BlockTag;
import network.enigma.chain.EthereumRpc;
import network.enigma.ethereum.BlockHeader;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.NetworkConfig;
import network.enigma.protocol.channel.SharedRequest;

/**
 * Keeps an enclave's headers at the chain's tip (rule S6). The enclave is given the finality window
 * once, then what is new; after a reorganisation everything from the last common block on.
 */
final class HeaderFeed {
  private final EthereumRpc ethereum;
  private final long window;
  private final long lag;
  private final java.util.function.Consumer<SharedRequest.AdvanceHeaders> enclave;

  /** The headers the enclave holds, ascending. */
  private List<BlockHeader> held = List.of();

  HeaderFeed(
      EthereumRpc ethereum,
      NetworkConfig config,
      java.util.function.Consumer<SharedRequest.AdvanceHeaders> enclave) {
    this.ethereum = ethereum;
    this.enclave = enclave;
    this.window = config.parameters().maxBatchAge() + config.parameters().maxHeaderLag() + 1;
    this.lag =
        config.finalityRule() == NetworkConfig.FinalityRule.LATEST_K ? config.finalityDepth() : 0;
  }

  /** Forgets what the enclave held: after it was started again. */
  synchronized void restart() {
    held = List.of();
  }

  /**
   * Brings the enclave to the chain's tip.
   *
   * @return the tip
   */
  synchronized BlockHeader advance() {
    long tip = Math.max(0, ethereum.blockNumber() - lag);
    if (!held.isEmpty() && held.getLast().number() >= tip) {
      return held.getLast();
    }
    long first = held.isEmpty() ? Math.max(0, tip - window) : held.getLast().number() + 1;
    List<BlockHeader> fresh = ethereum.headers(first, tip);
    List<BlockHeader> kept = held;
    while (!kept.isEmpty() && !fresh.getFirst().parentHash().equals(kept.getLast().hash())) {
      // The chain was reorganised: go back to the last common block.
      fresh = ethereum.headers(kept.getLast().number(), tip);
      kept = kept.subList(0, kept.size() - 1);
    }
    if (kept.isEmpty() && !held.isEmpty()) {
      throw new EnigmaException(
          ErrorCode.CHAIN_REORGANISED,
          "the chain was reorganised deeper than the enclave remembers; it must be started again");
    }
    enclave.accept(
        new SharedRequest.AdvanceHeaders(
            fresh.stream().map(header -> Bytes.of(header.rlp().toByteArray())).toList()));
    List<BlockHeader> all = new ArrayList<>(kept);
    all.addAll(fresh);
    held = List.copyOf(all.subList(Math.max(0, all.size() - (int) window), all.size()));
    return held.getLast();
  }

  /**
   * The header of a block the enclave holds, after catching up if it is higher than the tip.
   *
   * @throws EnigmaException CHAIN_REORGANISED if another block of that number is held,
   *     UNKNOWN_HEADER if none is
   */
  BlockHeader header(long number, Bytes32 hash) {
    if (held().isEmpty() || held().getLast().number() < number) {
      advance();
    }
    BlockHeader header =
        held().stream()
            .filter(each -> each.number() == number)
            .findFirst()
            .or(() -> ethereum.header(BlockTag.of(number)))
            .orElseThrow(
                () -> new EnigmaException(ErrorCode.UNKNOWN_HEADER, "there is no block " + number));
    if (!header.hash().equals(hash)) {
      throw new EnigmaException(
          ErrorCode.CHAIN_REORGANISED, "block " + number + " is another one here");
    }
    return header;
  }

  private synchronized List<BlockHeader> held() {
    return held;
  }
}
