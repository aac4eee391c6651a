package network.enigma.attestation.simulation;

/** The dated parts on which the verdict on a simulated quote rests. */
public enum SimulatedPart {
  ROOT,
  PCK_AUTHORITY,
  PCK,
  SIGNER,
  ROOT_CRL,
  PCK_CRL,
  TCB_INFO,
  QE_IDENTITY
}
