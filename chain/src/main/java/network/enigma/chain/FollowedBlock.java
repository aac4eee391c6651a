package network.enigma.chain;

import java.util.List;
import network.enigma.ethereum.BlockHeader;

/**
 * A block of the chain with the logs of the contracts that are followed.
 *
 * @param header its hash is checked against its fields
 * @param logs in their order
 */
public record FollowedBlock(BlockHeader header, List<EthereumLog> logs) {
  public FollowedBlock {
    logs = List.copyOf(logs);
  }

  public long number() {
    return header.number();
  }
}
