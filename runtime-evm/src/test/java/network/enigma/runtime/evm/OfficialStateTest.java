package network.enigma.runtime.evm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * The official state tests are the referee of Rule E1. Every case runs; two that only burn minutes
 * of time run if the system property {@code enigma.evm.all} is true.
 */
class OfficialStateTest {
  private static final List<String> LONG =
      List.of("vmPerformance/loopMul.json", "stTimeConsuming/CALLBlake2f_MaxRounds.json");

  @Test
  void everyCaseLeadsToTheStateAndLogsThatItNames() throws IOException {
    Optional<Path> location = StateTestArchive.locate();
    String absent =
        "the official state tests are not on this machine: set "
            + StateTestArchive.VARIABLE
            + " to the archive or folder";
    if (location.isEmpty()) {
      System.out.println("Skipped: " + absent);
    }
    assumeTrue(location.isPresent(), absent);

    List<String> failures = new ArrayList<>();
    int passed = 0;
    for (StateTestArchive.TestFile file : StateTestArchive.read(location.get())) {
      if (!Boolean.getBoolean("enigma.evm.all") && LONG.stream().anyMatch(file.path()::endsWith)) {
        continue;
      }
      for (StateTest.Result result : StateTest.run(file)) {
        if (result.passed()) {
          passed++;
        } else {
          failures.add(result.name() + ": " + result.problem());
        }
      }
    }
    System.out.printf("Official state tests: %d passed, %d failed%n", passed, failures.size());
    assertThat(failures).isEmpty();
    assertThat(passed).isPositive();
  }
}
