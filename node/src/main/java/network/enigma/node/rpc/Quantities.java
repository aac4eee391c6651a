package network.enigma.node.rpc;

/** Numbers as the JSON-RPC has them. */
final class Quantities {
  private Quantities() {}

  static String of(long unsigned) {
    return "0x" + Long.toHexString(unsigned);
  }
}
