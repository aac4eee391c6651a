package network.enigma.node.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import network.enigma.node.follow.ChainState;
import network.enigma.node.follow.PostedEnvelope;
import network.enigma.node.follow.PostedOrder;
import network.enigma.node.follow.RealmFacts;
import network.enigma.node.storage.NodeStore;
import network.enigma.node.storage.StoredOrder;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.TaskKind;
import network.enigma.protocol.channel.TaskInput;

/** Whose turn it is when the holder is silent (Rule C5), and which posted tasks can be run. */
final class FailoverWatch {
  private final long worker;
  private final ChainState state;
  private final NodeStore store;
  private final PostedEnvelope envelopes;
  private final long failoverBlocks;
  private final java.util.function.LongSupplier tip;

  FailoverWatch(
      long worker,
      ChainState state,
      NodeStore store,
      PostedEnvelope envelopes,
      long failoverBlocks,
      java.util.function.LongSupplier tip) {
    this.worker = worker;
    this.state = state;
    this.store = store;
    this.envelopes = envelopes;
    this.failoverBlocks = failoverBlocks;
    this.tip = tip;
  }

  /** Whether this worker may take the lease of a drawn tenure and announce its key. */
  boolean mayAnnounce(RealmFacts facts) {
    if (!facts.pending()) {
      return false;
    }
    long ahead = ahead(facts, 0);
    return ahead >= 0 && tip.getAsLong() >= facts.view().drawnAt() + ahead * failoverBlocks;
  }

  /**
   * Why this worker may take over a running tenure.
   *
   * @return the overdue task, zero for a challenge; empty if it may not
   */
  Optional<Bytes32> due(RealmFacts facts) {
    if (facts.pending() || facts.holder() == 0 || facts.holder() == worker) {
      return Optional.empty();
    }
    long ahead = ahead(facts, facts.holder());
    if (ahead < 0) {
      return Optional.empty();
    }
    long wait = ahead * failoverBlocks;
    if (facts.challenged() && tip.getAsLong() >= since(facts, facts.challengedAt()) + wait) {
      return Optional.of(Bytes32.zero());
    }
    for (PostedOrder task : state.openTasks(facts.realm())) {
      if (task.withEnvelope()
          && task.order().kind() == TaskKind.CALL
          && tip.getAsLong() >= since(facts, task.postedAt()) + wait) {
        return Optional.of(task.taskId());
      }
    }
    return Optional.empty();
  }

  /**
   * The block from which the contract takes a first batch of this worker.
   *
   * @param overdue the task that the batch settles, zero for a challenge
   * @return empty if nothing lets this worker take over, such as a challenge that nobody made
   */
  Optional<Long> turn(RealmFacts facts, Bytes32 overdue) {
    long ahead = ahead(facts, facts.holder());
    if (ahead < 0) {
      return Optional.empty();
    }
    Optional<Long> since;
    if (overdue.isZero()) {
      since = facts.challenged() ? Optional.of(facts.challengedAt()) : Optional.empty();
    } else {
      since =
          state
              .postedTask(facts.realm(), overdue)
              .filter(PostedOrder::open)
              .map(PostedOrder::postedAt);
    }
    return since.map(block -> since(facts, block) + ahead * failoverBlocks + 1);
  }

  /** Whether this worker is the next after the holder: it calls out when the holder is silent. */
  boolean isNext(RealmFacts facts) {
    return facts.holder() != 0
        && facts.holder() != worker
        && !facts.pending()
        && ahead(facts, facts.holder()) == 1;
  }

  /** The holder's time begins with its tenure or its own take-over. */
  private static long since(RealmFacts facts, long block) {
    return Math.max(block, facts.view().drawnAt());
  }

  /** Active workers whose turn comes before this one's; −1 if it is none of the ranks. */
  private long ahead(RealmFacts facts, long holder) {
    long ahead = holder != 0 && active(holder) ? 1 : 0;
    for (long rank : facts.ranks()) {
      if (rank == worker) {
        return ahead;
      }
      if (rank != holder && active(rank)) {
        ahead++;
      }
    }
    return -1;
  }

  private boolean active(long number) {
    return state.worker(number).map(ChainState.WorkerFacts::active).orElse(false);
  }

  /** Open posted tasks of a realm whose envelopes are at hand. */
  List<StoredOrder> envelopes(Bytes32 realm) {
    List<StoredOrder> found = new ArrayList<>();
    for (PostedOrder task : state.openTasks(realm)) {
      boolean expired = Long.compareUnsigned(task.order().expiry(), tip.getAsLong()) < 0;
      if (!task.whole()
          || expired
          || store.order(realm, task.taskId()).isPresent()
          || store.result(realm, task.taskId()).isPresent()) {
        continue;
      }
      envelopes
          .find(task)
          .ifPresent(envelope ->
              found.add(
                  new StoredOrder(
                      task.taskId(),
                      new TaskInput(
                          task.order(), new TaskInput.Posted(), envelope, Optional.empty()),
                      Bytes.empty(),
                      task.postedAt())));
    }
    return found;
  }
}
