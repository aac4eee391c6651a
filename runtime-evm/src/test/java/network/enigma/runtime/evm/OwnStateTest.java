package network.enigma.runtime.evm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * A small set of state tests of our own in the format of the official ones, for machines that do
 * not have those. The expected state roots and logs are those of revm: the transactions were sent
 * to anvil 1.7.1 ({@code --hardfork prague}) and the tries built of the accounts it had then.
 */
class OwnStateTest {
  private static final String CASES = "/state-tests/prague.json";

  @Test
  void interpretedCodeLeadsToTheStateAndLogsThatEachCaseNames() throws IOException {
    assertPassed(Compilation.none());
  }

  @Test
  void compiledCodeLeadsToTheSame() throws IOException {
    assertPassed(Compilation.ofAllCode());
  }

  private static void assertPassed(Compilation compilation) throws IOException {
    byte[] json;
    try (InputStream cases = OwnStateTest.class.getResourceAsStream(CASES)) {
      json = Objects.requireNonNull(cases, CASES).readAllBytes();
    }
    List<String> problems = new ArrayList<>();
    List<StateTest.Result> results =
        StateTest.run(new StateTestArchive.TestFile(CASES, json), compilation);
    for (StateTest.Result result : results) {
      if (!result.passed()) {
        problems.add(result.name() + ": " + result.problem());
      }
    }
    assertThat(problems).isEmpty();
    assertThat(results).hasSize(10);
  }
}
