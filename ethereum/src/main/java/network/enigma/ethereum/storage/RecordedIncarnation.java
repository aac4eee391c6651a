package network.enigma.ethereum.storage;

import network.enigma.protocol.Bytes32;

/**
 * The latest life of a key manager that was put on chain (rule S3).
 *
 * @param nonce its first 20 bytes, followed by zeros
 * @param number lives recorded so far; 0 for none
 * @param recordedAt block
 */
public record RecordedIncarnation(Bytes32 nonce, long number, long recordedAt) {
  private static final int NONCE_BYTES = 20;

  static RecordedIncarnation decode(Bytes32 value) {
    Word word = Word.of(value);
    byte[] nonce = new byte[Bytes32.LENGTH];
    // The nonce is the first member: it lies in the lowest 160 bits.
    System.arraycopy(value.toByteArray(), Bytes32.LENGTH - NONCE_BYTES, nonce, 0, NONCE_BYTES);
    return new RecordedIncarnation(Bytes32.of(nonce), word.uint(160, 32), word.uint(192, 64));
  }

  /** The word the contract stores. */
  public Bytes32 encode() {
    byte[] word =
        Word.empty().with(160, 32, number).with(192, 64, recordedAt).toBytes32().toByteArray();
    System.arraycopy(nonce.toByteArray(), 0, word, Bytes32.LENGTH - NONCE_BYTES, NONCE_BYTES);
    return Bytes32.of(word);
  }

  /** Whether it is the life of that nonce. */
  public boolean isOf(Bytes32 life) {
    return number != 0 && prefix(life).equals(nonce);
  }

  /** A nonce as the contract keeps it. */
  public static Bytes32 prefix(Bytes32 nonce) {
    byte[] kept = new byte[Bytes32.LENGTH];
    System.arraycopy(nonce.toByteArray(), 0, kept, 0, NONCE_BYTES);
    return Bytes32.of(kept);
  }
}
