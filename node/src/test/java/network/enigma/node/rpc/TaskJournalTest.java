package network.enigma.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import network.enigma.node.schedule.TaskBoard;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Keccak;
import org.junit.jupiter.api.Test;

final class TaskJournalTest {
  private static final Bytes32 REALM = Keccak.hash(new byte[] {1});
  private static final Bytes32 OTHER = Keccak.hash(new byte[] {2});

  private final Set<Bytes32> ended = new HashSet<>();
  private long now = 1_000;

  private TaskJournal journal(int kept) {
    return new TaskJournal(
        () -> Instant.ofEpochMilli(now), (realm, taskId) -> ended.contains(taskId), kept);
  }

  private static Bytes32 task(int number) {
    return Keccak.hash(new byte[] {3, (byte) number});
  }

  @Test
  void aTaskIsNotedWhenItComesAndWhenItEnds() {
    TaskJournal journal = journal(10);
    journal.taskChanged(REALM, task(1));
    now = 1_250;
    ended.add(task(1));
    journal.taskChanged(REALM, task(1));
    now = 9_000;
    journal.taskChanged(REALM, task(1));

    assertThat(journal.before(Long.MAX_VALUE, Optional.empty(), 10))
        .containsExactly(
            new TaskJournal.Entry(1, REALM, task(1), Optional.of(1_000L), Optional.of(1_250L)));
  }

  @Test
  void aTaskWhoseEndCameFromElsewhereWasNeverAcceptedHere() {
    TaskJournal journal = journal(10);
    ended.add(task(1));
    journal.taskChanged(REALM, task(1));

    assertThat(journal.before(Long.MAX_VALUE, Optional.empty(), 10))
        .containsExactly(
            new TaskJournal.Entry(1, REALM, task(1), Optional.empty(), Optional.of(1_000L)));
  }

  @Test
  void theLatestComeFirstAndPagesFollowEachOther() {
    TaskJournal journal = journal(10);
    for (int i = 1; i <= 5; i++) {
      journal.taskChanged(i % 2 == 0 ? OTHER : REALM, task(i));
    }

    assertThat(numbers(journal.before(Long.MAX_VALUE, Optional.empty(), 2)))
        .containsExactly(5L, 4L);
    assertThat(numbers(journal.before(4, Optional.empty(), 2))).containsExactly(3L, 2L);
    assertThat(numbers(journal.before(Long.MAX_VALUE, Optional.of(REALM), 10)))
        .containsExactly(5L, 3L, 1L);
  }

  @Test
  void theOldestAreForgotten() {
    TaskJournal journal = journal(3);
    for (int i = 1; i <= 5; i++) {
      journal.taskChanged(REALM, task(i));
    }
    journal.taskChanged(REALM, task(1));

    assertThat(numbers(journal.before(Long.MAX_VALUE, Optional.empty(), 10)))
        .containsExactly(6L, 5L, 4L);
  }

  @Test
  void listenersHearOfEachChangeOnceUntilTheyStop() {
    TaskJournal journal = journal(10);
    List<TaskJournal.Entry> heard = new ArrayList<>();
    TaskBoard.Watch watch = journal.listen(heard::add);
    journal.taskChanged(REALM, task(1));
    journal.taskChanged(REALM, task(1));
    ended.add(task(1));
    journal.taskChanged(REALM, task(1));
    watch.close();
    journal.taskChanged(REALM, task(2));

    assertThat(heard).hasSize(2);
    assertThat(heard.getFirst().endedAt()).isEmpty();
    assertThat(heard.getLast().endedAt()).isPresent();
  }

  private static List<Long> numbers(List<TaskJournal.Entry> entries) {
    return entries.stream().map(TaskJournal.Entry::number).toList();
  }
}
