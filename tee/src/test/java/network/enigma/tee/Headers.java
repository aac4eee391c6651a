package network.enigma.tee;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import network.enigma.ethereum.BlockHeader;
import network.enigma.ethereum.HeaderFields;
import network.enigma.ethereum.trie.TrieProof;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.NetworkConfig;

/** Chains of headers for tests. */
final class Headers {
  static final Address ENIGMA = Address.fromHex("0x00000000000000000000000000000000000e4193");

  private Headers() {}

  static NetworkConfig config(Bytes32 codeHash) {
    return new NetworkConfig(
        NetworkConfig.Mode.SIMULATION,
        NetworkConfig.HeaderSource.NODE,
        NetworkConfig.FinalityRule.LATEST_K,
        0,
        31337,
        Bytes32.zero(),
        Bytes32.zero(),
        ENIGMA,
        codeHash,
        NetworkConfig.Parameters.testnet(1));
  }

  static BlockHeader genesis(Bytes32 stateRoot) {
    return header(Bytes32.zero(), 0, 0, stateRoot);
  }

  static BlockHeader child(BlockHeader parent, int branch) {
    return header(parent.hash(), parent.number() + 1, branch, parent.stateRoot());
  }

  /** So many headers on top of one, which is not among them. */
  static List<BlockHeader> chain(BlockHeader parent, int length, int branch) {
    List<BlockHeader> headers = new ArrayList<>();
    BlockHeader last = parent;
    for (int i = 0; i < length; i++) {
      last = child(last, branch);
      headers.add(last);
    }
    return headers;
  }

  static List<Bytes> rlp(List<BlockHeader> headers) {
    return headers.stream().map(BlockHeader::rlp).toList();
  }

  private static BlockHeader header(Bytes32 parent, long number, int branch, Bytes32 stateRoot) {
    return BlockHeader.of(
        new HeaderFields(
            parent,
            Bytes32.zero(),
            Address.zero(),
            stateRoot,
            TrieProof.EMPTY_ROOT,
            TrieProof.EMPTY_ROOT,
            Bytes.of(new byte[256]),
            BigInteger.ZERO,
            number,
            30_000_000,
            0,
            1_800_000_000L + number,
            Bytes.of(new byte[] {(byte) branch}),
            Bytes32.zero(),
            Bytes.of(new byte[8]),
            BigInteger.ONE,
            TrieProof.EMPTY_ROOT,
            0L,
            0L,
            Bytes32.zero(),
            Bytes32.zero()));
  }
}
