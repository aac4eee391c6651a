package network.enigma.chain;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/**
 * An event of a contract, as a node reports it.
 *
 * @param address the contract
 * @param topics the event's hash and its indexed arguments
 * @param data the other arguments
 * @param blockNumber the block's number
 * @param blockHash the block's hash
 * @param transactionHash the transaction's hash
 * @param index place among the logs of the block
 */
public record EthereumLog(
    Address address,
    List<Bytes32> topics,
    Bytes data,
    long blockNumber,
    Bytes32 blockHash,
    Bytes32 transactionHash,
    long index) {
  public EthereumLog {
    topics = List.copyOf(topics);
  }

  static EthereumLog read(JsonNode log) {
    List<Bytes32> topics = new ArrayList<>();
    log.path("topics").forEach(topic -> topics.add(Quantity.hash(topic)));
    return new EthereumLog(
        Quantity.address(Quantity.required(log, "address")),
        topics,
        Quantity.bytes(Quantity.required(log, "data")),
        Quantity.number(Quantity.required(log, "blockNumber")),
        Quantity.hash(Quantity.required(log, "blockHash")),
        Quantity.hash(Quantity.required(log, "transactionHash")),
        Quantity.number(Quantity.required(log, "logIndex")));
  }

  /**
   * A list of logs.
   *
   * @throws EnigmaException {@link ErrorCode#CHAIN_UNREACHABLE} if it is none, as where the
   *     endpoint does not have the block
   */
  static List<EthereumLog> readAll(JsonNode logs) {
    if (!logs.isArray()) {
      throw new EnigmaException(
          ErrorCode.CHAIN_UNREACHABLE, "the Ethereum endpoint answered no list of logs");
    }
    List<EthereumLog> all = new ArrayList<>();
    logs.forEach(log -> all.add(read(log)));
    return all;
  }
}
