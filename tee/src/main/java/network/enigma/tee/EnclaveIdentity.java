package network.enigma.tee;

import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.crypto.Hpke;
import network.enigma.protocol.crypto.SealingKeyPair;
import network.enigma.protocol.crypto.SecretAccess;
import network.enigma.protocol.crypto.SecretBytes;
import network.enigma.protocol.crypto.Signature;
import network.enigma.protocol.crypto.SigningKey;
import network.enigma.protocol.crypto.Suite;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;

/**
 * Who an enclave is: a secp256k1 key that signs, whose account the chain knows, and an X-Wing key
 * pair to which other enclaves seal. Neither private key leaves the enclave except inside its
 * {@link SealedState}.
 */
public final class EnclaveIdentity {
  private final SigningKey signingKey;
  private final SealingKeyPair sealingKey;

  private EnclaveIdentity(SigningKey signingKey, SealingKeyPair sealingKey) {
    this.signingKey = signingKey;
    this.sealingKey = sealingKey;
  }

  public static EnclaveIdentity generate(Entropy entropy) {
    while (true) {
      try {
        return new EnclaveIdentity(
            SigningKey.of(entropy.secret(32)),
            SealingKeyPair.of(Suite.X_WING, entropy.secret(SealingKeyPair.PRIVATE_KEY_LENGTH)));
      } catch (EnigmaException e) {
        // One in 2^128 random strings is no private key of secp256k1.
        continue;
      }
    }
  }

  /** The account of the signing key: the enclave's name on chain. */
  public Address address() {
    return signingKey.address();
  }

  /** The X-Wing public key, 1,216 bytes. */
  public Bytes sealingKey() {
    return sealingKey.publicKey();
  }

  /** Signs an EIP-712 digest or the digest of a message between enclaves. */
  public Signature sign(Bytes32 digest) {
    return signingKey.sign(digest);
  }

  /**
   * Opens what was sealed to this enclave.
   *
   * @throws EnigmaException {@code DECRYPTION_FAILED} whatever is wrong
   */
  public SecretBytes open(
      Bytes encapsulation, byte[] info, byte[] associatedData, byte[] ciphertext) {
    return Hpke.open(sealingKey, encapsulation, info, associatedData, ciphertext).plaintext();
  }

  /** Appends the private keys to what is about to be sealed. */
  public void write(WireWriter writer) {
    writer
        .raw(signingKey.secret(SecretAccess.granted()).toByteArray(SecretAccess.granted()))
        .raw(sealingKey.privateKey(SecretAccess.granted()).toByteArray(SecretAccess.granted()));
  }

  /** Reads what {@link #write} wrote. */
  public static EnclaveIdentity read(WireReader reader) {
    return new EnclaveIdentity(
        SigningKey.of(SecretBytes.of(reader.raw(32))),
        SealingKeyPair.of(
            Suite.X_WING, SecretBytes.of(reader.raw(SealingKeyPair.PRIVATE_KEY_LENGTH))));
  }

  @Override
  public String toString() {
    return "EnclaveIdentity[" + address() + "]";
  }
}
