package network.enigma.ethereum;

import java.math.BigInteger;
import network.enigma.ethereum.rlp.RlpWriter;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.crypto.Signature;
import network.enigma.protocol.crypto.SigningKey;
import org.jspecify.annotations.Nullable;

/**
 * An Ethereum transaction of type 2 (EIP-1559) without an access list.
 *
 * @param chainId the chain it is for
 * @param nonce the sender's next number
 * @param maxPriorityFeePerGas most paid to the proposer for a unit of gas, wei
 * @param maxFeePerGas most paid in total for a unit of gas, wei
 * @param gasLimit most gas used
 * @param to the account called; null makes a contract of {@code data}
 * @param value wei sent along
 * @param data calldata or creation code
 */
public record Transaction(
    long chainId,
    long nonce,
    BigInteger maxPriorityFeePerGas,
    BigInteger maxFeePerGas,
    long gasLimit,
    @Nullable Address to,
    BigInteger value,
    Bytes data) {
  private static final byte TYPE = 2;

  /**
   * A signed transaction as it goes to a node.
   *
   * @param raw type and RLP
   * @param hash by which the chain knows it
   */
  public record Signed(Bytes raw, Bytes32 hash) {}

  /** The transaction signed by its sender. */
  public Signed sign(SigningKey key) {
    Signature signature =
        key.sign(Keccak.hash(typed(fields(new RlpWriter().beginList()).endList())));
    byte[] bytes = signature.toByteArray();
    RlpWriter writer =
        fields(new RlpWriter().beginList())
            .uint64(bytes[64] - 27)
            .integer(new BigInteger(1, bytes, 0, 32))
            .integer(new BigInteger(1, bytes, 32, 32))
            .endList();
    byte[] raw = typed(writer);
    return new Signed(Bytes.of(raw), Keccak.hash(raw));
  }

  /** Where a contract will be that an account makes with the transaction of that nonce. */
  public static Address contractAddress(Address sender, long nonce) {
    return Address.lastBytesOf(
        Keccak.hash(
            new RlpWriter()
                .beginList()
                .bytes(sender.toByteArray())
                .uint64(nonce)
                .endList()
                .toByteArray()));
  }

  private RlpWriter fields(RlpWriter writer) {
    return writer
        .uint64(chainId)
        .uint64(nonce)
        .integer(maxPriorityFeePerGas)
        .integer(maxFeePerGas)
        .uint64(gasLimit)
        .bytes(to == null ? new byte[0] : to.toByteArray())
        .integer(value)
        .bytes(data.toByteArray())
        .beginList()
        .endList();
  }

  private static byte[] typed(RlpWriter writer) {
    byte[] rlp = writer.toByteArray();
    byte[] typed = new byte[rlp.length + 1];
    typed[0] = TYPE;
    System.arraycopy(rlp, 0, typed, 1, rlp.length);
    return typed;
  }
}
