/**
 * Signed statements of the simulated authority, the only evidence of development networks so far.
 * Its key is public, so that such evidence proves nothing to whoever wants hardware.
 */
@NullMarked
package network.enigma.attestation.statement;

import org.jspecify.annotations.NullMarked;
