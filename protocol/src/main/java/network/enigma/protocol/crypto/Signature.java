package network.enigma.protocol.crypto;

import java.math.BigInteger;
import java.util.Arrays;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Hex;
import org.jspecify.annotations.Nullable;

/**
 * A recoverable secp256k1 signature, 65 bytes {@code r ‖ s ‖ v} with v 27 or 28 as Ethereum's
 * contracts expect it. Only the low half of s is accepted, so that every message has one signature
 * per nonce.
 */
public final class Signature {
  public static final int LENGTH = 65;

  static final BigInteger ORDER =
      new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);
  static final BigInteger HALF_ORDER = ORDER.shiftRight(1);

  private final byte[] bytes;

  private Signature(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * @throws EnigmaException {@link ErrorCode#BAD_SIGNATURE} unless there are 65 bytes with r in
   *     range, low s and v 27 or 28 (0 and 1 are read as 27 and 28)
   */
  public static Signature of(byte[] bytes) {
    if (bytes.length != LENGTH) {
      throw new EnigmaException(
          ErrorCode.BAD_SIGNATURE, "a signature has 65 bytes, not " + bytes.length);
    }
    byte[] copy = bytes.clone();
    if (copy[64] == 0 || copy[64] == 1) {
      copy[64] += 27;
    }
    if (copy[64] != 27 && copy[64] != 28) {
      throw new EnigmaException(ErrorCode.BAD_SIGNATURE, "a signature ends with 27 or 28");
    }
    BigInteger r = new BigInteger(1, copy, 0, 32);
    BigInteger s = new BigInteger(1, copy, 32, 32);
    if (r.signum() == 0
        || r.compareTo(ORDER) >= 0
        || s.signum() == 0
        || s.compareTo(HALF_ORDER) > 0) {
      throw new EnigmaException(ErrorCode.BAD_SIGNATURE, "r or s of a signature out of range");
    }
    return new Signature(copy);
  }

  public static Signature fromHex(String text) {
    return of(Hex.decode(text));
  }

  /** 0 or 1. */
  int recoveryId() {
    return bytes[64] - 27;
  }

  /** r ‖ s, 64 bytes. */
  byte[] compact() {
    return Arrays.copyOf(bytes, 64);
  }

  public byte[] toByteArray() {
    return bytes.clone();
  }

  public Bytes bytes() {
    return Bytes.of(bytes);
  }

  public String hex() {
    return Hex.encode(bytes);
  }

  @Override
  public boolean equals(@Nullable Object object) {
    return object instanceof Signature other && Arrays.equals(bytes, other.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return hex();
  }
}
