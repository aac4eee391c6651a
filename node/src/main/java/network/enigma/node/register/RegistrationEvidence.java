package network.enigma.node.register;

import network.enigma.attestation.EnclaveEvidence;

/**
 * Keeps what a host's enclave is registered with. The chain has a registration before the host
 * knows, so that what is on its way must be kept as well: anybody may ask for it in that moment.
 */
public interface RegistrationEvidence {

  /** Evidence is on its way to the chain; that of the registration before is kept beside it. */
  void offered(EnclaveEvidence evidence);

  /** The chain has it; that of the registration before is still kept beside it. */
  void registered(EnclaveEvidence evidence);
}
