package network.enigma.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import network.enigma.attestation.EnclaveEvidence;
import network.enigma.chain.BlockTag;
import network.enigma.chain.EnigmaContract;
import network.enigma.contracts.Enigma;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.NetworkConfig;

/**
 * Fetches what enclaves were admitted with from nodes, and judges it again (rule C1): by the
 * vendors' roots, and by what the chain has of each registration.
 */
final class Attestations {
  private final Connection connection;

  Attestations(Connection connection) {
    this.connection = connection;
  }

  Attestation ofWorker(long worker) {
    EnigmaContract contract = new EnigmaContract(connection.rpc(), connection.ledger().enigma());
    if (worker < 1 || worker > contract.network().workerCount()) {
      throw new EnigmaException(ErrorCode.INVALID_ARGUMENT, "no worker has number " + worker);
    }
    // Read before the node is asked: evidence is with the node before it is on chain.
    Enigma.WorkerView view = contract.worker(worker);
    JsonNode answer =
        connection
            .nodes()
            .ask(
                "enigma_evidence",
                Nodes.parameters().put("worker", "0x" + Long.toHexString(worker)));
    List<EnclaveEvidence> shown = new ArrayList<>(List.of(evidence(answer, "evidence")));
    if (answer.hasNonNull("otherEvidence")) {
      shown.add(evidence(answer, "otherEvidence"));
    }
    Enigma.Event.WorkerRegistered registered =
        contract
            .registration(
                worker,
                view.admittedUntil(),
                each -> shown.stream().anyMatch(one -> one.isPublishedBy(each.evidence())),
                block(answer))
            .or(() -> contract.registration(worker, view.admittedUntil(), _ -> true, block(answer)))
            .orElseThrow(() ->
                new EnigmaException(
                    ErrorCode.EVIDENCE_UNAVAILABLE,
                    "the chain at this endpoint does not show the registration of worker "
                        + worker));
    return Attestation.judge(
        shown.stream()
            .filter(one -> one.isPublishedBy(registered.evidence()))
            .findFirst()
            .orElse(shown.getFirst()),
        connection.networkHash(),
        mode(),
        view,
        registered,
        new AdmittedPrograms(contract),
        timeOfLatestBlock());
  }

  KeyManagerAttestations ofKeyManagers(long generation) {
    EnigmaContract contract = new EnigmaContract(connection.rpc(), connection.ledger().enigma());
    Enigma.Generation record = contract.generation(generation);
    Instant at = timeOfLatestBlock();
    SortedMap<Address, Attestation> found = new TreeMap<>();
    for (JsonNode answer : connection.nodes().ask("enigma_keyManagers", null)) {
      Address enclave = Address.fromHex(answer.path("enclave").asText());
      Enigma.KeyManagerView view = contract.keyManager(enclave);
      if (!view.listed() || view.generation() < generation || !answer.has("evidence")) {
        continue;
      }
      contract
          .listing(enclave, block(answer))
          .ifPresent(listing ->
              found.put(
                  enclave,
                  Attestation.judge(
                      evidence(answer, "evidence"),
                      connection.networkHash(),
                      mode(),
                      ListedKeyManager.of(Address.of(view.operator()), listing),
                      new AdmittedPrograms(contract),
                      at)));
    }
    return new KeyManagerAttestations(
        generation, record.members(), record.quorum(), List.copyOf(found.values()));
  }

  private static EnclaveEvidence evidence(JsonNode answer, String field) {
    return EnclaveEvidence.decode(Bytes.fromHex(answer.path(field).asText()));
  }

  /** The block that a node names; where to look first, and no more. */
  private static OptionalLong block(JsonNode answer) {
    String text = answer.path("block").asText();
    return text.matches("0x[0-9a-f]{1,15}")
        ? OptionalLong.of(Long.parseLong(text.substring(2), 16))
        : OptionalLong.empty();
  }

  private NetworkConfig.Mode mode() {
    return connection.isSimulated() ? NetworkConfig.Mode.SIMULATION : NetworkConfig.Mode.HARDWARE;
  }

  private Instant timeOfLatestBlock() {
    return Instant.ofEpochSecond(
        connection.rpc().header(BlockTag.LATEST).orElseThrow().timestamp());
  }
}
