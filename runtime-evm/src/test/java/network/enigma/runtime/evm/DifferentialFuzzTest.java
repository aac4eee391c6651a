package network.enigma.runtime.evm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

/** A short part of the differential fuzzing; {@link DifferentialFuzz} does the long one. */
class DifferentialFuzzTest {
  private static final long SEED = 20_261_126;
  private static final long RUNS = 4_000;
  private static final long SECONDS = 300;

  @Test
  void interpreterCompilerAndRevmAgree() throws Exception {
    assumeTrue(AnvilOracle.executable().isPresent(), "anvil is not installed");
    DifferentialFuzz.Report report = DifferentialFuzz.run(RUNS, SEED, SECONDS);
    DifferentialFuzz.print(report, SEED);
    assertThat(report.mismatches()).isEmpty();
    assertThat(report.longRuns()).isGreaterThan(report.runs() * 6 / 10);
  }
}
