/**
 * The messages of one enclave to another, relayed by hosts: signed by the sending enclave under the
 * network hash and, where they carry secrets, sealed with X-Wing to the receiving one.
 */
@NullMarked
package network.enigma.tee.message;

import org.jspecify.annotations.NullMarked;
