package network.enigma.client;

import java.time.Duration;
import java.util.Optional;
import network.enigma.client.rpc.TaskAnswer;
import network.enigma.client.store.ClientStore;
import network.enigma.client.store.TaskRecord;
import network.enigma.contracts.Enigma;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Head;
import org.jspecify.annotations.Nullable;

/**
 * Follows one task from ACCEPTED to FINAL. The node's answer is verified once, at ANCHORED; commit
 * and finality are read from the chain; a commit that a reorganisation removes moves the task back.
 */
final class TaskFollower implements Runnable {
  /** How long nodes are asked for a result of old that they may just be looking for themselves. */
  private static final Duration ASKING = Duration.ofSeconds(15);

  /** How long a node may wait for the result before it answers that there is none yet. */
  private static final Duration WAIT = Duration.ofSeconds(1);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(4);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(200);
  private static final Duration OUTAGE_PAUSE = Duration.ofSeconds(1);

  private final Ledger ledger;
  private final Commits commits;
  private final Nodes nodes;
  private final TaskVerifier verifier;
  private final Enigma.Parameters parameters;
  private final boolean simulated;
  private final ClientStore store;
  private final TaskRecord record;
  private final Task task;
  private final long asksSince = System.nanoTime();

  TaskFollower(
      Ledger ledger,
      Commits commits,
      Nodes nodes,
      TaskVerifier verifier,
      Enigma.Parameters parameters,
      boolean simulated,
      ClientStore store,
      TaskRecord record,
      Task task) {
    this.ledger = ledger;
    this.commits = commits;
    this.nodes = nodes;
    this.verifier = verifier;
    this.parameters = parameters;
    this.simulated = simulated;
    this.store = store;
    this.record = record;
    this.task = task;
  }

  /** A verified result with the head that anchors it. */
  private record Verified(
      TaskResult result, Head head, Bytes32 receiptsRoot, long headerNumber, Bytes32 headerHash) {}

  @Override
  public void run() {
    try {
      while (!task.isDone()) {
        Verified verified = awaitAnchor();
        task.move(TaskStage.ANCHORED, Optional.of(verified.result()));
        awaitFinality(verified);
      }
    } catch (EnigmaException e) {
      task.fail(e);
    } catch (RuntimeException e) {
      task.fail(new EnigmaException(ErrorCode.INTERNAL, "the task cannot be followed: " + e, e));
    }
  }

  private Verified awaitAnchor() {
    Duration pause = FIRST_PAUSE;
    while (true) {
      TaskAnswer answer = askQuietly();
      if (answer != null) {
        if (answer.anchored().isPresent()) {
          TaskAnswer.Anchored anchored = answer.anchored().get();
          Head head = verifier.verifyHead(task.realm(), anchored);
          TaskResult result = verifier.open(record, anchored);
          return new Verified(
              result,
              head,
              anchored.batch().receiptsRoot(),
              anchored.batch().headerNumber(),
              anchored.batch().headerHash());
        }
        if (answer.status() == TaskAnswer.Status.ACCEPTED) {
          task.move(TaskStage.ACCEPTED, Optional.empty());
        }
      }
      requireNotExpired();
      Pause.of(answer == null ? OUTAGE_PAUSE : pause);
      Duration longer = pause.multipliedBy(3).dividedBy(2);
      pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
    }
  }

  /** The node's answer; nothing while no node answers, which is no reason to give up a task. */
  private @Nullable TaskAnswer askQuietly() {
    try {
      return nodes.task(task.realm(), task.taskId(), WAIT);
    } catch (EnigmaException e) {
      if (Nodes.anotherMayHelp(e.code()) && !Thread.currentThread().isInterrupted()) {
        return null;
      }
      throw e;
    }
  }

  /**
   * Rule C11: what is not committed by expiry + maxBatchAge never will be. Nodes may keep quiet of
   * what was: only a realm that committed nothing meanwhile shows that the task did not run.
   */
  private void requireNotExpired() {
    long expiry = record.order().expiry();
    long last = expiry + parameters.maxBatchAge();
    if (ledger.recentBlockNumber() <= last) {
      return;
    }
    boolean mayHaveRun;
    try {
      mayHaveRun =
          !ledger
              .commits(task.realm(), Math.max(0, expiry - parameters.maxOrderBlocks()), last)
              .isEmpty();
    } catch (EnigmaException e) {
      if (e.code() == ErrorCode.CHAIN_UNREACHABLE && !Thread.currentThread().isInterrupted()) {
        return;
      }
      throw e;
    }
    if (mayHaveRun && System.nanoTime() - asksSince < ASKING.toNanos()) {
      return;
    }
    if (mayHaveRun) {
      throw new EnigmaException(
          ErrorCode.RESULT_MISSING,
          "no node gave a result of task %s by block %d, after which it cannot run; its realm committed batches meanwhile, so it may have run and been charged. Its record is kept: resume it once a node has the result"
              .formatted(task.taskId().hex(), last));
    }
    store.remove(task.taskId());
    throw new EnigmaException(
        ErrorCode.TASK_EXPIRED,
        "task %s was not committed by block %d; it is EXPIRED and costs nothing"
            .formatted(task.taskId().hex(), last));
  }

  /** Returns when the task is final, or when its head is gone and it has to be anchored again. */
  private void awaitFinality(Verified verified) {
    try (Commits.Watch watch = commits.watch(task.realm(), verified.headerNumber())) {
      while (true) {
        Commits.View chain = watch.next();
        Optional<Ledger.Commit> commit =
            chain
                .commit(verified.head().stateHash())
                .filter(found ->
                    Bytes32.of(found.event().receiptsRoot()).equals(verified.receiptsRoot()));
        if (commit.isPresent()) {
          TaskResult result =
              verified.result().committed(commit.get().transaction(), commit.get().block());
          if (simulated || chain.finalized().orElse(-1) >= commit.get().block()) {
            task.move(TaskStage.COMMITTED, Optional.of(result));
            // Before anybody hears of FINAL: nothing is left to resume.
            store.remove(task.taskId());
            task.move(TaskStage.FINAL, Optional.of(result));
            return;
          }
          task.move(TaskStage.COMMITTED, Optional.of(result));
        } else {
          task.move(TaskStage.ANCHORED, Optional.of(verified.result()));
          if (isVoid(verified, chain)) {
            task.move(TaskStage.ACCEPTED, Optional.empty());
            return;
          }
        }
      }
    }
  }

  /** Rule C11: an uncommitted head is void when it is too old or its header was replaced. */
  private boolean isVoid(Verified verified, Commits.View chain) {
    return chain.number() > verified.headerNumber() + parameters.maxBatchAge()
        || commits.replaced(chain, verified.headerNumber(), verified.headerHash());
  }
}
