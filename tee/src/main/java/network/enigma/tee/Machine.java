package network.enigma.tee;

import network.enigma.protocol.Bytes32;
import network.enigma.protocol.NetworkConfig.Mode;
import network.enigma.protocol.crypto.SecretBytes;

/**
 * What a trusted core gets from the machine it runs on.
 *
 * @param mode whether the machine protects the enclave; a network of the other mode is refused
 * @param measurement identity of the program that runs, as its evidence shows it
 * @param entropy unpredictable bytes
 * @param sealingKey 32 bytes that the same program gets again on the same machine, and nobody else
 *     does
 * @param evidence attestation
 */
public record Machine(
    Mode mode,
    Bytes32 measurement,
    Entropy entropy,
    SecretBytes sealingKey,
    EvidenceSource evidence) {
  public Machine {
    if (sealingKey.length() != 32) {
      throw new IllegalArgumentException("a sealing key has 32 bytes");
    }
  }
}
