/** Evidence, verifiers, verdicts and policies. */
@NullMarked
package network.enigma.attestation;

import org.jspecify.annotations.NullMarked;
