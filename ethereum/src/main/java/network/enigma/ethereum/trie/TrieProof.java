package network.enigma.ethereum.trie;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import network.enigma.ethereum.rlp.RlpReader;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;

/**
 * Trie nodes by their hash, from which values under a trusted root can be read (Ethereum Yellow
 * Paper, appendix D).
 *
 * <p>Each node is hashed once and may serve any number of values, of one trie or of several.
 * Nothing is known about a node but its hash: those that no trusted root leads to are never looked
 * at, so a stranger may supply the whole set. Immutable.
 */
public final class TrieProof {
  /** The root of a trie without values. */
  public static final Bytes32 EMPTY_ROOT = Keccak.hash(new byte[] {(byte) 0x80});

  private static final int BRANCH_ITEMS = 17;
  private static final int VALUE_INDEX = 16;
  private static final int INLINE_LIMIT = 32;

  private final Map<Bytes32, byte[]> nodes;

  /** The nodes, in any order; the same one may come twice. */
  public TrieProof(Collection<Bytes> nodes) {
    this.nodes = HashMap.newHashMap(nodes.size());
    for (Bytes node : nodes) {
      byte[] bytes = node.toByteArray();
      this.nodes.put(Keccak.hash(bytes), bytes);
    }
  }

  /**
   * The value at a key of the trie with that root, or nothing if that trie has no such key; either
   * is proved by the nodes.
   *
   * @param root the trusted root hash
   * @param key the key as the trie has it (for state and storage tries, the hash of address or
   *     slot)
   * @throws EnigmaException {@link ErrorCode#BAD_STATE_PROOF} when a node on the way is not among
   *     these or not a well-formed trie node
   */
  public Optional<byte[]> value(Bytes32 root, byte[] key) {
    if (root.equals(EMPTY_ROOT)) {
      return Optional.empty();
    }
    try {
      return walk(node(root), key);
    } catch (EnigmaException e) {
      if (e.code() == ErrorCode.MALFORMED_MESSAGE) {
        throw new EnigmaException(
            ErrorCode.BAD_STATE_PROOF, "a trie node is not RLP: " + e.getMessage());
      }
      throw e;
    }
  }

  private Optional<byte[]> walk(byte[] rootNode, byte[] key) {
    byte[] data = rootNode;
    int start = 0;
    int end = data.length;
    int nibble = 0;
    int nibbles = key.length * 2;
    while (true) {
      RlpReader outer = new RlpReader(data, start, end);
      RlpReader items = outer.list();
      outer.end();
      RlpReader child;
      int count = count(items);
      if (count == BRANCH_ITEMS) {
        boolean atValue = nibble == nibbles;
        int index = atValue ? VALUE_INDEX : nibbleOf(key, nibble);
        for (int i = 0; i < index; i++) {
          items.skip();
        }
        if (atValue) {
          byte[] value = items.bytes();
          return value.length == 0 ? Optional.empty() : Optional.of(value);
        }
        nibble++;
        child = items;
        if (!child.nextIsList() && child.nextLength() == 0) {
          return Optional.empty();
        }
      } else if (count == 2) {
        if (items.nextIsList() || items.nextLength() == 0) {
          throw invalid("a path that is not one");
        }
        int pathStart = items.nextContentStart();
        int pathNibbles = items.nextLength() * 2;
        items.skip();
        int flag = (data[pathStart] & 0xff) >>> 4;
        boolean leaf = (flag & 2) != 0;
        boolean odd = (flag & 1) != 0;
        if (flag > 3 || (!odd && (data[pathStart] & 0x0f) != 0)) {
          throw invalid("a path with unknown flags");
        }
        int at = odd ? 1 : 2;
        if (!leaf && at == pathNibbles) {
          throw invalid("an extension that extends nothing");
        }
        if (leaf ? pathNibbles - at != nibbles - nibble : pathNibbles - at > nibbles - nibble) {
          // A leaf of another length or a longer extension: the key is not in the trie.
          return Optional.empty();
        }
        for (; at < pathNibbles; at++, nibble++) {
          int here = (data[pathStart + at / 2] >>> ((at & 1) == 0 ? 4 : 0)) & 0x0f;
          if (here != nibbleOf(key, nibble)) {
            return Optional.empty();
          }
        }
        if (leaf) {
          byte[] value = items.bytes();
          if (value.length == 0) {
            throw invalid("a leaf without a value");
          }
          return Optional.of(value);
        }
        child = items;
      } else {
        throw invalid("a node of " + count + " items");
      }
      if (child.nextIsList()) {
        start = child.position();
        child.skip();
        end = child.position();
        if (end - start >= INLINE_LIMIT) {
          throw invalid("a node within a node that should be a hash");
        }
      } else {
        data = node(Bytes32.of(child.bytes(Bytes32.LENGTH)));
        start = 0;
        end = data.length;
      }
    }
  }

  private byte[] node(Bytes32 hash) {
    byte[] node = nodes.get(hash);
    if (node == null) {
      throw new EnigmaException(ErrorCode.BAD_STATE_PROOF, "the proof lacks the trie node " + hash);
    }
    return node;
  }

  private static int count(RlpReader list) {
    RlpReader counter = list.copy();
    int count = 0;
    while (counter.hasNext() && count <= BRANCH_ITEMS) {
      counter.skip();
      count++;
    }
    return count;
  }

  private static int nibbleOf(byte[] key, int index) {
    return (key[index / 2] >>> ((index & 1) == 0 ? 4 : 0)) & 0x0f;
  }

  private static EnigmaException invalid(String what) {
    return new EnigmaException(ErrorCode.BAD_STATE_PROOF, "a trie node has " + what);
  }
}
