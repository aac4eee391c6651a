package network.enigma.ethereum;

import java.math.BigInteger;
import network.enigma.ethereum.rlp.RlpReader;
import network.enigma.ethereum.rlp.RlpWriter;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * The fields of an execution block header in the order of its RLP list: fifteen of old, then those
 * that London (EIP-1559), Shanghai (EIP-4895), Cancun (EIP-4844, EIP-4788) and Prague (EIP-7685)
 * appended. A later field is there only when all before it are; integers of 64 bits are read as
 * unsigned.
 */
public record HeaderFields(
    Bytes32 parentHash,
    Bytes32 ommersHash,
    Address beneficiary,
    Bytes32 stateRoot,
    Bytes32 transactionsRoot,
    Bytes32 receiptsRoot,
    Bytes logsBloom,
    BigInteger difficulty,
    long number,
    long gasLimit,
    long gasUsed,
    long timestamp,
    Bytes extraData,
    Bytes32 prevRandao,
    Bytes nonce,
    @Nullable BigInteger baseFeePerGas,
    @Nullable Bytes32 withdrawalsRoot,
    @Nullable Long blobGasUsed,
    @Nullable Long excessBlobGas,
    @Nullable Bytes32 parentBeaconBlockRoot,
    @Nullable Bytes32 requestsHash) {

  private static final int LOGS_BLOOM_BYTES = 256;
  private static final int NONCE_BYTES = 8;

  public HeaderFields {
    boolean inOrder =
        (withdrawalsRoot == null || baseFeePerGas != null)
            && (blobGasUsed == null || withdrawalsRoot != null)
            && (blobGasUsed == null) == (excessBlobGas == null)
            && (blobGasUsed == null) == (parentBeaconBlockRoot == null)
            && (requestsHash == null || parentBeaconBlockRoot != null);
    if (logsBloom.length() != LOGS_BLOOM_BYTES || nonce.length() != NONCE_BYTES || !inOrder) {
      throw new EnigmaException(ErrorCode.BAD_HEADER, "no fork has a header of these fields");
    }
  }

  /** The header in RLP. */
  public byte[] encode() {
    RlpWriter writer =
        new RlpWriter()
            .beginList()
            .bytes(parentHash.toByteArray())
            .bytes(ommersHash.toByteArray())
            .bytes(beneficiary.toByteArray())
            .bytes(stateRoot.toByteArray())
            .bytes(transactionsRoot.toByteArray())
            .bytes(receiptsRoot.toByteArray())
            .bytes(logsBloom.toByteArray())
            .integer(difficulty)
            .uint64(number)
            .uint64(gasLimit)
            .uint64(gasUsed)
            .uint64(timestamp)
            .bytes(extraData.toByteArray())
            .bytes(prevRandao.toByteArray())
            .bytes(nonce.toByteArray());
    if (baseFeePerGas != null) {
      writer.integer(baseFeePerGas);
    }
    if (withdrawalsRoot != null) {
      writer.bytes(withdrawalsRoot.toByteArray());
    }
    if (blobGasUsed != null && excessBlobGas != null && parentBeaconBlockRoot != null) {
      writer.uint64(blobGasUsed).uint64(excessBlobGas).bytes(parentBeaconBlockRoot.toByteArray());
    }
    if (requestsHash != null) {
      writer.bytes(requestsHash.toByteArray());
    }
    return writer.endList().toByteArray();
  }

  /**
   * Reads a header.
   *
   * @throws EnigmaException {@link ErrorCode#MALFORMED_MESSAGE} or {@link ErrorCode#BAD_HEADER}
   *     when these are not the bytes of a header of any fork up to Prague
   */
  static HeaderFields decode(byte[] rlp) {
    RlpReader outer = new RlpReader(rlp);
    RlpReader reader = outer.list();
    outer.end();
    HeaderFields fields =
        new HeaderFields(
            hash(reader),
            hash(reader),
            Address.of(reader.bytes(Address.LENGTH)),
            hash(reader),
            hash(reader),
            hash(reader),
            Bytes.of(reader.bytes(LOGS_BLOOM_BYTES)),
            reader.uint256(),
            reader.uint64(),
            reader.uint64(),
            reader.uint64(),
            reader.uint64(),
            Bytes.of(reader.bytes()),
            hash(reader),
            Bytes.of(reader.bytes(NONCE_BYTES)),
            reader.hasNext() ? reader.uint256() : null,
            reader.hasNext() ? hash(reader) : null,
            reader.hasNext() ? reader.uint64() : null,
            reader.hasNext() ? reader.uint64() : null,
            reader.hasNext() ? hash(reader) : null,
            reader.hasNext() ? hash(reader) : null);
    reader.end();
    return fields;
  }

  private static Bytes32 hash(RlpReader reader) {
    return Bytes32.of(reader.bytes(Bytes32.LENGTH));
  }
}
