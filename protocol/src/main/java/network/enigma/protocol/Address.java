package network.enigma.protocol;

import java.math.BigInteger;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** An Ethereum account or a secret contract, 20 bytes. */
public final class Address implements Comparable<Address> {
  public static final int LENGTH = 20;

  private static final Address ZERO = new Address(new byte[LENGTH]);

  private final byte[] bytes;

  private Address(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * @throws EnigmaException {@link ErrorCode#MALFORMED_MESSAGE} unless there are exactly 20 bytes
   */
  public static Address of(byte[] bytes) {
    return new Address(checked(bytes).clone());
  }

  /**
   * @throws EnigmaException {@link ErrorCode#MALFORMED_MESSAGE} unless the text is 20 bytes in
   *     hexadecimal
   */
  public static Address fromHex(String text) {
    return new Address(checked(Hex.decode(text)));
  }

  public static Address zero() {
    return ZERO;
  }

  private static byte[] checked(byte[] bytes) {
    if (bytes.length != LENGTH) {
      throw new EnigmaException(
          ErrorCode.MALFORMED_MESSAGE, "an address has 20 bytes, not " + bytes.length);
    }
    return bytes;
  }

  /** The last 20 bytes of a hash, as Ethereum makes addresses. */
  public static Address lastBytesOf(Bytes32 hash) {
    return new Address(
        Arrays.copyOfRange(hash.toByteArray(), Bytes32.LENGTH - LENGTH, Bytes32.LENGTH));
  }

  /** The address as EIP-55 writes it: hexadecimal with the check sum in the case of the letters. */
  public String checksummed() {
    char[] digits = hex().substring(2).toCharArray();
    byte[] hash =
        Keccak.hash(new String(digits).getBytes(java.nio.charset.StandardCharsets.US_ASCII))
            .toByteArray();
    for (int i = 0; i < digits.length; i++) {
      int nibble = (hash[i / 2] >> (i % 2 == 0 ? 4 : 0)) & 0xf;
      if (nibble >= 8) {
        digits[i] = Character.toUpperCase(digits[i]);
      }
    }
    return "0x" + new String(digits);
  }

  public byte[] toByteArray() {
    return bytes.clone();
  }

  /** Copies the bytes into the target, for encoders that want no garbage. */
  public void copyTo(byte[] target, int offset) {
    System.arraycopy(bytes, 0, target, offset, LENGTH);
  }

  public Bytes bytes() {
    return Bytes.of(bytes);
  }

  public boolean isZero() {
    return equals(ZERO);
  }

  /** The bytes as an unsigned big-endian number. */
  public BigInteger toBigInteger() {
    return new BigInteger(1, bytes);
  }

  public String hex() {
    return Hex.encode(bytes);
  }

  @Override
  public int compareTo(Address other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(@Nullable Object object) {
    return object instanceof Address other && Arrays.equals(bytes, other.bytes);
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
