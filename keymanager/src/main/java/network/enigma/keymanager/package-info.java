/** The key-manager enclave. */
@NullMarked
package network.enigma.keymanager;

import org.jspecify.annotations.NullMarked;
