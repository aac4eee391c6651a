package network.enigma.runtime.evm;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The slots of one account that a transaction has seen, by key. */
final class SlotTable {
  private static final long R0 = HashSeed.next();
  private static final long R1 = HashSeed.next();
  private static final long R2 = HashSeed.next();
  private static final long R3 = HashSeed.next();

  private @Nullable Slot[] slots = new Slot[8];
  private int count;

  /** The slot with the key in four longs at {@code at}, or null. */
  @Nullable Slot find(long[] s, int at) {
    long key0 = s[at];
    long key1 = s[at + 1];
    long key2 = s[at + 2];
    long key3 = s[at + 3];
    @Nullable Slot[] table = slots;
    int mask = table.length - 1;
    for (int i = hash(key0, key1, key2, key3) & mask; ; i = i + 1 & mask) {
      Slot slot = table[i];
      if (slot == null
          || (slot.key0 == key0 && slot.key1 == key1 && slot.key2 == key2 && slot.key3 == key3)) {
        return slot;
      }
    }
  }

  /** Adds a slot whose key is not in the table. */
  void add(Slot slot) {
    if (2 * ++count > slots.length) {
      @Nullable Slot[] old = slots;
      slots = new Slot[2 * old.length];
      for (Slot moved : old) {
        if (moved != null) {
          place(moved);
        }
      }
    }
    place(slot);
  }

  private void place(Slot slot) {
    int mask = slots.length - 1;
    int i = hash(slot.key0, slot.key1, slot.key2, slot.key3) & mask;
    while (slots[i] != null) {
      i = i + 1 & mask;
    }
    slots[i] = slot;
  }

  void forEach(Consumer<Slot> action) {
    for (Slot slot : slots) {
      if (slot != null) {
        action.accept(slot);
      }
    }
  }

  /** Universal hashing with secret multipliers: nobody can choose keys that collide. */
  private static int hash(long key0, long key1, long key2, long key3) {
    long h =
        (key0 ^ R0) * R1
            + (key1 ^ key1 >>> 32) * R2
            + (key2 ^ key2 >>> 32) * R3
            + Math.multiplyHigh(key0 + R3, R2)
            + key3 * R0;
    return (int) (h >>> 40);
  }
}
