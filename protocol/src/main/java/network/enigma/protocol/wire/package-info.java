/**
 * The binary form of messages between enclaves and over the enclave channel. One writer and one
 * reader, strict about every byte, so that a hostile message ends in a typed error and never in a
 * surprise.
 */
@NullMarked
package network.enigma.protocol.wire;

import org.jspecify.annotations.NullMarked;
