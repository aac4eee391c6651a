package network.enigma.protocol;

import java.util.Arrays;

/**
 * The answer to a public input (rules K7, K9): {@code random32 ‖ result}. The random bytes make the
 * receipt's result hash, and with it the state hash, tell nothing of the result before the batch is
 * anchored (rule S3): without them a host could try every possible result against the head.
 */
public final class PublicResult {
  private static final int RANDOM_LENGTH = 32;

  private PublicResult() {}

  /**
   * Makes the answer in the enclave.
   *
   * @param random fresh for every answer
   */
  public static Bytes encode(Bytes32 random, byte[] result) {
    return Bytes.concat(random.bytes(), Bytes.of(result));
  }

  /**
   * The result in an answer.
   *
   * @throws EnigmaException {@link ErrorCode#RESULT_UNREADABLE} if it is too short
   */
  public static Bytes decode(Bytes answer) {
    if (answer.length() < RANDOM_LENGTH) {
      throw new EnigmaException(
          ErrorCode.RESULT_UNREADABLE, "an answer of " + answer.length() + " bytes");
    }
    byte[] bytes = answer.toByteArray();
    return Bytes.of(Arrays.copyOfRange(bytes, RANDOM_LENGTH, bytes.length));
  }
}
