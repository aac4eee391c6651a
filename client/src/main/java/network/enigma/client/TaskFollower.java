package network.enigma.client;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import network.enigma.chain.BlockTag;
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
  private static final Duration FIRST_PAUSE = Duration.ofMillis(4);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(200);
  private static final Duration CHAIN_PAUSE = Duration.ofMillis(250);
  private static final Duration OUTAGE_PAUSE = Duration.ofSeconds(1);

  private final Ledger ledger;
  private final Nodes nodes;
  private final TaskVerifier verifier;
  private final Enigma.Parameters parameters;
  private final boolean simulated;
  private final ClientStore store;
  private final TaskRecord record;
  private final Task task;

  TaskFollower(
      Ledger ledger,
      Nodes nodes,
      TaskVerifier verifier,
      Enigma.Parameters parameters,
      boolean simulated,
      ClientStore store,
      TaskRecord record,
      Task task) {
    this.ledger = ledger;
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
      if (pause.compareTo(CHAIN_PAUSE.dividedBy(2)) > 0) {
        requireNotExpired();
      }
      Pause.of(answer == null ? OUTAGE_PAUSE : pause);
      Duration longer = pause.multipliedBy(3).dividedBy(2);
      pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
    }
  }

  /** The node's answer; nothing while no node answers, which is no reason to give up a task. */
  private @Nullable TaskAnswer askQuietly() {
    try {
      return nodes.task(task.realm(), task.taskId());
    } catch (EnigmaException e) {
      if (Nodes.anotherMayHelp(e.code()) && !Thread.currentThread().isInterrupted()) {
        return null;
      }
      throw e;
    }
  }

  /** Rule C11: what is not committed by expiry + maxBatchAge never will be. */
  private void requireNotExpired() {
    long last = record.order().expiry() + parameters.maxBatchAge();
    long block = ledger.blockNumber();
    if (block > last) {
      store.remove(task.taskId());
      throw new EnigmaException(
          ErrorCode.TASK_EXPIRED,
          "task %s was not committed by block %d; it is EXPIRED and costs nothing"
              .formatted(task.taskId().hex(), last));
    }
  }

  /** Returns when the task is final, or when its head is gone and it has to be anchored again. */
  private void awaitFinality(Verified verified) {
    while (true) {
      Optional<Ledger.Commit> commit = commit(verified);
      if (commit.isPresent()) {
        TaskResult result =
            verified.result().committed(commit.get().transaction(), commit.get().block());
        if (isFinal(commit.get().block())) {
          task.move(TaskStage.COMMITTED, Optional.of(result));
          // Before anybody hears of FINAL: nothing is left to resume.
          store.remove(task.taskId());
          task.move(TaskStage.FINAL, Optional.of(result));
          return;
        }
        task.move(TaskStage.COMMITTED, Optional.of(result));
      } else {
        task.move(TaskStage.ANCHORED, Optional.of(verified.result()));
        if (isVoid(verified)) {
          task.move(TaskStage.ACCEPTED, Optional.empty());
          return;
        }
      }
      Pause.of(CHAIN_PAUSE);
    }
  }

  /** Rule C11: an uncommitted head is void when it is too old or its header was replaced. */
  private boolean isVoid(Verified verified) {
    if (ledger.blockNumber() > verified.headerNumber() + parameters.maxBatchAge()) {
      return true;
    }
    return ledger
        .rpc()
        .header(BlockTag.of(verified.headerNumber()))
        .filter(header -> !header.hash().equals(verified.headerHash()))
        .isPresent();
  }

  private Optional<Ledger.Commit> commit(Verified verified) {
    try {
      return ledger
          .commit(task.realm(), verified.head().stateHash(), verified.headerNumber())
          .filter(
              commit -> Bytes32.of(commit.event().receiptsRoot()).equals(verified.receiptsRoot()));
    } catch (EnigmaException e) {
      if (e.code() == ErrorCode.CHAIN_UNREACHABLE && !Thread.currentThread().isInterrupted()) {
        Pause.of(OUTAGE_PAUSE);
        return Optional.empty();
      }
      throw e;
    }
  }

  private boolean isFinal(long block) {
    return simulated || finalizedBlock().orElse(-1) >= block;
  }

  private OptionalLong finalizedBlock() {
    return ledger
        .rpc()
        .header(BlockTag.FINALIZED)
        .map(header -> OptionalLong.of(header.number()))
        .orElse(OptionalLong.empty());
  }
}
