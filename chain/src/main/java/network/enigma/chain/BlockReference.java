package network.enigma.chain;

import network.enigma.ethereum.BlockHeader;
import network.enigma.protocol.Bytes32;

/**
 * One block among all that ever had its number.
 *
 * @param number the block's number
 * @param hash the block's hash
 */
public record BlockReference(long number, Bytes32 hash) {
  public static BlockReference of(BlockHeader header) {
    return new BlockReference(header.number(), header.hash());
  }
}
