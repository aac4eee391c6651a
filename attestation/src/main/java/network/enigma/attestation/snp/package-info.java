/**
 * Evidence of AMD SEV-SNP: reads an attestation report and the certificates that endorse it, and
 * judges both. Source: AMD publications 56860 (SEV-SNP firmware ABI) and 57230 (VCEK certificate
 * and KDS interface); uses the JDK's cryptography only, and gets collateral and time as arguments.
 */
@NullMarked
package network.enigma.attestation.snp;

import org.jspecify.annotations.NullMarked;
