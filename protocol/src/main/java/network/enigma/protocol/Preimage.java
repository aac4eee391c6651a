package network.enigma.protocol;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The hash rule of rule K7: keccak256 of abi.encode of the tag keccak256("enigma/v1/NAME") and the
 * fields in the order the design prints them. No two names can collide.
 */
public final class Preimage {
  private static final Map<String, Bytes32> TAGS = new ConcurrentHashMap<>();

  private Preimage() {}

  /** keccak256("enigma/v1/NAME"). */
  public static Bytes32 tag(String name) {
    return TAGS.computeIfAbsent(name, key -> Keccak.hashText("enigma/v1/" + key));
  }

  /**
   * Hashes the fields under the name.
   *
   * @param types the fields' ABI types, comma-separated; values as in {@link Abi#encode}
   */
  public static Bytes32 hash(String name, String types, Object... values) {
    Object[] all = new Object[values.length + 1];
    all[0] = tag(name);
    System.arraycopy(values, 0, all, 1, values.length);
    return Keccak.hash(Abi.encode(types.isEmpty() ? "bytes32" : "bytes32," + types, all));
  }

  /** Starts the preimage of static fields. */
  static Words words(String name, int count) {
    return new Words(count + 1).bytes32(tag(name));
  }
}
