package network.enigma.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.junit.jupiter.api.Test;

class LatelyTest {
  private final AtomicInteger reads = new AtomicInteger();

  private Lately<String, Integer> believedFor(Duration fresh) {
    return new Lately<>(fresh, key -> reads.incrementAndGet());
  }

  @Test
  void whatWasReadIsBelievedForAWhile() {
    Lately<String, Integer> lately = believedFor(Duration.ofHours(1));
    assertThat(lately.get("a")).isEqualTo(1);
    assertThat(lately.get("a")).isEqualTo(1);
    assertThat(lately.get("b")).isEqualTo(2);
  }

  @Test
  void whatIsTooOldOrForgottenOrNotEnoughIsReadAnew() {
    Lately<String, Integer> never = believedFor(Duration.ZERO);
    assertThat(never.get("a")).isEqualTo(1);
    assertThat(never.get("a")).isEqualTo(2);
    Lately<String, Integer> lately = believedFor(Duration.ofHours(1));
    assertThat(lately.get("a")).isEqualTo(3);
    assertThat(lately.get("a", known -> known > 3)).isEqualTo(4);
    lately.forget("a");
    assertThat(lately.get("a")).isEqualTo(5);
  }

  @Test
  void aFailureIsNotRemembered() {
    Lately<String, Integer> lately =
        new Lately<>(
            Duration.ofHours(1),
            key -> {
              if (reads.incrementAndGet() == 1) {
                throw new EnigmaException(ErrorCode.CHAIN_UNREACHABLE, "not yet");
              }
              return 7;
            });
    assertThatThrownBy(() -> lately.get("a")).isInstanceOf(EnigmaException.class);
    assertThat(lately.get("a")).isEqualTo(7);
  }

  @Test
  void thoseWhoAskAtTheSameTimeShareOneReading() throws Exception {
    Lately<String, Integer> lately = believedFor(Duration.ofHours(1));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> answers =
          IntStream.range(0, 50).mapToObj(i -> threads.submit(() -> lately.get("a"))).toList();
      for (Future<Integer> answer : answers) {
        assertThat(answer.get()).isEqualTo(1);
      }
    }
  }
}
