package network.enigma.runtime;

/**
 * The secret randomness of one task, derived from the realm secret so that running the task again
 * gives the same bytes, and nobody outside the enclave can predict them.
 */
@FunctionalInterface
public interface RandomSource {

  /** The most bytes one request may ask for. */
  int MAXIMUM_LENGTH = 4_096;

  /**
   * Random bytes, a pure function of the stream's number: different streams are independent, and
   * asking again for a stream gives the same bytes. Stream 0 is what the dialect offers as the
   * block's randomness (PREVRANDAO); a runtime numbers the contract's requests 1, 2, 3, ….
   *
   * @param stream the number of the request within the task
   * @param length how many bytes, 0 to {@link #MAXIMUM_LENGTH}
   */
  byte[] bytes(long stream, int length);
}
