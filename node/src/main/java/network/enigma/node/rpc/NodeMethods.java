package network.enigma.node.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import network.enigma.ethereum.BlockHeader;
import network.enigma.node.follow.ChainState;
import network.enigma.node.follow.RealmFacts;
import network.enigma.node.schedule.Realms;
import network.enigma.node.schedule.WorkerParts;
import network.enigma.node.storage.DiskRoom;
import network.enigma.node.storage.LogEntry;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Hex;
import network.enigma.protocol.NetworkConfig;

/** The methods of {@code docs/json-rpc.md}. */
public final class NodeMethods {
  private static final String VERSION = "0.1.0";
  private static final int MOST_TASKS = 100;
  private static final long LAST = Long.MAX_VALUE;

  private final WorkerParts parts;
  private final Realms realms;
  private final TaskDesk tasks;
  private final Supplier<Optional<String>> notReady;
  private final EvidenceDesk evidence;

  public NodeMethods(
      WorkerParts parts,
      Realms realms,
      TaskDesk tasks,
      Supplier<Optional<String>> notReady,
      EvidenceDesk evidence) {
    this.parts = parts;
    this.realms = realms;
    this.tasks = tasks;
    this.notReady = notReady;
    this.evidence = evidence;
  }

  /** By name. */
  public Map<String, RpcMethod> byName() {
    Map<String, RpcMethod> methods = new TreeMap<>();
    methods.put("enigma_submit", params -> tasks.submit(OrderJson.task(Parameters.of(params))));
    methods.put("enigma_query", params -> tasks.query(OrderJson.query(Parameters.of(params))));
    methods.put("enigma_getTask", this::task);
    methods.put("enigma_getTasks", this::tasks);
    methods.put("enigma_getRealm", this::realm);
    methods.put("enigma_workers", this::workers);
    methods.put("enigma_evidence", this::evidence);
    methods.put("enigma_keyManagers", this::keyManagers);
    methods.put("enigma_status", this::status);
    methods.put("rpc.discover", params -> OpenRpc.document());
    OpenRpc.requireComplete(methods.keySet());
    return methods;
  }

  private JsonNode task(JsonNode params) {
    Parameters given = Parameters.of(params);
    Bytes32 realm = given.bytes32("realm");
    Bytes32 taskId = given.bytes32("taskId");
    int waitMillis =
        given.has("wait") ? given.smallQuantity("wait", TaskDesk.LONGEST_WAIT_MILLIS) : 0;
    given.end();
    return tasks.task(realm, taskId, waitMillis);
  }

  private JsonNode tasks(JsonNode params) {
    Parameters given = Parameters.of(params.isEmpty() ? JsonText.NODES.objectNode() : params);
    Optional<Bytes32> realm =
        given.has("realm") ? Optional.of(given.bytes32("realm")) : Optional.empty();
    long before = given.has("before") ? Math.clamp(given.quantity("before"), 0, LAST) : LAST;
    int limit = given.has("limit") ? given.smallQuantity("limit", MOST_TASKS) : MOST_TASKS;
    given.end();
    ObjectNode answer = JsonText.NODES.objectNode();
    answer.set("tasks", tasks.journal(before, realm, limit));
    return answer;
  }

  private JsonNode realm(JsonNode params) {
    Parameters given = Parameters.of(params);
    Bytes32 realm = given.bytes32("realm");
    given.end();
    RealmFacts facts =
        parts
            .state()
            .lookUp(realm)
            .orElseThrow(() ->
                new EnigmaException(ErrorCode.UNKNOWN_REALM, "no realm " + realm + " is open"));
    ObjectNode answer = JsonText.NODES.objectNode().put("realm", realm.hex());
    answer.put(
        "status", facts.holder() != 0 ? "READY" : facts.pending() ? "KEY_PENDING" : "UNASSIGNED");
    parts
        .state()
        .worker(facts.holder())
        .ifPresent(holder ->
            answer
                .putObject("holder")
                .put("worker", Quantities.of(holder.number()))
                .put("operator", holder.operator().hex())
                .put("enclave", holder.enclave().hex()));
    ArrayNode ranks = answer.putArray("ranks");
    facts.ranks().forEach(rank -> ranks.add(Quantities.of(rank)));
    answer
        .put("tenure", Quantities.of(facts.view().tenure()))
        .put("tenureEnd", Quantities.of(facts.view().tenureEnd()))
        .put("generation", Quantities.of(facts.view().generation()))
        .put("sequence", Quantities.of(facts.sequence()))
        .put("stateHash", facts.stateHash().hex())
        .put("headerNumber", Quantities.of(facts.view().headerNumber()));
    parts
        .state()
        .inputKey(realm)
        .ifPresent(key ->
            answer
                .put("inputKeyHash", Hex.encode(facts.view().inputKeyHash()))
                .put("inputKey", Hex.encode(key.key()))
                .put("suite", Quantities.of(key.suite())));
    if (realms.holds(realm)) {
      parts
          .store()
          .lastEntry(realm)
          .filter(entry -> entry.batch().isPresent())
          .ifPresent(entry -> putAnchored(answer, entry));
    }
    return answer;
  }

  private static void putAnchored(ObjectNode answer, LogEntry entry) {
    answer
        .putObject("anchored")
        .put("sequence", Quantities.of(entry.endSequence()))
        .put("stateHash", entry.stateHash().hex());
  }

  private JsonNode workers(JsonNode params) {
    Parameters.none(params);
    ArrayNode answer = JsonText.NODES.arrayNode();
    for (ChainState.WorkerFacts worker : parts.state().workers()) {
      answer
          .addObject()
          .put("worker", Quantities.of(worker.number()))
          .put("operator", worker.operator().hex())
          .put("enclave", worker.enclave().hex())
          .put("seats", Quantities.of(worker.view().seats()))
          .put("admittedUntil", Quantities.of(worker.view().admittedUntil()))
          .put("tee", Quantities.of(worker.view().tee()))
          .put("measurement", Hex.encode(worker.view().measurement()))
          .put("active", worker.active());
    }
    return answer;
  }

  private JsonNode evidence(JsonNode params) {
    Parameters given = Parameters.of(params);
    long worker = given.quantity("worker");
    given.end();
    return evidence.of(worker);
  }

  private JsonNode keyManagers(JsonNode params) {
    Parameters.none(params);
    return evidence.keyManagers();
  }

  private JsonNode status(JsonNode params) {
    Parameters.none(params);
    NetworkConfig network = parts.enclave().network();
    BlockHeader tip = parts.enclave().tip();
    DiskRoom.Measure disk = parts.store().room().measure();
    return JsonText.NODES
        .objectNode()
        .put("network", network.hash().hex())
        .put("chainId", Quantities.of(network.chainId()))
        .put("enigma", network.enigma().hex())
        .put("mode", network.mode().name())
        .put("headerSource", network.headerSource().name())
        .put("worker", Quantities.of(parts.worker()))
        .put("operator", parts.account().address().hex())
        .put("enclave", parts.enclave().enclave().hex())
        .put("headerNumber", Quantities.of(tip.number()))
        .put("headerHash", tip.hash().hex())
        .put("chainNumber", Quantities.of(parts.contract().rpc().blockNumber()))
        .put("epoch", Quantities.of(parts.state().network().epoch()))
        .put("ready", notReady.get().isEmpty())
        .put("realms", Quantities.of(realms.held()))
        .put("diskUsed", Quantities.of(disk.used()))
        .put("diskLeft", Quantities.of(Math.max(0, disk.left())))
        .put("version", VERSION);
  }
}
