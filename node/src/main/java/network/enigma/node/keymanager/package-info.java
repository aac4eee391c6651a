/**
 * The host of a key-manager enclave: feeds it headers, gives it the proofs it asks for, and carries
 * its messages to workers and to the other key managers. It sees sealed and signed bytes and public
 * facts only.
 */
@NullMarked
package network.enigma.node.keymanager;

import org.jspecify.annotations.NullMarked;
