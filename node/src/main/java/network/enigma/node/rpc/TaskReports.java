package network.enigma.node.rpc;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import network.enigma.node.storage.LogEntry;
import network.enigma.node.storage.NodeStore;
import network.enigma.node.storage.StoredOrder;
import network.enigma.node.storage.StoredResult;
import network.enigma.protocol.Batch;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Receipt;
import network.enigma.protocol.channel.TaskResult;

/** What {@code enigma_getTask} answers, from what is stored. */
public final class TaskReports {
  private static final List<String> SUMMARY =
      List.of(
          "status",
          "outcome",
          "code",
          "receipt",
          "transactionHash",
          "blockNumber",
          "blockHash",
          "message");

  private final NodeStore store;
  private final java.util.function.LongSupplier finalNumber;
  private final java.util.function.LongSupplier tip;
  private final long maxBatchAge;
  private final java.util.function.Function<network.enigma.protocol.Address, Long> workerOf;

  /**
   * @param finalNumber newest final block
   * @param tip newest block
   * @param workerOf number of the worker with an enclave
   */
  public TaskReports(
      NodeStore store,
      java.util.function.LongSupplier finalNumber,
      java.util.function.LongSupplier tip,
      long maxBatchAge,
      java.util.function.Function<network.enigma.protocol.Address, Long> workerOf) {
    this.store = store;
    this.finalNumber = finalNumber;
    this.tip = tip;
    this.maxBatchAge = maxBatchAge;
    this.workerOf = workerOf;
  }

  /** The report of a task; UNKNOWN if nothing is stored of it. */
  public ObjectNode report(Bytes32 realm, Bytes32 taskId) {
    ObjectNode report = JsonText.NODES.objectNode().put("taskId", taskId.hex());
    Optional<StoredResult> stored = store.result(realm, taskId);
    if (stored.isEmpty()) {
      return notDone(report, realm, taskId);
    }
    if (stored.get().result().isEmpty()) {
      report.put("status", "EXPIRED");
      stored.get().expiredBecause().ifPresent(why -> report.put("message", why));
      return report;
    }
    Optional<LogEntry> entry = store.step(realm, stored.get().endSequence());
    Optional<LogEntry.Place> place = entry.flatMap(LogEntry::committed);
    report.put(
        "status",
        place.isEmpty()
            ? "ANCHORED"
            : place.get().blockNumber() <= finalNumber.getAsLong() ? "FINAL" : "COMMITTED");
    putResult(report, stored.get().result().get());
    report.put("index", Quantities.of(stored.get().index()));
    ArrayNode proof = report.putArray("proof");
    stored.get().path().forEach(node -> proof.add(node.hex()));
    entry
        .filter(each -> each.batch().isPresent())
        .ifPresent(each -> putBatch(report.putObject("batch"), each, stored.get()));
    place.ifPresent(where ->
        report
            .put("transactionHash", where.transaction().hex())
            .put("blockNumber", Quantities.of(where.blockNumber()))
            .put("blockHash", where.blockHash().hex()));
    return report;
  }

  /** A line of the journal with what became of the task, without its result and proof. */
  ObjectNode summary(TaskJournal.Entry entry) {
    ObjectNode report = report(entry.realm(), entry.taskId());
    ObjectNode line =
        JsonText.NODES
            .objectNode()
            .put("number", Quantities.of(entry.number()))
            .put("realm", entry.realm().hex())
            .put("taskId", entry.taskId().hex());
    entry.acceptedAt().ifPresent(at -> line.put("acceptedAt", Quantities.of(at)));
    entry.endedAt().ifPresent(at -> line.put("endedAt", Quantities.of(at)));
    for (String name : SUMMARY) {
      if (report.has(name)) {
        line.set(name, report.get(name));
      }
    }
    return line;
  }

  private ObjectNode notDone(ObjectNode report, Bytes32 realm, Bytes32 taskId) {
    Optional<StoredOrder> order = store.order(realm, taskId);
    if (order.isEmpty()) {
      return report.put("status", "UNKNOWN");
    }
    long over = order.get().task().order().expiry() + maxBatchAge;
    return report.put("status", tip.getAsLong() > over ? "EXPIRED" : "ACCEPTED");
  }

  private static void putResult(ObjectNode report, TaskResult result) {
    Receipt receipt = result.receipt();
    report.put("outcome", receipt.outcome().name());
    result.code().ifPresent(code -> report.put("code", code.name()));
    if (!result.result().isEmpty()) {
      report.put("result", result.result().hex());
    }
    report
        .putObject("receipt")
        .put("taskId", receipt.taskId().hex())
        .put("sequence", Quantities.of(receipt.sequence()))
        .put("outcome", Quantities.of(receipt.outcome().number()))
        .put("gasCharged", Quantities.of(receipt.gasCharged()))
        .put("resultHash", receipt.resultHash().hex())
        .put("callbackHash", receipt.callbackHash().hex());
  }

  private void putBatch(ObjectNode json, LogEntry entry, StoredResult result) {
    Batch batch = entry.batch().orElseThrow();
    json.put("realm", batch.realm().hex())
        .put("kind", Quantities.of(batch.kind().number()))
        .put("lease", Quantities.of(batch.lease()))
        .put("tenure", Quantities.of(batch.tenure()))
        .put("firstSequence", Quantities.of(batch.firstSequence()))
        .put("count", Quantities.of(batch.count()))
        .put("endSequence", Quantities.of(batch.endSequence()))
        .put("headerNumber", Quantities.of(batch.headerNumber()))
        .put("headerHash", batch.headerHash().hex())
        .put("deltaHash", batch.deltaHash().hex())
        .put("receiptsRoot", batch.receiptsRoot().hex())
        .put("chargesHash", batch.chargesHash().hex())
        .put("outcomesHash", batch.outcomesHash().hex())
        .put("callbacksHash", batch.callbacksHash().hex())
        .put("payee", batch.payee().hex())
        .put("previousStateHash", result.previousStateHash().hex())
        .put("stateHash", entry.stateHash().hex())
        .put("leaves", Quantities.of(result.leaves()))
        .put("worker", Quantities.of(workerOf.apply(entry.enclave())))
        .put("enclave", entry.enclave().hex())
        .put("signature", entry.headSignature().hex());
  }
}
