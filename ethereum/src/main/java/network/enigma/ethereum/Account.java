package network.enigma.ethereum;

import java.math.BigInteger;
import network.enigma.ethereum.rlp.RlpReader;
import network.enigma.ethereum.rlp.RlpWriter;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Keccak;

/**
 * What Ethereum's state trie keeps of an account.
 *
 * @param nonce transactions sent or contracts made, unsigned
 * @param balance in wei
 * @param storageRoot root of the trie of its storage
 * @param codeHash keccak256 of its code
 */
public record Account(long nonce, BigInteger balance, Bytes32 storageRoot, Bytes32 codeHash) {
  /** The code hash of an account without code. */
  public static final Bytes32 NO_CODE = Keccak.hash(Bytes.empty());

  /** The account in RLP, as the state trie has it. */
  public byte[] encode() {
    return new RlpWriter()
        .beginList()
        .uint64(nonce)
        .integer(balance)
        .bytes(storageRoot.toByteArray())
        .bytes(codeHash.toByteArray())
        .endList()
        .toByteArray();
  }

  /** Reads an account out of the state trie; throws as {@link RlpReader} does. */
  static Account decode(byte[] rlp) {
    RlpReader outer = new RlpReader(rlp);
    RlpReader reader = outer.list();
    outer.end();
    Account account =
        new Account(
            reader.uint64(),
            reader.uint256(),
            Bytes32.of(reader.bytes(Bytes32.LENGTH)),
            Bytes32.of(reader.bytes(Bytes32.LENGTH)));
    reader.end();
    return account;
  }
}
