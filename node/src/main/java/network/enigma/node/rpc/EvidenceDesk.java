package network.enigma.node.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import network.enigma.attestation.EnclaveEvidence;
import network.enigma.node.follow.ChainState;
import network.enigma.node.replicate.PeerCall;
import network.enigma.node.schedule.WorkerParts;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/**
 * Publishes what workers were registered with (rule C1), so that anybody can judge it again: this
 * host's own, and that of others by asking them.
 */
public final class EvidenceDesk {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final WorkerParts parts;

  public EvidenceDesk(WorkerParts parts) {
    this.parts = parts;
  }

  /** The evidence of this host's enclave. */
  ObjectNode own() {
    EnclaveEvidence evidence =
        parts
            .store()
            .evidence()
            .orElseThrow(() ->
                new EnigmaException(
                    ErrorCode.EVIDENCE_UNAVAILABLE,
                    "this host does not have the evidence it was registered with any more"));
    return JsonText.NODES
        .objectNode()
        .put("worker", Quantities.of(parts.worker()))
        .put("evidence", evidence.encode().hex());
  }

  /** The evidence of a worker's enclave, its own host's word. */
  JsonNode of(long worker) {
    if (worker == parts.worker()) {
      return own();
    }
    ChainState.WorkerFacts facts =
        parts
            .state()
            .worker(worker)
            .orElseThrow(() ->
                new EnigmaException(ErrorCode.INVALID_ARGUMENT, "no worker has number " + worker));
    return JsonText.read(
        parts.peers().call(facts.operator(), new PeerCall.GetEvidence().encode(), TIMEOUT));
  }
}
