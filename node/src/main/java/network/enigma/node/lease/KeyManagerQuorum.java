package network.enigma.node.lease;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import network.enigma.node.keymanager.KeyManagerClient;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All key managers, asked at the same time; as soon as enough have answered it goes on. */
public final class KeyManagerQuorum {
  private static final Logger log = LoggerFactory.getLogger(KeyManagerQuorum.class);

  private sealed interface Outcome<T> {}

  private record Answer<T>(T value) implements Outcome<T> {}

  private record Refusal<T>(EnigmaException failure) implements Outcome<T> {}

  private final Supplier<List<KeyManagerClient>> known;

  public KeyManagerQuorum(List<KeyManagerClient> keyManagers) {
    this(() -> keyManagers);
  }

  /**
   * @param known the key managers, in whichever order; asked for each question
   */
  public KeyManagerQuorum(Supplier<List<KeyManagerClient>> known) {
    this.known = known;
  }

  /** The key managers one by one. */
  public List<KeyManagerClient> all() {
    return List.copyOf(known.get());
  }

  /**
   * Asks all.
   *
   * @param quorum answers that are enough
   * @throws EnigmaException what so many of them refused with that no quorum was left, {@code
   *     LEASE_FENCED} where one said so and there was no quorum without it, else {@code
   *     QUORUM_NOT_REACHED}
   */
  public <T> List<T> ask(Function<KeyManagerClient, T> question, int quorum, Duration timeout) {
    List<KeyManagerClient> keyManagers = all();
    LinkedBlockingQueue<Outcome<T>> outcomes = new LinkedBlockingQueue<>();
    for (KeyManagerClient keyManager : keyManagers) {
      Thread.ofVirtual()
          .name("ask-key-manager")
          .start(() -> outcomes.add(outcome(question, keyManager)));
    }
    List<T> answers = new ArrayList<>();
    Map<ErrorCode, List<EnigmaException>> refusals = new EnumMap<>(ErrorCode.class);
    long deadline = System.nanoTime() + timeout.toNanos();
    for (int heard = 0; heard < keyManagers.size() && answers.size() < quorum; heard++) {
      Outcome<T> outcome;
      try {
        outcome = outcomes.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
      if (outcome == null) {
        break;
      }
      switch (outcome) {
        case Answer<T>(T value) -> answers.add(value);
        case Refusal<T>(EnigmaException failure) ->
            refusals.computeIfAbsent(failure.code(), code -> new ArrayList<>()).add(failure);
      }
    }
    if (answers.size() >= quorum) {
      return answers;
    }
    for (List<EnigmaException> same : refusals.values()) {
      if (keyManagers.size() - same.size() < quorum) {
        throw same.getFirst();
      }
    }
    refusals
        .values()
        .forEach(same -> log.info("key managers refuse: {}", same.getFirst().getMessage()));
    List<EnigmaException> fenced = refusals.get(ErrorCode.LEASE_FENCED);
    if (fenced != null) {
      // One that was restarted knows no lease of before. With another one away the others are no
      // quorum without it: a new lease has one, this lease would wait for both.
      throw fenced.getFirst();
    }
    throw new EnigmaException(
        ErrorCode.QUORUM_NOT_REACHED,
        answers.size()
            + " of "
            + quorum
            + " key managers answered; refusals: "
            + refusals.keySet());
  }

  private static <T> Outcome<T> outcome(
      Function<KeyManagerClient, T> question, KeyManagerClient keyManager) {
    try {
      return new Answer<>(question.apply(keyManager));
    } catch (EnigmaException e) {
      return new Refusal<>(e);
    } catch (RuntimeException e) {
      log.error("unexpected failure while asking a key manager", e);
      return new Refusal<>(new EnigmaException(ErrorCode.INTERNAL, "the question failed"));
    }
  }
}
