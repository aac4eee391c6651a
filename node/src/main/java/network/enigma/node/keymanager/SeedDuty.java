package network.enigma.node.keymanager;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import network.enigma.chain.EthereumAccount;
import network.enigma.contracts.Enigma;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.channel.KeyManagerResponse.SeedReleased;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins the next epoch when the current one has had its length (rule C3): collects the seed with a
 * quorum of signatures and sends it. The key managers take turns by epoch; one that sees its
 * predecessor miss the turn steps in some blocks later.
 */
final class SeedDuty {
  private static final Logger LOG = LoggerFactory.getLogger(SeedDuty.class);

  /** Blocks between the turns of two key managers. */
  private static final long STEP = 3;

  private final KeyManagerHost host;
  private final EthereumAccount account;
  private final long epochBlocks;

  SeedDuty(KeyManagerHost host, EthereumAccount account, long epochBlocks) {
    this.host = host;
    this.account = account;
    this.epochBlocks = epochBlocks;
  }

  /**
   * Sends the seed if it is due and this key manager's turn.
   *
   * @param all every key manager, in an order all agree on
   * @param own position of this one
   * @return false if it has to be tried again without waiting for a block: when a network starts,
   *     the key managers do not come to be ready at the same moment, and the first seed is all that
   *     anybody waits for
   */
  boolean perform(List<KeyManagerClient> all, int own, long blockNumber) {
    Enigma.NetworkView network = host.contract().network();
    if (network.generation() == 0 || network.seatCount() == 0) {
      return true;
    }
    long next = network.epoch() + 1;
    long due = network.epoch() == 0 ? 0 : network.epochStart() + epochBlocks;
    long place = Math.floorMod(own - next, all.size());
    // The first seed is wanted at once; nobody takes turns for it.
    long turn = network.epoch() == 0 ? (place == 0 ? 0 : blockNumber) : due + place * STEP;
    if (blockNumber < turn) {
      return true;
    }
    int quorum = host.contract().generation(network.generation()).quorum();
    List<SeedReleased> released = new ArrayList<>();
    for (KeyManagerClient each : all) {
      try {
        released.add(each.releaseSeed(next));
      } catch (EnigmaException e) {
        LOG.debug("a key manager released no seed for epoch {}: {}", next, e.getMessage());
      }
      if (released.size() == quorum) {
        break;
      }
    }
    if (released.size() < quorum) {
      if (network.epoch() == 0) {
        LOG.debug("{} key managers released the first seed; {} have to", released.size(), quorum);
        return false;
      }
      LOG.warn(
          "{} key managers released the seed of epoch {}; {} have to",
          released.size(),
          next,
          quorum);
      return true;
    }
    List<byte[]> signatures =
        released.stream()
            .sorted(Comparator.comparing(SeedReleased::keyManager))
            .map(each -> each.signature().toByteArray())
            .toList();
    try {
      account.execute(host.contract().postSeed(next, released.getFirst().seed(), signatures));
      LOG.info("epoch {} begins", next);
    } catch (EnigmaException e) {
      // Another key manager was faster, as a rule.
      LOG.debug("the seed of epoch {} was not taken: {}", next, e.getMessage());
    }
    return true;
  }
}
