package network.enigma.protocol;

/**
 * The life of a key manager that wants to count again by its nonce on chain, signed by it (rule
 * S3).
 *
 * @param number one more than that of its latest life on chain, a uint32
 * @param nonce fresh in this life
 */
public record Incarnation(long number, Bytes32 nonce) implements Eip712Message {
  public static final String TYPE = "Incarnation(uint32 number,bytes32 nonce)";

  private static final Bytes32 TYPE_HASH = Keccak.hashText(TYPE);

  @Override
  public Bytes32 structHash() {
    return new Words(3).bytes32(TYPE_HASH).uint(number).bytes32(nonce).hash();
  }
}
