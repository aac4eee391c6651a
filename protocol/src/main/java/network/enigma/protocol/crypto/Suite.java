package network.enigma.protocol.crypto;

import java.util.Arrays;
import java.util.Optional;

/**
 * How something is sealed: an HPKE key encapsulation with HKDF-SHA256 and AES-256-GCM (rule K6),
 * named by its KEM id. Private keys have 32 bytes in both suites.
 */
public enum Suite {
  /** X25519 and ML-KEM-768 together; stays closed if one of them falls. The default. */
  X_WING(0x647a, 1216, 1120),
  /** DHKEM(X25519, HKDF-SHA256) of RFC 9180. */
  X25519(0x0020, 32, 32);

  private final int id;
  private final int publicKeyLength;
  private final int encapsulationLength;

  Suite(int id, int publicKeyLength, int encapsulationLength) {
    this.id = id;
    this.publicKeyLength = publicKeyLength;
    this.encapsulationLength = encapsulationLength;
  }

  /** The HPKE KEM id, a uint16. */
  public int id() {
    return id;
  }

  /** Length of a public key in bytes. */
  public int publicKeyLength() {
    return publicKeyLength;
  }

  /** Length of the encapsulated key, {@code enc}, in bytes. */
  public int encapsulationLength() {
    return encapsulationLength;
  }

  public static Optional<Suite> fromId(int id) {
    return Arrays.stream(values()).filter(suite -> suite.id == id).findFirst();
  }
}
