package network.enigma.enclave;

import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Eip712Domain;
import network.enigma.protocol.NetworkConfig;
import network.enigma.tee.ChainView;
import network.enigma.tee.EnclaveIdentity;
import network.enigma.tee.Machine;

/**
 * The network a worker enclave was configured for, and what the enclave is in it.
 *
 * @param hash of the configuration
 * @param domain of signatures
 * @param identity of this enclave
 * @param chain the headers it holds
 */
record Network(
    NetworkConfig config,
    Bytes32 hash,
    Eip712Domain domain,
    Machine machine,
    EnclaveIdentity identity,
    ChainView chain) {

  NetworkConfig.Parameters parameters() {
    return config.parameters();
  }

  /** Never used before. */
  Bytes32 nonce() {
    return machine.entropy().nonce();
  }
}
