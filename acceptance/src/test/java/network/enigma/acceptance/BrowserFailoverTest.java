package network.enigma.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * A worker is stopped in the middle of a task that a page in a real browser has sent: the tests of
 * {@code web/browser-tests/failover.test.ts}, with a switch for the workers. Pictures are left in
 * {@code target/screens}, what the tests printed in {@code target/browser-failover.log}.
 */
class BrowserFailoverTest {
  private static final long MINUTES = 20;

  /** Long enough to look at the page while nobody holds the realm. */
  private static final Duration BLOCK = Duration.ofSeconds(2);

  @Test
  void aPageGoesOnWhenTheWorkerOfItsTaskIsStopped() throws IOException, InterruptedException {
    FaultPoint faults = new FaultPoint();
    Path home = Network.home();
    Path target = Files.createDirectories(home.resolve("acceptance/target"));
    Path log = target.resolve("browser-failover.log");
    try (Network network =
            Network.start(options -> options.channels(faults::between).blockTime(BLOCK));
        WorkerSwitch workers = new WorkerSwitch(network.testnet(), faults)) {
      ProcessBuilder builder =
          new ProcessBuilder(
              "node",
              home.resolve("node_modules/vitest/vitest.mjs").toString(),
              "run",
              "--root",
              home.resolve("web/browser-tests").toString(),
              "failover");
      Map<String, String> environment = builder.environment();
      TypeScriptClientTest.describe(network.testnet(), environment);
      environment.put("ENIGMA_EXPLORER", network.testnet().pageUrl().toString());
      environment.put("ENIGMA_SCREENS", target.resolve("screens").toString());
      environment.put("ENIGMA_WORKER_SWITCH", workers.url());
      Process tests = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
      try {
        assertThat(tests.waitFor(MINUTES, TimeUnit.MINUTES)).as(BrowserTest.end(log)).isTrue();
        assertThat(tests.exitValue()).as(BrowserTest.end(log)).isZero();
        assertThat(Files.readString(log)).contains("failover.test.ts");
      } finally {
        tests.descendants().forEach(ProcessHandle::destroyForcibly);
        tests.destroyForcibly();
      }
    }
  }
}
