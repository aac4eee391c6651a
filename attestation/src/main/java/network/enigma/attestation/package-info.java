/**
 * Evidence in, verdict out (design section 7). Pure: what a verdict depends on, time included, is
 * an argument; nothing here falls back from one kind of evidence to another.
 */
@NullMarked
package network.enigma.attestation;

import org.jspecify.annotations.NullMarked;
