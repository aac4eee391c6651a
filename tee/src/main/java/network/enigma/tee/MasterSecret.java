package network.enigma.tee;

import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Preimage;
import network.enigma.protocol.crypto.Hkdf;
import network.enigma.protocol.crypto.SecretAccess;
import network.enigma.protocol.crypto.SecretBytes;

/**
 * The secret of one generation of key managers (rule K5), from which partial secrets and seeds are
 * derived, each by a key of its own. Its check hash is on chain, so that nobody can be given
 * another one.
 */
public final class MasterSecret {
  public static final int LENGTH = 32;

  private final long generation;
  private final SecretBytes secret;

  public MasterSecret(long generation, SecretBytes secret) {
    if (secret.length() != LENGTH || generation >>> 32 != 0) {
      throw new IllegalArgumentException("a master secret has 32 bytes and a uint32 generation");
    }
    this.generation = generation;
    this.secret = secret;
  }

  public static MasterSecret generate(long generation, Entropy entropy) {
    return new MasterSecret(generation, entropy.secret(LENGTH));
  }

  /** A uint32. */
  public long generation() {
    return generation;
  }

  /**
   * What the generation record on chain names: a hash of something derived, which teaches nothing
   * about the secret.
   */
  public Bytes32 checkHash(Bytes32 networkHash) {
    return Preimage.hash(
        "MASTER_CHECK", "uint32,bytes32", generation, value(networkHash, "MASTER_CHECK"));
  }

  /**
   * The seed of an epoch (rule C3), the same from every member. The contract keeps 24 bytes of it,
   * so it has 24 bytes followed by zeros.
   */
  public Bytes32 seed(Bytes32 networkHash, long epoch) {
    byte[] seed =
        derive(networkHash, Preimage.hash("EPOCH_SEED", "uint32,uint64", generation, epoch))
            .toByteArray(SecretAccess.granted());
    java.util.Arrays.fill(seed, 24, 32, (byte) 0);
    return Bytes32.of(seed);
  }

  private Bytes32 value(Bytes32 networkHash, String name) {
    return Bytes32.of(
        derive(networkHash, Preimage.hash(name, "uint32", generation))
            .toByteArray(SecretAccess.granted()));
  }

  SecretBytes derive(Bytes32 networkHash, Bytes32 purpose) {
    return Hkdf.derive(secret, networkHash.toByteArray(), purpose.toByteArray(), 32);
  }

  public SecretBytes secret(SecretAccess access) {
    java.util.Objects.requireNonNull(access);
    return secret;
  }

  @Override
  public String toString() {
    return "MasterSecret[generation " + generation + "]";
  }
}
