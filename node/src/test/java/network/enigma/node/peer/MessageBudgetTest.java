package network.enigma.node.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class MessageBudgetTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final MessageBudget budget = new MessageBudget(100, 50);

  private Optional<MessageBudget.Reservation> now(String peer, long bytes) {
    return budget.reserve(peer, bytes, Duration.ZERO);
  }

  private CompletableFuture<Optional<MessageBudget.Reservation>> waits(String peer, long bytes)
      throws InterruptedException {
    CompletableFuture<Optional<MessageBudget.Reservation>> result = new CompletableFuture<>();
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .start(() -> result.complete(budget.reserve(peer, bytes, LONG)));
    while (thread.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    return result;
  }

  @Test
  void onePeerHasItsShareAndAllTogetherTheWhole() {
    assertThat(now("a", 30)).isPresent();
    assertThat(now("a", 30)).isEmpty();
    assertThat(now("a", 20)).isPresent();
    assertThat(now("b", 50)).isPresent();
    assertThat(now("c", 1)).isEmpty();
  }

  @Test
  void whatIsReleasedTwiceCountsOnce() {
    MessageBudget.Reservation room = now("a", 50).orElseThrow();
    assertThat(now("b", 50)).isPresent();
    room.close();
    room.close();
    assertThat(now("c", 51)).isEmpty();
    assertThat(now("c", 50)).isPresent();
  }

  @Test
  void whatAMessageDidNotNeedIsGivenBackBeforeItsEnd() {
    MessageBudget.Reservation room = now("a", 50).orElseThrow();
    room.keep(60);
    assertThat(now("a", 1)).isEmpty();
    room.keep(10);
    assertThat(now("a", 41)).isEmpty();
    assertThat(now("a", 40)).isPresent();
    assertThat(now("b", 51)).isEmpty();
    assertThat(now("b", 50)).isPresent();
    room.close();
    room.close();
    assertThat(now("c", 11)).isEmpty();
    assertThat(now("c", 10)).isPresent();
  }

  @Test
  void onlyAPeerWithNothingElseSendsMoreThanItsShareAndNobodyMoreThanTheWhole() {
    assertThat(now("a", 101)).isEmpty();
    MessageBudget.Reservation whole = now("a", 100).orElseThrow();
    assertThat(now("b", 1)).isEmpty();
    whole.close();
    assertThat(now("a", 1)).isPresent();
    assertThat(now("a", 60)).isEmpty();
  }

  @Test
  void aLongMessageIsNotKeptOutByShortOnesThatCameLater() throws Exception {
    MessageBudget.Reservation first = now("a", 60).orElseThrow();
    var waiting = waits("b", 80);
    assertThat(now("c", 10)).isEmpty();
    first.close();
    assertThat(waiting.get(10, TimeUnit.SECONDS)).isPresent();
  }

  @Test
  void whoWaitsForTheOwnShareKeepsNobodyElseOut() throws Exception {
    MessageBudget.Reservation first = now("a", 50).orElseThrow();
    var waiting = waits("a", 50);
    assertThat(now("b", 50)).isPresent();
    first.close();
    assertThat(waiting.get(10, TimeUnit.SECONDS)).isPresent();
  }

  @Test
  void whoGivesUpMakesWayForTheNext() {
    assertThat(now("a", 60)).isPresent();
    assertThat(budget.reserve("b", 80, Duration.ofMillis(5))).isEmpty();
    assertThat(now("c", 40)).isPresent();
  }

  @Test
  void aShareIsPartOfTheWhole() {
    assertThatThrownBy(() -> new MessageBudget(10, 11))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
