/** Tests of quotes and their verdicts. */
@NullMarked
package network.enigma.attestation.dcap;

import org.jspecify.annotations.NullMarked;
