package network.enigma.chain;

import com.fasterxml.jackson.databind.JsonNode;
import network.enigma.ethereum.BlockHeader;
import network.enigma.ethereum.HeaderFields;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;

/** Block headers as {@code eth_getBlockByNumber} and {@code eth_getBlockByHash} give them. */
final class HeaderJson {
  private HeaderJson() {}

  /**
   * The header of a block, rebuilt from its fields.
   *
   * @throws EnigmaException {@link ErrorCode#CHAIN_UNREACHABLE} when the fields do not hash to the
   *     block's hash
   */
  static BlockHeader read(JsonNode block) {
    BlockHeader header;
    try {
      header =
          BlockHeader.of(
              new HeaderFields(
                  hash(block, "parentHash"),
                  hash(block, "sha3Uncles"),
                  Quantity.address(Quantity.required(block, "miner")),
                  hash(block, "stateRoot"),
                  hash(block, "transactionsRoot"),
                  hash(block, "receiptsRoot"),
                  Quantity.bytes(Quantity.required(block, "logsBloom")),
                  Quantity.big(Quantity.required(block, "difficulty")),
                  number(block, "number"),
                  number(block, "gasLimit"),
                  number(block, "gasUsed"),
                  number(block, "timestamp"),
                  Quantity.bytes(Quantity.required(block, "extraData")),
                  hash(block, "mixHash"),
                  Quantity.bytes(Quantity.required(block, "nonce")),
                  has(block, "baseFeePerGas") ? Quantity.big(block.get("baseFeePerGas")) : null,
                  optionalHash(block, "withdrawalsRoot"),
                  optionalNumber(block, "blobGasUsed"),
                  optionalNumber(block, "excessBlobGas"),
                  optionalHash(block, "parentBeaconBlockRoot"),
                  optionalHash(block, "requestsHash")));
    } catch (EnigmaException e) {
      throw new EnigmaException(
          ErrorCode.CHAIN_UNREACHABLE,
          "the Ethereum endpoint's block is not one: " + e.getMessage(),
          e);
    }
    if (!header.hash().equals(hash(block, "hash"))) {
      throw new EnigmaException(
          ErrorCode.CHAIN_UNREACHABLE,
          "the fields of block "
              + Long.toUnsignedString(header.number())
              + " do not hash to its hash; the Ethereum endpoint may follow a newer fork than this"
              + " release knows");
    }
    return header;
  }

  private static Bytes32 hash(JsonNode block, String field) {
    return Quantity.hash(Quantity.required(block, field));
  }

  private static long number(JsonNode block, String field) {
    return Quantity.number(Quantity.required(block, field));
  }

  private static @Nullable Bytes32 optionalHash(JsonNode block, String field) {
    return has(block, field) ? hash(block, field) : null;
  }

  private static @Nullable Long optionalNumber(JsonNode block, String field) {
    return has(block, field) ? number(block, field) : null;
  }

  private static boolean has(JsonNode block, String field) {
    return block.hasNonNull(field);
  }
}
