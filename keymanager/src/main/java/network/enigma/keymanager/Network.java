package network.enigma.keymanager;

import network.enigma.attestation.statement.Policy;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Eip712Domain;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.NetworkConfig;
import network.enigma.tee.ChainView;
import network.enigma.tee.EnclaveIdentity;
import network.enigma.tee.Machine;

/**
 * What all parts of a configured key manager share.
 *
 * @param machine what it runs on
 * @param identity who it is
 * @param config the network
 * @param hash the network hash
 * @param domain for EIP-712 signatures
 * @param chain the headers it holds
 */
record Network(
    Machine machine,
    EnclaveIdentity identity,
    NetworkConfig config,
    Bytes32 hash,
    Eip712Domain domain,
    ChainView chain) {

  static Network of(Machine machine, EnclaveIdentity identity, NetworkConfig config) {
    if (machine.mode() != config.mode()) {
      throw new EnigmaException(
          ErrorCode.INVALID_CONFIGURATION,
          "this enclave runs in mode "
              + machine.mode()
              + " and the network wants "
              + config.mode());
    }
    if (config.headerSource() != NetworkConfig.HeaderSource.NODE) {
      throw new EnigmaException(
          ErrorCode.INVALID_CONFIGURATION,
          "this release follows header source NODE only, not " + config.headerSource());
    }
    return new Network(
        machine, identity, config, config.hash(), config.domain(), new ChainView(config));
  }

  /**
   * What the evidence of another enclave must show; its measurement is checked against the chain.
   */
  Policy policy() {
    return switch (config.mode()) {
      case SIMULATION -> Policy.simulation();
      case HARDWARE -> new Policy(NetworkConfig.Mode.HARDWARE, java.util.Optional.empty());
    };
  }

  /** Seconds since 1970, as the highest header has it: the only clock here. */
  long time() {
    return chain.tip().timestamp();
  }
}
