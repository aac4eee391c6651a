/**
 * Values and formats that every part of Enigma agrees on: identifiers, task orders, batches,
 * receipts, signed messages and their hashes. Everything here is pure: no clock, no file, no
 * network.
 */
@NullMarked
package network.enigma.protocol;

import org.jspecify.annotations.NullMarked;
