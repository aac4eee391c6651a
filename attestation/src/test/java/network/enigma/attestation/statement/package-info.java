/** Tests of verdicts. */
@NullMarked
package network.enigma.attestation.statement;

import org.jspecify.annotations.NullMarked;
