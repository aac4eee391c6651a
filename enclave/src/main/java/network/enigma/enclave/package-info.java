/** The worker enclave. */
@NullMarked
package network.enigma.enclave;

import org.jspecify.annotations.NullMarked;
