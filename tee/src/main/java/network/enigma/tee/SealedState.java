package network.enigma.tee;

import java.util.Arrays;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Preimage;
import network.enigma.protocol.Role;
import network.enigma.protocol.crypto.Aead;
import network.enigma.protocol.crypto.Hkdf;
import network.enigma.protocol.crypto.SecretAccess;
import network.enigma.protocol.crypto.SecretBytes;

/**
 * What an enclave gives its host to keep until the next start: encrypted under the machine's
 * sealing key, bound to network and role. Form: version 1 ‖ 32 random bytes ‖ AES-256-GCM
 * ciphertext; the random bytes enter the key, so that no key and nonce meet twice. Nothing stops a
 * host from giving back an older one: only what may be old is kept in it.
 */
public final class SealedState {
  private static final byte VERSION = 1;
  private static final int SALT_LENGTH = 32;

  private SealedState() {}

  public static Bytes seal(Machine machine, Role role, Bytes32 networkHash, SecretBytes content) {
    byte[] salt = machine.entropy().secret(SALT_LENGTH).toByteArray(SecretAccess.granted());
    byte[] associatedData = associatedData(role, networkHash);
    Derived derived = derive(machine, salt, associatedData);
    byte[] ciphertext =
        Aead.seal(
            derived.key(),
            derived.nonce(),
            content.toByteArray(SecretAccess.granted()),
            associatedData);
    byte[] sealed = new byte[1 + SALT_LENGTH + ciphertext.length];
    sealed[0] = VERSION;
    System.arraycopy(salt, 0, sealed, 1, SALT_LENGTH);
    System.arraycopy(ciphertext, 0, sealed, 1 + SALT_LENGTH, ciphertext.length);
    return Bytes.of(sealed);
  }

  /**
   * Opens what {@link #seal} made.
   *
   * @throws EnigmaException {@link ErrorCode#SEALED_STATE_UNREADABLE} for another machine, network
   *     or role, or damaged bytes
   */
  public static SecretBytes open(Machine machine, Role role, Bytes32 networkHash, Bytes sealed) {
    byte[] bytes = sealed.toByteArray();
    if (bytes.length < 1 + SALT_LENGTH || bytes[0] != VERSION) {
      throw unreadable();
    }
    byte[] salt = Arrays.copyOfRange(bytes, 1, 1 + SALT_LENGTH);
    byte[] associatedData = associatedData(role, networkHash);
    Derived derived = derive(machine, salt, associatedData);
    return Aead.open(
            derived.key(),
            derived.nonce(),
            Arrays.copyOfRange(bytes, 1 + SALT_LENGTH, bytes.length),
            associatedData)
        .map(SecretBytes::of)
        .orElseThrow(SealedState::unreadable);
  }

  private record Derived(SecretBytes key, byte[] nonce) {}

  private static Derived derive(Machine machine, byte[] salt, byte[] associatedData) {
    byte[] bytes =
        Hkdf.derive(machine.sealingKey(), salt, associatedData, Aead.KEY_LENGTH + Aead.NONCE_LENGTH)
            .toByteArray(SecretAccess.granted());
    return new Derived(
        SecretBytes.of(Arrays.copyOf(bytes, Aead.KEY_LENGTH)),
        Arrays.copyOfRange(bytes, Aead.KEY_LENGTH, bytes.length));
  }

  private static byte[] associatedData(Role role, Bytes32 networkHash) {
    return Preimage.hash("SEALED_STATE", "uint8,bytes32", role.number(), networkHash).toByteArray();
  }

  private static EnigmaException unreadable() {
    return new EnigmaException(
        ErrorCode.SEALED_STATE_UNREADABLE,
        "the sealed state is damaged or was made by another machine, network or role");
  }
}
