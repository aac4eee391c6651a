package network.enigma.runtime.evm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import network.enigma.ethereum.rlp.RlpWriter;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Keccak;

/**
 * The root hash of a Merkle Patricia trie built from all its entries (Yellow Paper, appendix D).
 */
final class StateTrie {
  private static final byte[] NOTHING = new byte[0];

  private StateTrie() {}

  /** The root of the trie with these values at the hashes of these keys. */
  static byte[] secureRoot(SortedMap<Bytes, byte[]> entriesByHash) {
    if (entriesByHash.isEmpty()) {
      return Keccak.hash(new RlpWriter().bytes(NOTHING).toByteArray()).toByteArray();
    }
    List<Map.Entry<Bytes, byte[]>> entries = new ArrayList<>(entriesByHash.entrySet());
    return Keccak.hash(node(entries, 0)).toByteArray();
  }

  /** The encoding of the node above entries that agree on {@code depth} nibbles. */
  private static byte[] node(List<Map.Entry<Bytes, byte[]>> entries, int depth) {
    Bytes first = entries.getFirst().getKey();
    if (entries.size() == 1) {
      return new RlpWriter()
          .beginList()
          .bytes(path(first, depth, 64, true))
          .bytes(entries.getFirst().getValue())
          .endList()
          .toByteArray();
    }
    Bytes last = entries.getLast().getKey();
    int shared = depth;
    while (nibble(first, shared) == nibble(last, shared)) {
      shared++;
    }
    if (shared > depth) {
      RlpWriter extension = new RlpWriter().beginList().bytes(path(first, depth, shared, false));
      reference(extension, node(entries, shared));
      return extension.endList().toByteArray();
    }
    RlpWriter branch = new RlpWriter().beginList();
    int from = 0;
    for (int nibble = 0; nibble < 16; nibble++) {
      int to = from;
      while (to < entries.size() && nibble(entries.get(to).getKey(), depth) == nibble) {
        to++;
      }
      if (to == from) {
        branch.bytes(NOTHING);
      } else {
        reference(branch, node(entries.subList(from, to), depth + 1));
      }
      from = to;
    }
    return branch.bytes(NOTHING).endList().toByteArray();
  }

  private static void reference(RlpWriter parent, byte[] node) {
    if (node.length < 32) {
      parent.encoded(node);
    } else {
      parent.bytes(Keccak.hash(node).toByteArray());
    }
  }

  private static int nibble(Bytes key, int index) {
    return key.get(index / 2) >> (index % 2 == 0 ? 4 : 0) & 0xf;
  }

  /** Nibbles in compact form: a flag for leaves, one for odd length. */
  private static byte[] path(Bytes key, int from, int to, boolean leaf) {
    boolean odd = (to - from) % 2 != 0;
    byte[] compact = new byte[(to - from) / 2 + 1];
    compact[0] = (byte) ((leaf ? 0x20 : 0) | (odd ? 0x10 | nibble(key, from) : 0));
    int at = odd ? from + 1 : from;
    for (int i = 1; i < compact.length; i++, at += 2) {
      compact[i] = (byte) (nibble(key, at) << 4 | nibble(key, at + 1));
    }
    return Arrays.copyOf(compact, compact.length);
  }
}
