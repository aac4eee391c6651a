package network.enigma.ethereum.trie;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import network.enigma.ethereum.rlp.RlpReader;
import network.enigma.ethereum.rlp.RlpWriter;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Keccak;

/**
 * A trie built from all its keys and values, with its root and the nodes that prove them. The
 * counterpart of {@link TrieProof}: it lets a test, or a model of a chain, make states whose proofs
 * are real. Immutable.
 */
public final class Trie {
  private static final int BRANCHES = 16;
  private static final byte[] EMPTY_STRING = {(byte) 0x80};

  private final Bytes32 root;
  private final Map<Bytes32, Bytes> nodes = new LinkedHashMap<>();

  /** The trie of these keys and values; no value is empty. */
  public Trie(Map<Bytes, Bytes> values) {
    List<byte[]> keys = new ArrayList<>();
    List<byte[]> contents = new ArrayList<>();
    new TreeMap<>(values)
        .forEach((key, value) -> {
          if (value.isEmpty()) {
            throw new IllegalArgumentException("a trie has no empty values");
          }
          keys.add(nibbles(key));
          contents.add(value.toByteArray());
        });
    byte[] top = keys.isEmpty() ? EMPTY_STRING : build(keys, contents, 0, keys.size(), 0);
    root = Keccak.hash(top);
    if (!keys.isEmpty()) {
      nodes.put(root, Bytes.of(top));
    }
  }

  /** The root hash; {@link TrieProof#EMPTY_ROOT} without values. */
  public Bytes32 root() {
    return root;
  }

  /** Every node that has a hash of its own. */
  public List<Bytes> nodes() {
    return List.copyOf(nodes.values());
  }

  /**
   * The nodes from the root towards the key, as far as the trie goes; they prove the value or its
   * absence.
   */
  public List<Bytes> proof(Bytes key) {
    List<Bytes> path = new ArrayList<>();
    byte[] nibbles = nibbles(key);
    Bytes node = nodes.get(root);
    if (node != null) {
      path.add(node);
      follow(new RlpReader(node.toByteArray()), nibbles, 0, path);
    }
    return path;
  }

  private void follow(RlpReader node, byte[] key, int depth, List<Bytes> path) {
    RlpReader items = node.list();
    List<RlpReader> children = new ArrayList<>();
    while (items.hasNext()) {
      children.add(items.copy());
      items.skip();
    }
    RlpReader child;
    int next;
    if (children.size() == 2) {
      byte[] compact = children.getFirst().bytes();
      byte[] part = expand(compact);
      boolean leaf = (compact[0] & 0x20) != 0;
      if (leaf || !startsWith(key, depth, part)) {
        return;
      }
      child = children.getLast();
      next = depth + part.length;
    } else {
      if (depth == key.length) {
        return;
      }
      child = children.get(key[depth]);
      next = depth + 1;
    }
    if (child.nextIsList()) {
      follow(child, key, next, path);
    } else if (child.nextLength() == Bytes32.LENGTH) {
      Bytes hashed = nodes.get(Bytes32.of(child.bytes()));
      if (hashed != null) {
        path.add(hashed);
        follow(new RlpReader(hashed.toByteArray()), key, next, path);
      }
    }
  }

  /**
   * The node for the sorted keys from one index to before another, which agree in their first
   * {@code depth} nibbles.
   */
  private byte[] build(List<byte[]> keys, List<byte[]> values, int from, int to, int depth) {
    byte[] first = keys.get(from);
    if (to - from == 1) {
      return new RlpWriter()
          .beginList()
          .bytes(compact(first, depth, first.length, true))
          .bytes(values.get(from))
          .endList()
          .toByteArray();
    }
    int shared = commonPrefix(first, keys.get(to - 1));
    if (shared > depth) {
      return new RlpWriter()
          .beginList()
          .bytes(compact(first, depth, shared, false))
          .encoded(reference(build(keys, values, from, to, shared)))
          .endList()
          .toByteArray();
    }
    RlpWriter branch = new RlpWriter().beginList();
    int at = from;
    byte[] own = {};
    if (keys.get(at).length == depth) {
      own = values.get(at);
      at++;
    }
    for (int nibble = 0; nibble < BRANCHES; nibble++) {
      int start = at;
      while (at < to && keys.get(at)[depth] == nibble) {
        at++;
      }
      branch.encoded(
          start == at ? EMPTY_STRING : reference(build(keys, values, start, at, depth + 1)));
    }
    return branch.bytes(own).endList().toByteArray();
  }

  private byte[] reference(byte[] node) {
    if (node.length < Bytes32.LENGTH) {
      return node;
    }
    Bytes32 hash = Keccak.hash(node);
    nodes.put(hash, Bytes.of(node));
    return new RlpWriter().bytes(hash.toByteArray()).toByteArray();
  }

  private static int commonPrefix(byte[] first, byte[] last) {
    int mismatch = Arrays.mismatch(first, last);
    return mismatch < 0 ? first.length : mismatch;
  }

  private static boolean startsWith(byte[] key, int depth, byte[] part) {
    return key.length - depth >= part.length
        && Arrays.equals(key, depth, depth + part.length, part, 0, part.length);
  }

  private static byte[] nibbles(Bytes key) {
    byte[] nibbles = new byte[key.length() * 2];
    for (int i = 0; i < key.length(); i++) {
      nibbles[2 * i] = (byte) ((key.get(i) >>> 4) & 0x0f);
      nibbles[2 * i + 1] = (byte) (key.get(i) & 0x0f);
    }
    return nibbles;
  }

  private static byte[] compact(byte[] nibbles, int from, int to, boolean leaf) {
    int length = to - from;
    byte[] compact = new byte[length / 2 + 1];
    int flags = (leaf ? 2 : 0) | (length & 1);
    compact[0] = (byte) (flags << 4);
    int at = from;
    if ((length & 1) != 0) {
      compact[0] |= nibbles[at++];
    }
    for (int i = 1; i < compact.length; i++) {
      compact[i] = (byte) ((nibbles[at] << 4) | nibbles[at + 1]);
      at += 2;
    }
    return compact;
  }

  private static byte[] expand(byte[] compact) {
    byte[] all = nibbles(Bytes.of(compact));
    return Arrays.copyOfRange(all, (compact[0] & 0x10) != 0 ? 1 : 2, all.length);
  }
}
