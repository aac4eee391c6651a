package network.enigma.protocol;

import org.bouncycastle.crypto.digests.KeccakDigest;

/** Ethereum's hash function, keccak256. */
public final class Keccak {
  private Keccak() {}

  /** keccak256 of the parts one after the other. */
  public static Bytes32 hash(byte[]... parts) {
    KeccakDigest digest = new KeccakDigest(256);
    for (byte[] part : parts) {
      digest.update(part, 0, part.length);
    }
    byte[] hash = new byte[Bytes32.LENGTH];
    digest.doFinal(hash, 0);
    return Bytes32.of(hash);
  }

  public static Bytes32 hash(Bytes bytes) {
    return hash(bytes.array());
  }

  /** keccak256 of the text in UTF-8. */
  public static Bytes32 hashText(String text) {
    return hash(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }
}
