package network.enigma.client;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * A task that was sent. Its stages can be followed by callback, by future or by waiting; a failure
 * to reach one completes all futures exceptionally with an {@link EnigmaException}.
 */
public final class Task {
  private final Bytes32 taskId;
  private final Bytes32 realm;
  private final Instant sentAt;
  private final Duration patience;
  private final Map<TaskStage, CompletableFuture<TaskProgress>> futures =
      new EnumMap<>(TaskStage.class);
  private final List<Consumer<TaskProgress>> listeners = new ArrayList<>();
  private @Nullable TaskProgress latest;

  Task(Bytes32 taskId, Bytes32 realm, Instant sentAt, Duration patience) {
    this.taskId = taskId;
    this.realm = realm;
    this.sentAt = sentAt;
    this.patience = patience;
    for (TaskStage stage : TaskStage.values()) {
      futures.put(stage, new CompletableFuture<>());
    }
  }

  public Bytes32 taskId() {
    return taskId;
  }

  public Bytes32 realm() {
    return realm;
  }

  /** The latest stage, empty before ACCEPTED. */
  public synchronized Optional<TaskStage> stage() {
    return Optional.ofNullable(latest).map(TaskProgress::stage);
  }

  /** Calls back for every change from now on, and at once for the latest stage reached. */
  public Task onProgress(Consumer<TaskProgress> listener) {
    TaskProgress known;
    synchronized (this) {
      listeners.add(listener);
      known = latest;
    }
    if (known != null) {
      listener.accept(known);
    }
    return this;
  }

  /** Completes when the stage is reached. */
  public CompletableFuture<TaskProgress> reached(TaskStage stage) {
    return future(stage).copy();
  }

  /**
   * Waits, for the client's default time, until the result is there and will not change; throws
   * when the call failed.
   */
  public TaskResult await() {
    return await(TaskStage.ANCHORED).orThrow();
  }

  /** Waits, for the client's default time, until the stage is reached. */
  public TaskResult await(TaskStage stage) {
    return await(stage, patience);
  }

  /**
   * Waits until the stage is reached.
   *
   * @return the result, also that of a failed call
   * @throws EnigmaException TIMEOUT, TASK_EXPIRED, RESULT_MISSING, BAD_PROOF and others;
   *     INVALID_ARGUMENT for ACCEPTED, which has no result
   */
  public TaskResult await(TaskStage stage, Duration atMost) {
    return awaitProgress(stage, atMost)
        .result()
        .orElseThrow(() ->
            new EnigmaException(
                ErrorCode.INVALID_ARGUMENT, "a task that is only ACCEPTED has no result"));
  }

  /** Waits until the stage is reached. */
  public TaskProgress awaitProgress(TaskStage stage, Duration atMost) {
    try {
      return future(stage).get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new EnigmaException(
          ErrorCode.TIMEOUT,
          "task %s is %s after %d s and not yet %s"
              .formatted(
                  taskId.hex(),
                  stage().map(Enum::name).orElse("not ACCEPTED"),
                  atMost.toSeconds(),
                  stage));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EnigmaException(ErrorCode.TIMEOUT, "interrupted while waiting for " + taskId.hex());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof EnigmaException failure) {
        throw new EnigmaException(failure.code(), String.valueOf(failure.getMessage()), failure);
      }
      throw new EnigmaException(ErrorCode.INTERNAL, String.valueOf(e.getCause()), e);
    }
  }

  private CompletableFuture<TaskProgress> future(TaskStage stage) {
    CompletableFuture<TaskProgress> future = futures.get(stage);
    if (future == null) {
      throw new IllegalStateException("no future for " + stage);
    }
    return future;
  }

  /** Moves to a stage: forward, or back after a reorganisation. */
  void move(TaskStage stage, Optional<TaskResult> result) {
    TaskProgress progress =
        new TaskProgress(taskId, stage, Duration.between(sentAt, Instant.now()), result);
    List<Consumer<TaskProgress>> informed;
    synchronized (this) {
      if (latest != null && latest.stage() == stage) {
        return;
      }
      latest = progress;
      informed = List.copyOf(listeners);
    }
    // Listeners first: who waits for a stage finds that they have heard of it.
    try {
      informed.forEach(listener -> listener.accept(progress));
    } finally {
      for (TaskStage earlier : TaskStage.values()) {
        if (stage.includes(earlier)) {
          future(earlier).complete(progress);
        }
      }
    }
  }

  void fail(EnigmaException failure) {
    futures.values().forEach(future -> future.completeExceptionally(failure));
  }

  boolean isDone() {
    return future(TaskStage.FINAL).isDone();
  }

  @Override
  public String toString() {
    return "Task[" + taskId.hex() + stage().map(s -> " " + s).orElse("") + "]";
  }
}
