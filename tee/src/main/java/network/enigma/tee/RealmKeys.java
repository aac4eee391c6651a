package network.enigma.tee;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.Preimage;
import network.enigma.protocol.crypto.Aead;
import network.enigma.protocol.crypto.SealingKeyPair;
import network.enigma.protocol.crypto.SecretAccess;
import network.enigma.protocol.crypto.SecretBytes;
import network.enigma.protocol.crypto.Suite;

/**
 * All keys of a realm in one tenure, derived from its {@link RealmSecret} (rule K4): the input key
 * pair of each suite, the keys of deltas and snapshots, and the randomness of tasks. Immutable; may
 * be used by many threads.
 */
public final class RealmKeys {
  /** What a state ciphertext is; part of its key (rule K9). */
  public enum StateKind {
    DELTA(0),
    SNAPSHOT(1);

    private final int number;

    StateKind(int number) {
      this.number = number;
    }

    public int number() {
      return number;
    }
  }

  /**
   * A key used for one ciphertext only.
   *
   * @param key 32 bytes
   * @param nonce 12 bytes, derived with the key
   */
  public record StateKey(SecretBytes key, Bytes nonce) {
    public byte[] seal(byte[] plaintext, byte[] associatedData) {
      return Aead.seal(key, nonce.toByteArray(), plaintext, associatedData);
    }

    /**
     * @throws EnigmaException {@link ErrorCode#DECRYPTION_FAILED} whatever is wrong
     */
    public byte[] open(byte[] ciphertext, byte[] associatedData) {
      return Aead.open(key, nonce.toByteArray(), ciphertext, associatedData)
          .orElseThrow(() ->
              new EnigmaException(
                  ErrorCode.DECRYPTION_FAILED, "the state ciphertext does not open"));
    }
  }

  private final RealmSecret secret;
  private final Map<Suite, SealingKeyPair> inputKeys = new EnumMap<>(Suite.class);

  public RealmKeys(RealmSecret secret) {
    this.secret = secret;
    for (Suite suite : Suite.values()) {
      inputKeys.put(
          suite,
          SealingKeyPair.of(
              suite,
              secret.derive(
                  Preimage.hash("INPUT_KEY", "uint16", suite.id()),
                  secret.realm().toByteArray(),
                  SealingKeyPair.PRIVATE_KEY_LENGTH)));
    }
  }

  public Bytes32 realm() {
    return secret.realm();
  }

  public long generation() {
    return secret.generation();
  }

  public long tenure() {
    return secret.tenure();
  }

  /** The key pair to which clients seal the inputs of this tenure. */
  public SealingKeyPair inputKey(Suite suite) {
    SealingKeyPair pair = inputKeys.get(suite);
    if (pair == null) {
      throw new IllegalStateException("no input key of " + suite);
    }
    return pair;
  }

  /** keccak256(suite ‖ input key): what the chain stores (rule K2). */
  public Bytes32 inputKeyHash(Suite suite) {
    return Keccak.hash(
        new byte[] {(byte) (suite.id() >>> 8), (byte) suite.id()},
        inputKey(suite).publicKey().toByteArray());
  }

  /**
   * The key of one delta or snapshot (rule K9).
   *
   * @param salt 32 fresh random bytes, in the ciphertext's header
   * @param lease under which it was made
   * @param endSequence of the batch
   */
  public StateKey stateKey(StateKind kind, Bytes32 salt, long lease, long endSequence) {
    byte[] bytes =
        secret
            .derive(
                Preimage.hash(
                    "STATE_KEY",
                    "bytes32,uint8,uint64,uint64",
                    secret.realm(),
                    kind.number(),
                    lease,
                    endSequence),
                salt.toByteArray(),
                Aead.KEY_LENGTH + Aead.NONCE_LENGTH)
            .toByteArray(SecretAccess.granted());
    return new StateKey(
        SecretBytes.of(Arrays.copyOf(bytes, Aead.KEY_LENGTH)),
        Bytes.of(Arrays.copyOfRange(bytes, Aead.KEY_LENGTH, bytes.length)));
  }

  /**
   * The seed of a task's randomness: the same in every execution of the task at the same place of
   * the history.
   */
  public SecretBytes taskRandomness(Bytes32 taskId, Bytes32 previousStateHash) {
    return secret.derive(
        Preimage.hash("TASK_RANDOMNESS", "bytes32,bytes32", taskId, previousStateHash),
        secret.realm().toByteArray(),
        32);
  }

  @Override
  public String toString() {
    return "RealmKeys[" + secret.realm() + ", tenure " + secret.tenure() + "]";
  }
}
