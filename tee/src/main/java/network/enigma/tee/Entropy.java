package network.enigma.tee;

import network.enigma.protocol.Bytes32;
import network.enigma.protocol.crypto.SecretBytes;

/** Where unpredictable bytes come from. */
@FunctionalInterface
public interface Entropy {
  /** So many fresh bytes that nobody can predict. */
  SecretBytes secret(int length);

  /** A value that was never used before. It is not a secret. */
  default Bytes32 nonce() {
    return Bytes32.of(
        secret(Bytes32.LENGTH).toByteArray(network.enigma.protocol.crypto.SecretAccess.granted()));
  }

  /** The system's secure random source. */
  static Entropy secure() {
    return SecretBytes::random;
  }
}
