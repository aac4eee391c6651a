package network.enigma.protocol;

import java.util.ArrayList;
import java.util.List;

/**
 * The tree over a batch's receipts (rule C14): leaves are {@link Receipt#leaf()}, a node is
 * keccak256(0x01 ‖ left ‖ right), an odd last node rises unchanged. The root of no receipts is
 * zero.
 */
public final class MerkleTree {
  private static final byte[] NODE = {1};

  /** From the leaves up; the last level is the root alone. */
  private final List<List<Bytes32>> levels = new ArrayList<>();

  private MerkleTree(List<Bytes32> leaves) {
    List<Bytes32> level = List.copyOf(leaves);
    levels.add(level);
    while (level.size() > 1) {
      List<Bytes32> above = new ArrayList<>((level.size() + 1) / 2);
      for (int i = 0; i < level.size(); i += 2) {
        above.add(i + 1 < level.size() ? node(level.get(i), level.get(i + 1)) : level.get(i));
      }
      level = above;
      levels.add(level);
    }
  }

  public static MerkleTree ofLeaves(List<Bytes32> leaves) {
    return new MerkleTree(leaves);
  }

  public static MerkleTree ofReceipts(List<Receipt> receipts) {
    return new MerkleTree(receipts.stream().map(Receipt::leaf).toList());
  }

  private static Bytes32 node(Bytes32 left, Bytes32 right) {
    return Keccak.hash(NODE, left.toByteArray(), right.toByteArray());
  }

  public int size() {
    return levels.getFirst().size();
  }

  public Bytes32 root() {
    return size() == 0 ? Bytes32.zero() : levels.getLast().getFirst();
  }

  /**
   * The siblings on the way from the leaf to the root, lowest first; a level where the node rises
   * alone gives none.
   */
  public List<Bytes32> path(int index) {
    List<Bytes32> path = new ArrayList<>();
    int position = java.util.Objects.checkIndex(index, size());
    for (List<Bytes32> level : levels.subList(0, levels.size() - 1)) {
      int sibling = position ^ 1;
      if (sibling < level.size()) {
        path.add(level.get(sibling));
      }
      position >>= 1;
    }
    return path;
  }

  /**
   * Whether the path leads from the leaf at the index, of so many leaves, to the root.
   *
   * @param count the number of leaves, which is the batch's number of tasks
   */
  public static boolean verify(
      Bytes32 leaf, int index, int count, List<Bytes32> path, Bytes32 root) {
    if (index < 0 || index >= count) {
      return false;
    }
    Bytes32 node = leaf;
    int used = 0;
    int position = index;
    for (int width = count; width > 1; width = (width + 1) >>> 1) {
      int sibling = position ^ 1;
      if (sibling < width) {
        if (used == path.size()) {
          return false;
        }
        Bytes32 other = path.get(used++);
        node = sibling < position ? node(other, node) : node(node, other);
      }
      position >>= 1;
    }
    return used == path.size() && node.equals(root);
  }
}
