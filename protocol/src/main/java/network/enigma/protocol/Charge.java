package network.enigma.protocol;

/**
 * What one payer owes for the direct tasks of a batch.
 *
 * @param payer the tasks' sender
 * @param amount in units of 10⁻⁸ ENG, unsigned
 */
public record Charge(Address payer, long amount) {
  /** Bytes of a charge in calldata: address and uint64, packed. */
  public static final int PACKED_LENGTH = 28;
}
