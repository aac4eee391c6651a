/**
 * Intel's data center attestation primitives: reads SGX and TDX quotes with exact bounds and judges
 * them by Intel's signed collateral, step by step as Intel's quote verification library does.
 * Verification uses the JDK's cryptography only.
 */
@NullMarked
package network.enigma.attestation.dcap;

import org.jspecify.annotations.NullMarked;
