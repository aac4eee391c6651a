package network.enigma.node.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import network.enigma.attestation.EnclaveEvidence;
import network.enigma.node.follow.ChainState;
import network.enigma.node.keymanager.KeyManagerClient;
import network.enigma.node.replicate.PeerCall;
import network.enigma.node.schedule.WorkerParts;
import network.enigma.protocol.Address;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes what workers were registered and key managers listed with (rule C1), so that anybody
 * can judge it again: this host's own, and that of others by asking them.
 */
public final class EvidenceDesk {
  private static final Logger log = LoggerFactory.getLogger(EvidenceDesk.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final WorkerParts parts;

  public EvidenceDesk(WorkerParts parts) {
    this.parts = parts;
  }

  /** The evidence of this host's enclave, and that of the registration after or before it. */
  ObjectNode own() {
    List<EnclaveEvidence> kept = parts.store().evidence();
    if (kept.isEmpty()) {
      throw new EnigmaException(
          ErrorCode.EVIDENCE_UNAVAILABLE,
          "this host does not have the evidence it was registered with any more");
    }
    ObjectNode answer =
        JsonText.NODES
            .objectNode()
            .put("worker", Quantities.of(parts.worker()))
            .put("evidence", kept.getFirst().encode().hex());
    if (kept.size() > 1) {
      answer.put("otherEvidence", kept.getLast().encode().hex());
    }
    return answer;
  }

  /** The evidence of a worker's enclave, its own host's word, and the block of its registration. */
  JsonNode of(long worker) {
    ChainState.WorkerFacts facts =
        parts
            .state()
            .worker(worker)
            .orElseThrow(() ->
                new EnigmaException(ErrorCode.INVALID_ARGUMENT, "no worker has number " + worker));
    JsonNode shown =
        worker == parts.worker()
            ? own()
            : JsonText.readAnswer(
                parts.peers().call(facts.operator(), new PeerCall.GetEvidence().encode(), TIMEOUT));
    ObjectNode answer = JsonText.NODES.objectNode().put("worker", Quantities.of(worker));
    answer.put("evidence", shown.path("evidence").asText());
    if (shown.hasNonNull("otherEvidence")) {
      answer.put("otherEvidence", shown.path("otherEvidence").asText());
    }
    putBlock(answer, facts.enclave());
    return answer;
  }

  /** The listed key managers with the evidence that each of them shows now. */
  ArrayNode keyManagers() {
    Map<Address, EnclaveEvidence> shown = shown();
    ArrayNode answer = JsonText.NODES.arrayNode();
    parts.state().keyManagerEnclaves().stream()
        .sorted()
        .forEach(enclave -> {
          ObjectNode one = answer.addObject().put("enclave", enclave.hex());
          parts
              .state()
              .keyManagerOperator(enclave)
              .ifPresent(operator -> one.put("operator", operator.hex()));
          putBlock(one, enclave);
          Optional.ofNullable(shown.get(enclave))
              .ifPresent(evidence -> one.put("evidence", evidence.encode().hex()));
        });
    return answer;
  }

  private void putBlock(ObjectNode answer, Address enclave) {
    parts
        .state()
        .publishedAt(enclave)
        .ifPresent(block -> answer.put("block", Quantities.of(block)));
  }

  private Map<Address, EnclaveEvidence> shown() {
    Map<Address, EnclaveEvidence> shown = new HashMap<>();
    List<Callable<EnclaveEvidence>> questions = new ArrayList<>();
    for (KeyManagerClient keyManager : parts.keyManagers().all()) {
      questions.add(keyManager::evidence);
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<EnclaveEvidence> answer :
          threads.invokeAll(questions, TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        try {
          EnclaveEvidence evidence = answer.get();
          shown.put(evidence.enclave(), evidence);
        } catch (ExecutionException | CancellationException e) {
          log.info("a key manager shows no evidence: {}", e.getMessage());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return shown;
  }
}
