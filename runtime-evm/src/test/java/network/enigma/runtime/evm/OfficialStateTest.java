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
 * The official state tests are the referee of Rule E1. Every case runs interpreted, and a share of
 * them compiled; if the system property {@code enigma.evm.all} is true, all of them run compiled as
 * well, and two that only burn minutes of time.
 */
class OfficialStateTest {
  private static final boolean ALL = Boolean.getBoolean("enigma.evm.all");
  private static final List<String> LONG =
      List.of("vmPerformance/loopMul.json", "stTimeConsuming/CALLBlake2f_MaxRounds.json");

  /** Of so many files one is also run with all code compiled, unless all are. */
  private static final int COMPILED_SHARE = 8;

  @Test
  void everyCaseLeadsToTheStateAndLogsThatItNames() throws IOException {
    run("interpreted", Compilation.none(), 1);
  }

  @Test
  void compiledCodeLeadsToTheSame() throws IOException {
    run("compiled", Compilation.ofAllCode(), ALL ? 1 : COMPILED_SHARE);
  }

  private static void run(String how, Compilation compilation, int share) throws IOException {
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
    int number = 0;
    for (StateTestArchive.TestFile file : StateTestArchive.read(location.get())) {
      if (number++ % share != 0 || (!ALL && LONG.stream().anyMatch(file.path()::endsWith))) {
        continue;
      }
      for (StateTest.Result result : StateTest.run(file, compilation)) {
        if (result.passed()) {
          passed++;
        } else {
          failures.add(result.name() + ": " + result.problem());
        }
      }
    }
    System.out.printf(
        "Official state tests (%s): %d passed, 0 listed as exceptions, %d failed, from %s%n",
        how, passed, failures.size(), location.get());
    assertThat(failures).isEmpty();
    assertThat(passed).isPositive();
  }
}
