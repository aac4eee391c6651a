/** Tests of SEV-SNP evidence: genuine samples, and what an authority of our own can make wrong. */
@NullMarked
package network.enigma.attestation.snp;

import org.jspecify.annotations.NullMarked;
