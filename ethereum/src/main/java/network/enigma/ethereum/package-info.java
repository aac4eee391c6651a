/**
 * What an enclave must know of Ethereum to believe nobody about it: block headers, proofs of
 * account and storage values against a header, and where the Enigma contract keeps which fact.
 * Pure: bytes in, facts or a typed error out.
 */
@NullMarked
package network.enigma.ethereum;

import org.jspecify.annotations.NullMarked;
