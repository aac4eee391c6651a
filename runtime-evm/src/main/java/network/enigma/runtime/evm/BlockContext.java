package network.enigma.runtime.evm;

import java.util.List;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import org.jspecify.annotations.Nullable;

/**
 * What contracts may ask about their surroundings. Numbers are unsigned; words have 32 bytes.
 *
 * @param origin who started the transaction
 * @param hashes the hashes of recent blocks
 * @param blobHashes the hashes of the transaction's blobs
 */
record BlockContext(
    Bytes32 chainId,
    Address coinbase,
    Bytes32 number,
    Bytes32 timestamp,
    Bytes32 gasLimit,
    Bytes32 baseFee,
    Bytes32 blobBaseFee,
    Bytes32 prevRandao,
    Bytes32 gasPrice,
    Address origin,
    BlockHashes hashes,
    List<Bytes32> blobHashes) {

  /** The hashes of earlier blocks. */
  interface BlockHashes {
    /** The hash of a block, or null (which reads as zero) if it cannot be known. */
    @Nullable Bytes32 hash(long number);
  }
}
