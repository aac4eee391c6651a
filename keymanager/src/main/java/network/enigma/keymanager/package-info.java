/**
 * The key-manager enclave (rules K5, C1, C3, S2, S3): holds the master secret, grants leases,
 * acknowledges heads, signs admissions and seeds. A passive state machine behind byte messages;
 * time and chain facts come from headers and proofs only.
 */
@NullMarked
package network.enigma.keymanager;

import org.jspecify.annotations.NullMarked;
