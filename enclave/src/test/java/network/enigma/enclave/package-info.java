/**
 * Tests of the worker enclave through its channel, with real key-manager enclaves and real proofs.
 */
@NullMarked
package network.enigma.enclave;

import org.jspecify.annotations.NullMarked;
