package network.enigma.chain;

/**
 * Which block's state a request is about.
 *
 * @param text as JSON-RPC has it: a word or a hexadecimal number
 */
public record BlockTag(String text) {
  public static final BlockTag LATEST = new BlockTag("latest");
  public static final BlockTag PENDING = new BlockTag("pending");
  public static final BlockTag SAFE = new BlockTag("safe");
  public static final BlockTag FINALIZED = new BlockTag("finalized");

  /** The block of that number. */
  public static BlockTag of(long number) {
    return new BlockTag(Quantity.of(number));
  }

  @Override
  public String toString() {
    return text;
  }
}
