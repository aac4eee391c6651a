package network.enigma.attestation;

import network.enigma.protocol.Bytes;

/**
 * The signature part of an Intel quote: the attestation key, and what vouches for it.
 *
 * @param signature over header and body, r and s, 32 bytes each
 * @param attestationKey x and y, 32 bytes each
 * @param qeReport of the quoting enclave, which made the attestation key
 * @param qeReportSignature by the machine's certified key, r and s
 * @param qeAuthentication hashed into the report together with the key
 * @param certificationType 5 for a chain in PEM; 1 to 4 want the chain from elsewhere
 * @param certificationData of that type
 */
public record QuoteSignature(
    Bytes signature,
    Bytes attestationKey,
    EnclaveReport qeReport,
    Bytes qeReportSignature,
    Bytes qeAuthentication,
    int certificationType,
    Bytes certificationData) {
  /** The type of certification data that is a chain in PEM. */
  public static final int PCK_CHAIN = 5;

  public QuoteSignature {
    if (signature.length() != 64
        || attestationKey.length() != 64
        || qeReportSignature.length() != 64) {
      throw new IllegalArgumentException("signatures and keys have 64 bytes");
    }
  }
}
