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
 * The official state tests are the referee of Rule E1. All of them run but three classes: two tests
 * that only burn time, which {@link StateTestMain} runs, and those of built-in contracts that this
 * machine does not have.
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
    List<String> listedButPassing = new ArrayList<>();
    int passed = 0;
    int listed = 0;
    for (StateTestArchive.TestFile file : StateTestArchive.read(location.get())) {
      if (LONG.stream().anyMatch(file.path()::endsWith)) {
        continue;
      }
      for (StateTest.Result result : StateTest.run(file)) {
        boolean expectedToFail = UnsupportedCases.contains(result.name());
        if (result.passed() && !expectedToFail) {
          passed++;
        } else if (!result.passed() && expectedToFail) {
          listed++;
        } else if (result.passed()) {
          listedButPassing.add(result.name());
        } else {
          failures.add(result.name() + ": " + result.problem());
        }
      }
    }
    System.out.printf(
        "Official state tests: %d passed, %d failed, %d listed as not supported%n",
        passed, failures.size(), listed);
    assertThat(failures).isEmpty();
    assertThat(listedButPassing).isEmpty();
    assertThat(passed).isPositive();
  }
}
