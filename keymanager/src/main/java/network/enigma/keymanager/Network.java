package network.enigma.keymanager;

import java.time.Instant;
import network.enigma.attestation.Decision;
import network.enigma.attestation.EvidenceBundle;
import network.enigma.attestation.Policy;
import network.enigma.attestation.Reason;
import network.enigma.attestation.Verdict;
import network.enigma.attestation.Verifier;
import network.enigma.protocol.Bytes;
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
   * Judges the evidence of another enclave by the roots and the policy of the network's mode, at
   * the time of the highest header. Its measurement and TCB are for the caller to check against the
   * chain.
   *
   * @param evidence with its collateral
   * @param reportData the hash it must be bound to
   * @throws EnigmaException {@link ErrorCode#EVIDENCE_REJECTED} with every reason against it
   */
  Decision.Accepted accept(Bytes evidence, Bytes32 reportData) {
    EvidenceBundle bundle;
    try {
      bundle = EvidenceBundle.decode(evidence);
    } catch (EnigmaException e) {
      throw new EnigmaException(
          ErrorCode.EVIDENCE_REJECTED,
          new Reason(Reason.Code.MALFORMED_EVIDENCE, String.valueOf(e.getMessage())).toString());
    }
    Verdict verdict =
        Verifier.of(config.mode())
            .verify(
                bundle,
                Verifier.reportData(config.mode(), reportData),
                Instant.ofEpochSecond(time()));
    return policy().judge(verdict).orThrow();
  }

  private Policy policy() {
    return switch (config.mode()) {
      case SIMULATION -> Policy.simulation();
      case HARDWARE -> Policy.hardware();
    };
  }

  /** Seconds since 1970, as the highest header has it: the only clock here. */
  long time() {
    return chain.tip().timestamp();
  }
}
