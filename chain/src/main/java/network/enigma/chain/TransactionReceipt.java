package network.enigma.chain;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;

/**
 * What became of a transaction that is in a block.
 *
 * @param transactionHash the transaction's hash
 * @param succeeded whether it was executed to its end
 * @param blockNumber the block's number
 * @param blockHash the block's hash
 * @param gasUsed units of gas
 * @param effectiveGasPrice wei for each
 * @param contractAddress the contract it made, if it made one
 * @param logs its events
 */
public record TransactionReceipt(
    Bytes32 transactionHash,
    boolean succeeded,
    long blockNumber,
    Bytes32 blockHash,
    long gasUsed,
    BigInteger effectiveGasPrice,
    Optional<Address> contractAddress,
    List<EthereumLog> logs) {
  public TransactionReceipt {
    logs = List.copyOf(logs);
  }

  static TransactionReceipt read(JsonNode receipt) {
    return new TransactionReceipt(
        Quantity.hash(Quantity.required(receipt, "transactionHash")),
        Quantity.number(Quantity.required(receipt, "status")) == 1,
        Quantity.number(Quantity.required(receipt, "blockNumber")),
        Quantity.hash(Quantity.required(receipt, "blockHash")),
        Quantity.number(Quantity.required(receipt, "gasUsed")),
        Quantity.big(Quantity.required(receipt, "effectiveGasPrice")),
        receipt.hasNonNull("contractAddress")
            ? Optional.of(Quantity.address(receipt.get("contractAddress")))
            : Optional.empty(),
        EthereumLog.readAll(receipt.path("logs")));
  }
}
