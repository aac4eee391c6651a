package network.enigma.client;

import java.util.Optional;
import network.enigma.protocol.Address;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Permit;
import network.enigma.protocol.crypto.SigningKey;

/**
 * Who signs.
 *
 * @param key signs orders and permits
 * @param owner the account whose tasks these are and whose money pays for them
 * @param session why the key may sign for the owner; empty where it is the owner's own
 */
record Account(SigningKey key, Address owner, Optional<Permit.SignedSession> session) {

  /**
   * @throws EnigmaException NOT_PERMITTED for a session key
   */
  void requireOwner() {
    if (session.isPresent()) {
      throw new EnigmaException(
          ErrorCode.NOT_PERMITTED, "a session key cannot move money; use the owner's client");
    }
  }
}
