package network.enigma.protocol;

import java.math.BigInteger;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * What a user orders (rule C7).
 *
 * @param sender who is charged and whom the contract sees
 * @param target the contract; for a deployment the address that deploy data and salt lead to
 * @param codeHash keccak256 of the code to deploy, else zero (CALLABLE: the Ethereum contract's
 *     code hash)
 * @param inputHash keccak256 of the envelope
 * @param gasLimit in gas, uint64
 * @param gasPrice in 10⁻⁸ ENG per 1,000 gas, uint64
 * @param expiry the last block number at whose header the task may run, uint64
 * @param salt used once per sender and realm
 */
public record TaskOrder(
    Address sender,
    Bytes32 realm,
    Address target,
    TaskKind kind,
    Bytes32 codeHash,
    Bytes32 inputHash,
    long gasLimit,
    long gasPrice,
    long expiry,
    Bytes32 salt)
    implements Eip712Message {
  public static final String TYPE =
      "TaskOrder(address sender,bytes32 realm,address target,uint8 kind,bytes32 codeHash,"
          + "bytes32 inputHash,uint64 gasLimit,uint64 gasPrice,uint64 expiry,bytes32 salt)";

  private static final Bytes32 TYPE_HASH = Keccak.hashText(TYPE);

  /** The EIP-712 digest: what the sender signs, and the task's id. */
  public Bytes32 taskId(Eip712Domain domain) {
    return digest(domain);
  }

  @Override
  public Bytes32 structHash() {
    return new Words(11)
        .bytes32(TYPE_HASH)
        .address(sender)
        .bytes32(realm)
        .address(target)
        .uint(kind.number())
        .bytes32(codeHash)
        .bytes32(inputHash)
        .uint(gasLimit)
        .uint(gasPrice)
        .uint(expiry)
        .bytes32(salt)
        .hash();
  }

  /** The most that the task can cost, in units of 10⁻⁸ ENG. */
  public BigInteger maximumFee() {
    return Gas.fee(gasLimit, gasPrice);
  }

  public void write(WireWriter writer) {
    writer
        .address(sender)
        .bytes32(realm)
        .address(target)
        .uint8(kind.number())
        .bytes32(codeHash)
        .bytes32(inputHash)
        .uint64(gasLimit)
        .uint64(gasPrice)
        .uint64(expiry)
        .bytes32(salt);
  }

  public static TaskOrder read(WireReader reader) {
    return new TaskOrder(
        reader.address(),
        reader.bytes32(),
        reader.address(),
        TaskKind.fromNumber(reader.uint8()),
        reader.bytes32(),
        reader.bytes32(),
        reader.uint64(),
        reader.uint64(),
        reader.uint64(),
        reader.bytes32());
  }

  public byte[] encode() {
    WireWriter writer = new WireWriter();
    write(writer);
    return writer.toByteArray();
  }

  public static TaskOrder decode(byte[] message) {
    WireReader reader = new WireReader(message);
    TaskOrder order = read(reader);
    reader.end();
    return order;
  }
}
