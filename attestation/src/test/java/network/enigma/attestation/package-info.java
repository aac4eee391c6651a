/** Tests of verdicts. */
@NullMarked
package network.enigma.attestation;

import org.jspecify.annotations.NullMarked;
