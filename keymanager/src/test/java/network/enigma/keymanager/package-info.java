/** Tests of the key-manager enclave against a chain model whose headers and proofs are real. */
@NullMarked
package network.enigma.keymanager;

import org.jspecify.annotations.NullMarked;
