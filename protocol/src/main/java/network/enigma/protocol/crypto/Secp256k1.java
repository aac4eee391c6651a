package network.enigma.protocol.crypto;

import java.util.Arrays;
import java.util.Optional;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;

/**
 * Ethereum's signatures. The native library is used where it loads, Bouncy Castle elsewhere; both
 * give the same signatures (RFC 6979 nonces, low s).
 */
public final class Secp256k1 {
  private static final Secp256k1Engine ENGINE = choose();

  private Secp256k1() {}

  private static Secp256k1Engine choose() {
    try {
      return new NativeSecp256k1();
    } catch (LinkageError | RuntimeException e) {
      return new PortableSecp256k1();
    }
  }

  static Secp256k1Engine engine() {
    return ENGINE;
  }

  /** Whether the native library carries the work. */
  public static boolean isNative() {
    return ENGINE instanceof NativeSecp256k1;
  }

  /**
   * The account whose key signed the digest.
   *
   * @throws EnigmaException {@link ErrorCode#BAD_SIGNATURE} if no key can have made the signature
   */
  public static Address recover(Bytes32 digest, Signature signature) {
    return recover(ENGINE, digest, signature);
  }

  static Address recover(Secp256k1Engine engine, Bytes32 digest, Signature signature) {
    return addressOf(
        engine.recover(digest.toByteArray(), signature.compact(), signature.recoveryId()));
  }

  /**
   * The account whose key signed the digest, also with the upper half of s, as Ethereum's ecrecover
   * wants it; nothing if no key can have made the signature.
   *
   * @param compact r ‖ s, 64 bytes, each from 1 to the order less one
   * @param recoveryId 0 or 1
   */
  public static Optional<Address> recoverAny(Bytes32 digest, byte[] compact, int recoveryId) {
    return recoverAny(ENGINE, digest, compact, recoveryId);
  }

  static Optional<Address> recoverAny(
      Secp256k1Engine engine, Bytes32 digest, byte[] compact, int recoveryId) {
    try {
      return Optional.of(addressOf(engine.recover(digest.toByteArray(), compact, recoveryId)));
    } catch (EnigmaException e) {
      return Optional.empty();
    }
  }

  /**
   * Checks that the account signed the digest.
   *
   * @throws EnigmaException {@link ErrorCode#BAD_SIGNATURE} otherwise
   */
  public static void requireSigner(
      Address signer, Bytes32 digest, Signature signature, String what) {
    Address found = recover(digest, signature);
    if (!found.equals(signer)) {
      throw new EnigmaException(
          ErrorCode.BAD_SIGNATURE, what + " was signed by " + found + " and not by " + signer);
    }
  }

  /** The account of an uncompressed public key of 65 bytes. */
  static Address addressOf(byte[] publicKey) {
    return Address.lastBytesOf(Keccak.hash(Arrays.copyOfRange(publicKey, 1, 65)));
  }
}
