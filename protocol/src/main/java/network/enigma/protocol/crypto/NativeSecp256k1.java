package network.enigma.protocol.crypto;

import java.util.Arrays;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/** Bitcoin's C library through its JNI binding. */
final class NativeSecp256k1 implements Secp256k1Engine {
  private final fr.acinq.secp256k1.Secp256k1 library;

  /**
   * @throws LinkageError if the library does not load on this machine
   */
  NativeSecp256k1() {
    library = fr.acinq.secp256k1.Secp256k1.get();
    byte[] probe = new byte[32];
    probe[31] = 1;
    if (!library.secKeyVerify(probe)) {
      throw new UnsatisfiedLinkError("the secp256k1 library answers wrongly");
    }
  }

  @Override
  public boolean isValidPrivateKey(byte[] privateKey) {
    return privateKey.length == 32 && library.secKeyVerify(privateKey);
  }

  @Override
  public byte[] publicKey(byte[] privateKey) {
    return library.pubkeyCreate(privateKey);
  }

  @Override
  public byte[] sign(byte[] privateKey, byte[] publicKey, byte[] digest) {
    byte[] compact = library.sign(digest, privateKey, null);
    byte[] signature = Arrays.copyOf(compact, 65);
    signature[64] = (byte) (Arrays.equals(publicKey, recoverOrEmpty(digest, compact, 0)) ? 0 : 1);
    return signature;
  }

  @Override
  public byte[] recover(byte[] digest, byte[] compactSignature, int recoveryId) {
    byte[] key = recoverOrEmpty(digest, compactSignature, recoveryId);
    if (key.length == 0) {
      throw new EnigmaException(ErrorCode.BAD_SIGNATURE, "no key can have made the signature");
    }
    return key;
  }

  private byte[] recoverOrEmpty(byte[] digest, byte[] compact, int recoveryId) {
    try {
      return library.ecdsaRecover(compact, digest, recoveryId);
    } catch (fr.acinq.secp256k1.Secp256k1Exception e) {
      return new byte[0];
    }
  }
}
