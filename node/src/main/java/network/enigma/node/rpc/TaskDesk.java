package network.enigma.node.rpc;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import network.enigma.node.follow.ChainState;
import network.enigma.node.follow.RealmFacts;
import network.enigma.node.peer.WorkerPeers;
import network.enigma.node.replicate.PeerCall;
import network.enigma.node.schedule.Realms;
import network.enigma.node.schedule.TaskBoard;
import network.enigma.node.schedule.WorkerParts;
import network.enigma.node.storage.StoredOrder;
import network.enigma.node.storage.StoredResult;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.Query;
import network.enigma.protocol.TaskOrder;
import network.enigma.protocol.channel.TaskInput;
import network.enigma.protocol.channel.WorkerResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where orders, questions about tasks, and queries go: to this worker if it holds the realm, else
 * to the host of the worker that does.
 */
public final class TaskDesk {
  private static final Logger log = LoggerFactory.getLogger(TaskDesk.class);

  /** Longest time that a question about a task may wait for its result, in milliseconds. */
  static final int LONGEST_WAIT_MILLIS = 20_000;

  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Duration NEXT_BLOCK = Duration.ofSeconds(5);

  private final WorkerParts parts;
  private final Realms realms;
  private final TaskReports reports;
  private final TaskJournal journal;

  public TaskDesk(WorkerParts parts, Realms realms, TaskReports reports, TaskJournal journal) {
    this.parts = parts;
    this.realms = realms;
    this.reports = reports;
    this.journal = journal;
  }

  // ---------------------------------------------------------------------------------------- submit

  /** Takes an order of a user, wherever it belongs. */
  ObjectNode submit(TaskInput task) {
    check(task);
    return atNewestBlock(() -> {
      RealmFacts facts = known(task.order().realm());
      if (realms.isMine(facts)) {
        return accept(task);
      }
      parts.metrics().ordersForwarded.inc();
      ObjectNode answer = forward(facts, new PeerCall.Submit(task));
      keepForwarded(task, facts.holder());
      return answer;
    });
  }

  /** A forwarded order is kept here too: should the holder not run it, the next one gets it. */
  private void keepForwarded(TaskInput task, long holder) {
    Bytes32 taskId = task.order().taskId(parts.enclave().network().domain());
    try {
      parts
          .kept()
          .keep(
              List.of(new StoredOrder(taskId, task, Bytes.empty(), parts.enclave().heldTip())),
              holder);
    } catch (EnigmaException e) {
      // The order is accepted, and its holder's backups have it.
      log.info("task {} is not kept by this node: {}", taskId, e.getMessage());
    }
  }

  /** Takes an order that another host believes to be for this one. */
  ObjectNode submitHere(TaskInput task) {
    check(task);
    return atNewestBlock(() -> {
      requireMine(known(task.order().realm()));
      return accept(task);
    });
  }

  private static void check(TaskInput task) {
    TaskOrder order = task.order();
    if (task.envelope().length() > TaskInput.MAXIMUM_ENVELOPE) {
      throw new EnigmaException(ErrorCode.INPUT_TOO_LARGE, "an envelope has at most 1 MiB");
    }
    Bytes32 actual = Keccak.hash(task.envelope());
    if (!actual.equals(order.inputHash())) {
      throw new EnigmaException(
          ErrorCode.INPUT_HASH_MISMATCH,
          "the envelope hashes to " + actual + ", the order names " + order.inputHash());
    }
  }

  private ObjectNode accept(TaskInput task) {
    Bytes32 realm = task.order().realm();
    Bytes32 taskId = task.order().taskId(parts.enclave().network().domain());
    Optional<WorkerResponse.Accepted> accepted = earlier(realm, taskId);
    boolean done = parts.store().result(realm, taskId).isPresent();
    if (accepted.isEmpty() && !done) {
      parts.store().room().requireForWork();
      accepted = realms.holder(realm).accept(task);
    }
    ObjectNode answer =
        JsonText.NODES.objectNode().put("taskId", taskId.hex()).put("status", "ACCEPTED");
    accepted.ifPresent(word ->
        answer
            .putObject("acceptance")
            .put("headerNumber", Quantities.of(word.headerNumber()))
            .put("headerHash", word.headerHash().hex())
            .put("enclave", parts.enclave().enclave().hex())
            .put("signature", word.signature().hex()));
    return answer;
  }

  /** The acceptance given to the same order before. */
  private Optional<WorkerResponse.Accepted> earlier(Bytes32 realm, Bytes32 taskId) {
    return parts
        .store()
        .order(realm, taskId)
        .filter(order -> !order.acceptance().isEmpty())
        .map(order -> WorkerResponse.decode(order.acceptance().toByteArray()))
        .map(WorkerResponse.Accepted.class::cast);
  }

  // ---------------------------------------------------------------------------------------- query

  ObjectNode query(Query query) {
    return atNewestBlock(() -> {
      RealmFacts facts = known(query.realm());
      return realms.isMine(facts) ? answer(query) : forward(facts, new PeerCall.Ask(query));
    });
  }

  ObjectNode queryHere(Query query) {
    return atNewestBlock(() -> {
      requireMine(known(query.realm()));
      return answer(query);
    });
  }

  private ObjectNode answer(Query query) {
    WorkerResponse.Answered answered = realms.holder(query.realm()).query(query);
    return JsonText.NODES
        .objectNode()
        .put("result", answered.result().hex())
        .put("sequence", Quantities.of(answered.sequence()))
        .put("stateHash", answered.stateHash().hex());
  }

  // ---------------------------------------------------------------------------------------- tasks

  /**
   * What is known of a task, here or where the realm is held.
   *
   * @param waitMillis how long to wait for the task's result
   */
  ObjectNode task(Bytes32 realm, Bytes32 taskId, int waitMillis) {
    ObjectNode own =
        hears(realm) ? taskHere(realm, taskId, waitMillis) : reports.report(realm, taskId);
    String status = own.path("status").asText();
    if (status.equals("COMMITTED") || status.equals("FINAL")) {
      return own;
    }
    // A worker that has lost the realm may wait for ever for what the next one has long done.
    Optional<RealmFacts> facts = parts.state().lookUp(realm);
    List<Address> others =
        facts
            .flatMap(known -> operatorOf(known.holder()))
            .filter(operator -> !operator.equals(parts.account().address()))
            .map(List::of)
            .orElse(List.of());
    for (Address operator : others) {
      try {
        ObjectNode theirs =
            ask(
                operator,
                new PeerCall.GetTask(realm, taskId, waitMillis),
                TIMEOUT.plusMillis(waitMillis));
        if (!theirs.path("status").asText().equals("UNKNOWN")) {
          return theirs;
        }
      } catch (EnigmaException e) {
        // What this node knows is still an answer.
        own.put("message", "the holder does not answer: " + e.getMessage());
      }
    }
    if (status.equals("UNKNOWN") && parts.kept().order(realm, taskId).isPresent()) {
      own.put("status", "ACCEPTED");
    }
    return own;
  }

  /** What is known of a task here; waits for its result if it is to come here. */
  ObjectNode taskHere(Bytes32 realm, Bytes32 taskId, int waitMillis) {
    ObjectNode report = reports.report(realm, taskId);
    if (waitMillis == 0 || !isOpen(report) || !hears(realm)) {
      return report;
    }
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMillis);
    Semaphore news = new Semaphore(0);
    try (TaskBoard.Watch _ = parts.board().watch(realm, taskId, news::release)) {
      do {
        news.drainPermits();
        report = reports.report(realm, taskId);
      } while (isOpen(report) && news.tryAcquire(end - System.nanoTime(), TimeUnit.NANOSECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return report;
  }

  private static boolean isOpen(ObjectNode report) {
    return switch (report.path("status").asText()) {
      case "UNKNOWN", "ACCEPTED" -> true;
      default -> false;
    };
  }

  /** The tasks of this node's journal with numbers below a bound, the latest first. */
  ArrayNode journal(long before, Optional<Bytes32> realm, int limit) {
    ArrayNode answer = JsonText.NODES.arrayNode();
    journal.before(before, realm, limit).forEach(entry -> answer.add(reports.summary(entry)));
    return answer;
  }

  /** Tells of each task that comes to this node or ends on it. */
  TaskBoard.Watch listen(Consumer<TaskJournal.Entry> listener) {
    return journal.listen(listener);
  }

  ObjectNode summary(TaskJournal.Entry entry) {
    return reports.summary(entry);
  }

  // ------------------------------------------------------------------------------------------ kept

  /** Keeps orders that a realm's holder is to run. */
  void keep(List<StoredOrder> orders, long holder) {
    for (StoredOrder order : orders) {
      RealmFacts facts = known(order.task().order().realm());
      if (facts.holder() != holder && !facts.ranks().contains(holder)) {
        throw new EnigmaException(
            ErrorCode.NOT_PERMITTED, "worker " + holder + " is none of the realm's ranks");
      }
    }
    long tip = parts.enclave().heldTip();
    parts.kept().keep(orders.stream().map(order -> order.seenAt(tip)).toList(), holder);
  }

  void settled(Bytes32 realm, List<Bytes32> taskIds, long holder) {
    parts.kept().settled(realm, taskIds, holder);
  }

  /** How far orders are that another host keeps for this worker to run. */
  List<PeerCall.Progress> progress(Bytes32 realm, List<Bytes32> taskIds) {
    return taskIds.stream().map(taskId -> progress(realm, taskId)).toList();
  }

  private PeerCall.Progress progress(Bytes32 realm, Bytes32 taskId) {
    Optional<StoredResult> result = parts.store().result(realm, taskId);
    if (result.isEmpty()) {
      return parts.store().order(realm, taskId).isPresent()
          ? PeerCall.Progress.UNDER_WAY
          : PeerCall.Progress.UNKNOWN;
    }
    boolean uncommitted =
        result.get().result().isPresent()
            && parts
                .store()
                .entry(realm, result.get().endSequence())
                .filter(entry -> entry.committed().isEmpty())
                .isPresent();
    return uncommitted ? PeerCall.Progress.UNDER_WAY : PeerCall.Progress.OVER;
  }

  /** Whether this node will hear itself of changes of a realm's tasks. */
  boolean hears(Bytes32 realm) {
    return parts.state().realm(realm).map(realms::isMine).orElse(false);
  }

  // -------------------------------------------------------------------------------------- routing

  private RealmFacts known(Bytes32 realm) {
    RealmFacts facts =
        parts
            .state()
            .lookUp(realm)
            .orElseThrow(() ->
                new EnigmaException(ErrorCode.UNKNOWN_REALM, "no realm " + realm + " is open"));
    if (facts.holder() == 0) {
      if (facts.pending()) {
        throw new EnigmaException(
            ErrorCode.KEY_PENDING, "the key of realm " + realm + " is not announced yet");
      }
      throw new EnigmaException(ErrorCode.NOT_ASSIGNED, "realm " + realm + " is not assigned yet");
    }
    return facts;
  }

  private void requireMine(RealmFacts facts) {
    if (!realms.isMine(facts)) {
      throw new EnigmaException(
          ErrorCode.NOT_HOLDER, "realm " + facts.realm() + " is held by worker " + facts.holder());
    }
  }

  private Optional<Address> operatorOf(long worker) {
    return parts.state().worker(worker).map(ChainState.WorkerFacts::operator);
  }

  private ObjectNode forward(RealmFacts facts, PeerCall call) {
    Address operator =
        operatorOf(facts.holder())
            .orElseThrow(() ->
                new EnigmaException(
                    ErrorCode.HOLDER_UNREACHABLE,
                    "worker " + facts.holder() + " is not known yet"));
    return ask(operator, call);
  }

  private ObjectNode ask(Address operator, PeerCall call) {
    return ask(operator, call, TIMEOUT);
  }

  private ObjectNode ask(Address operator, PeerCall call, Duration timeout) {
    WorkerPeers peers = parts.peers();
    return JsonText.readAnswer(peers.call(operator, call.encode(), timeout));
  }

  /** A piece of work that depends on the chain. */
  private interface Work {
    ObjectNode run();
  }

  /**
   * Does something that fails where this host is behind the user's own view of the chain; then it
   * catches up and tries once more.
   */
  private ObjectNode atNewestBlock(Work work) {
    long before = parts.enclave().heldTip();
    try {
      return work.run();
    } catch (EnigmaException e) {
      switch (e.code()) {
        case UNKNOWN_REALM,
            KEY_PENDING,
            NOT_ASSIGNED,
            NOT_HOLDER,
            HOLDER_UNREACHABLE,
            LEASE_REFUSED,
            ALLOCATION_TOO_SMALL,
            NOT_REALM_OWNER,
            SESSION_REVOKED,
            PERMIT_REVOKED,
            CALLABLE_CODE_MISMATCH,
            EXPIRY_TOO_FAR,
            WRONG_TENURE,
            UNKNOWN_HEADER,
            TASK_CLOSED -> {
          long newest = parts.contract().rpc().blockNumber();
          if (newest <= before || !parts.enclave().awaitHeader(newest, NEXT_BLOCK)) {
            throw e;
          }
          return work.run();
        }
        default -> throw e;
      }
    }
  }
}
