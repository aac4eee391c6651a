/**
 * Evidence in, verdict out, with reasons (protocol section 7). Pure: what a verdict depends on,
 * collateral and time included, is an argument; nothing here falls back from one kind of evidence
 * to another.
 */
@NullMarked
package network.enigma.attestation;

import org.jspecify.annotations.NullMarked;
