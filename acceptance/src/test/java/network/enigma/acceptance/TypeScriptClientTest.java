package network.enigma.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import network.enigma.testnet.TestAccount;
import network.enigma.testnet.Testnet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Has enigma-js pass its own tests (web/enigma-js/live) on the network that the Java tests share.
 */
@ExtendWith(SharedNetwork.class)
class TypeScriptClientTest {
  private static final long MOST_SECONDS = 240;

  @Test
  void enigmaJsDeploysCallsAsksResumesAndFailsAsItShould(Network network)
      throws IOException, InterruptedException {
    Path home = Network.home();
    ProcessBuilder builder =
        new ProcessBuilder(
                "node",
                home.resolve("node_modules/vitest/vitest.mjs").toString(),
                "run",
                "--config",
                "vitest.live.config.ts")
            .directory(home.resolve("web/enigma-js").toFile())
            .redirectErrorStream(true);
    describe(network.testnet(), builder.environment());
    Process tests = builder.start();
    try {
      tests.getOutputStream().close();
      String output =
          new String(tests.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();

      assertThat(tests.waitFor(MOST_SECONDS, TimeUnit.SECONDS)).as(output).isTrue();
      assertThat(tests.exitValue()).as(output).isZero();
      assertThat(output)
          .contains("client.test.ts", "callable.test.ts", "rpc.test.ts", "upgrade.test.ts");
    } finally {
      tests.descendants().forEach(ProcessHandle::destroyForcibly);
      tests.destroyForcibly();
    }
  }

  /** The variables that {@code enigma testnet --run} sets for its command. */
  static void describe(Testnet testnet, Map<String, String> environment) {
    environment.put("NO_COLOR", "1");
    environment.put(
        "ENIGMA_RPC",
        testnet.nodeUrls().stream().map(URI::toString).collect(Collectors.joining(",")));
    environment.put("ETH_RPC", testnet.ethereumUrl().toString());
    environment.put("ENIGMA_ADDRESS", testnet.enigma().checksummed());
    environment.put(
        "ENIGMA_ACCOUNTS",
        testnet.accounts().stream().map(TestAccount::privateKey).collect(Collectors.joining(",")));
  }
}
