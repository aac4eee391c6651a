/**
 * What a host says to an enclave and what the enclave answers (rule T1): records with one strict
 * byte form. A message is one byte that names its kind, then its fields; the enclave reads every
 * message as hostile input.
 */
@NullMarked
package network.enigma.protocol.channel;

import org.jspecify.annotations.NullMarked;
