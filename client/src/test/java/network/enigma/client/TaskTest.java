package network.enigma.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Outcome;
import org.junit.jupiter.api.Test;

class TaskTest {
  private final Task task =
      new Task(Bytes32.zero(), Bytes32.zero(), Instant.now(), Duration.ofMillis(50));

  private static TaskResult result(Optional<ErrorCode> failure) {
    return new TaskResult(
        Bytes32.zero(),
        Outcome.EXECUTED,
        failure,
        failure.map(code -> "f(): because").orElse(""),
        failure.isPresent() ? List.of() : List.of(BigInteger.TWO),
        Bytes.empty(),
        List.of(),
        1,
        2,
        3,
        4,
        Optional.empty(),
        OptionalLong.empty());
  }

  @Test
  void reachingAStageReachesTheOnesBefore() {
    task.move(TaskStage.COMMITTED, Optional.of(result(Optional.empty())));

    assertThat(task.reached(TaskStage.ACCEPTED)).isCompleted();
    assertThat(task.reached(TaskStage.ANCHORED)).isCompleted();
    assertThat(task.reached(TaskStage.FINAL)).isNotDone();
    assertThat(task.await().value(BigInteger.class)).isEqualTo(BigInteger.TWO);
  }

  @Test
  void aListenerHearsEveryStageOnceAndTheOneReachedBeforeItCame() {
    List<TaskStage> heard = new ArrayList<>();
    task.move(TaskStage.ACCEPTED, Optional.empty());
    task.onProgress(progress -> heard.add(progress.stage()));
    task.move(TaskStage.ACCEPTED, Optional.empty());
    task.move(TaskStage.ANCHORED, Optional.of(result(Optional.empty())));

    assertThat(heard).containsExactly(TaskStage.ACCEPTED, TaskStage.ANCHORED);
  }

  @Test
  void aReorganisationMovesItBack() {
    List<TaskStage> heard = new ArrayList<>();
    task.onProgress(progress -> heard.add(progress.stage()));
    task.move(TaskStage.COMMITTED, Optional.of(result(Optional.empty())));
    task.move(TaskStage.ANCHORED, Optional.of(result(Optional.empty())));

    assertThat(task.stage()).contains(TaskStage.ANCHORED);
    assertThat(heard).containsExactly(TaskStage.COMMITTED, TaskStage.ANCHORED);
  }

  @Test
  void aFailedCallThrowsItsReason() {
    task.move(TaskStage.ANCHORED, Optional.of(result(Optional.of(ErrorCode.EXECUTION_REVERTED))));

    assertThat(task.await(TaskStage.ANCHORED).succeeded()).isFalse();
    assertThatThrownBy(task::await)
        .isInstanceOfSatisfying(
            EnigmaException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.EXECUTION_REVERTED))
        .hasMessage("f(): because");
  }

  @Test
  void waitingEndsWithATypedTimeout() {
    assertThatThrownBy(() -> task.await(TaskStage.ANCHORED))
        .isInstanceOfSatisfying(
            EnigmaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TIMEOUT))
        .hasMessageContaining("not ACCEPTED");
  }

  @Test
  void aFailureEndsEveryWait() {
    task.move(TaskStage.ACCEPTED, Optional.empty());
    task.fail(new EnigmaException(ErrorCode.TASK_EXPIRED, "too late"));

    assertThatThrownBy(() -> task.await(TaskStage.FINAL))
        .isInstanceOfSatisfying(
            EnigmaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TASK_EXPIRED));
    assertThat(task.reached(TaskStage.ACCEPTED)).isCompleted();
  }

  @Test
  void aResultDoesNotPrintItsSecretValues() {
    assertThat(result(Optional.empty()).toString()).doesNotContain("2]").contains("EXECUTED");
  }
}
