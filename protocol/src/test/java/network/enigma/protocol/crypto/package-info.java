/** Tests of signatures, sealing and key derivation. */
@NullMarked
package network.enigma.protocol.crypto;

import org.jspecify.annotations.NullMarked;
