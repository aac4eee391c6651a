package network.enigma.attestation;

import network.enigma.protocol.Bytes;

/**
 * What the vendor has signed about its machines, needed to judge evidence. Anybody may bring it:
 * nothing of it is believed before its signatures are checked. A part that is absent is empty.
 */
public sealed interface Collateral {
  /**
   * Collateral of Intel's provisioning certification service, version 4.
   *
   * @param tcbInfo the value of {@code tcbInfo}, JSON, byte for byte as signed
   * @param tcbInfoSignature r and s, 32 bytes each
   * @param tcbInfoChain TCB signing certificate and root, PEM
   * @param qeIdentity the value of {@code enclaveIdentity}, JSON, byte for byte as signed
   * @param qeIdentitySignature r and s, 32 bytes each
   * @param qeIdentityChain TCB signing certificate and root, PEM
   * @param rootCrl the root's revocation list, DER
   * @param pckCrl the revocation list of the authority that issued the machine's certificate, DER
   * @param pckChain the machine's certificate, its issuer and the root, PEM; only for quotes that
   *     do not hold them
   */
  record Intel(
      Bytes tcbInfo,
      Bytes tcbInfoSignature,
      Bytes tcbInfoChain,
      Bytes qeIdentity,
      Bytes qeIdentitySignature,
      Bytes qeIdentityChain,
      Bytes rootCrl,
      Bytes pckCrl,
      Bytes pckChain)
      implements Collateral {}

  /**
   * Collateral of AMD's key distribution service.
   *
   * @param endorsement the certificate of the chip's or the operator's key (VCEK or VLEK), DER
   * @param intermediate the certificate of its issuer (ASK or ASVK), DER
   * @param root the certificate of the root (ARK), DER
   * @param crl the root's revocation list, DER
   */
  record Amd(Bytes endorsement, Bytes intermediate, Bytes root, Bytes crl) implements Collateral {}

  /** None at hand. */
  record None() implements Collateral {}
}
