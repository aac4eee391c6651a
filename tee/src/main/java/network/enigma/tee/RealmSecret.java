package network.enigma.tee;

import java.util.Collection;
import java.util.TreeMap;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Preimage;
import network.enigma.protocol.crypto.Hkdf;
import network.enigma.protocol.crypto.SecretAccess;
import network.enigma.protocol.crypto.SecretBytes;

/**
 * The secret of one realm in one tenure (rules K3, K5): one for each (network hash, realm,
 * generation, tenure), the same for every holder of the tenure.
 */
public final class RealmSecret {
  /** Most partial secrets of a realm secret. */
  public static final int MAXIMUM_PARTS = 1_024;

  private final Bytes32 networkHash;
  private final Bytes32 realm;
  private final long generation;
  private final long tenure;
  private final SecretBytes secret;

  private RealmSecret(
      Bytes32 networkHash, Bytes32 realm, long generation, long tenure, SecretBytes secret) {
    this.networkHash = networkHash;
    this.realm = realm;
    this.generation = generation;
    this.tenure = tenure;
    this.secret = secret;
  }

  /** The partial secret that the holder of a master secret gives for a tenure of a realm. */
  public static PartialSecret partial(
      MasterSecret master, Bytes32 networkHash, Bytes32 realm, long tenure) {
    return new PartialSecret(
        0,
        master.derive(
            networkHash,
            Preimage.hash(
                "PARTIAL_SECRET", "bytes32,uint32,uint64", realm, master.generation(), tenure)));
  }

  /**
   * The realm secret of the partial secrets that a quorum gave: HKDF over their concatenation in
   * the order of their indices.
   *
   * @param parts from all grants together; equal ones may be repeated
   * @throws EnigmaException {@link ErrorCode#QUORUM_NOT_REACHED} when two parts of one index
   *     differ, an index is lacking or there are none
   */
  public static RealmSecret combine(
      Bytes32 networkHash,
      Bytes32 realm,
      long generation,
      long tenure,
      Collection<PartialSecret> parts) {
    TreeMap<Integer, PartialSecret> byIndex = new TreeMap<>();
    for (PartialSecret part : parts) {
      PartialSecret known = byIndex.putIfAbsent(part.index(), part);
      if (known != null && !known.equals(part)) {
        throw new EnigmaException(
            ErrorCode.QUORUM_NOT_REACHED,
            "the key managers disagree about partial secret " + part.index());
      }
    }
    if (byIndex.isEmpty()
        || byIndex.size() > MAXIMUM_PARTS
        || byIndex.lastKey() != byIndex.size() - 1) {
      throw new EnigmaException(
          ErrorCode.QUORUM_NOT_REACHED, "the partial secrets are not complete");
    }
    byte[] concatenation = new byte[byIndex.size() * PartialSecret.LENGTH];
    for (PartialSecret part : byIndex.values()) {
      System.arraycopy(
          part.value().toByteArray(SecretAccess.granted()),
          0,
          concatenation,
          part.index() * PartialSecret.LENGTH,
          PartialSecret.LENGTH);
    }
    SecretBytes secret =
        Hkdf.derive(
            SecretBytes.of(concatenation),
            networkHash.toByteArray(),
            Preimage.hash("REALM_SECRET", "bytes32,uint32,uint64", realm, generation, tenure)
                .toByteArray(),
            32);
    return new RealmSecret(networkHash, realm, generation, tenure, secret);
  }

  public Bytes32 networkHash() {
    return networkHash;
  }

  public Bytes32 realm() {
    return realm;
  }

  /** Generation of the master secret, a uint32. */
  public long generation() {
    return generation;
  }

  public long tenure() {
    return tenure;
  }

  /** A secret for one purpose. */
  SecretBytes derive(Bytes32 purpose, byte[] salt, int length) {
    return Hkdf.derive(secret, salt, purpose.toByteArray(), length);
  }

  @Override
  public String toString() {
    return "RealmSecret[" + realm + ", generation " + generation + ", tenure " + tenure + "]";
  }
}
