package network.enigma.platform;

import network.enigma.protocol.Role;
import network.enigma.protocol.crypto.SecretBytes;

/**
 * A machine's key for what a program keeps over a restart: the same for the same program on the
 * same machine.
 */
@FunctionalInterface
public interface SealingKeyProvider {
  /** 32 bytes. */
  SecretBytes sealingKey(Role role);
}
