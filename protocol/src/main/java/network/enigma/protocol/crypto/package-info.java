/**
 * Signatures, sealing and key derivation. Secrets are held by types that cannot be printed and give
 * their bytes only against a token.
 */
@NullMarked
package network.enigma.protocol.crypto;

import org.jspecify.annotations.NullMarked;
