package network.enigma.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import network.enigma.client.CallOptions;
import network.enigma.client.DeployOptions;
import network.enigma.client.EnigmaClient;
import network.enigma.client.SecretContract;
import network.enigma.client.Task;
import network.enigma.client.TaskStage;
import network.enigma.protocol.Address;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Parts of the network end without warning, and users notice at most a delay. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FaultTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final long SUPPLY = 1_000;

  private Network network;

  @BeforeAll
  void start() {
    network = Network.start();
  }

  @AfterAll
  void close() throws IOException {
    network.close();
  }

  private static SecretContract deployMillionaires(EnigmaClient client) {
    return client
        .deploy(
            client.compiler().compileSample("samples/Millionaires.sol"),
            List.of(),
            DeployOptions.DEFAULT)
        .await();
  }

  @Test
  @Order(1)
  void aKeyManagerThatEndsBeforeTheLastStepChangesNothing() {
    EnigmaClient alice = network.client(1);
    EnigmaClient bob = network.client(2);
    SecretContract millionaires = deployMillionaires(alice);
    millionaires.call("submit", 5).await();
    millionaires.as(bob).call("submit", 9).await();

    network.testnet().stopKeyManager(2);

    assertThat(millionaires.call("announceRichest", alice.address()).await().value(Address.class))
        .isEqualTo(bob.address());
    assertThat(
            millionaires
                .call("submit", 10)
                .await(TaskStage.COMMITTED, PATIENCE)
                .orThrow()
                .transaction())
        .isPresent();
  }

  @Test
  @Order(2)
  void aWorkerThatEndsDelaysATaskByNoMoreThanTheFailover() {
    EnigmaClient alice = network.impatientClient(3);
    EnigmaClient bob = network.impatientClient(4);
    SecretContract token = Network.deployToken(alice, SUPPLY);
    long sentAt = alice.blockNumber();
    long usual =
        token
                .call("transfer", bob.address(), 400)
                .await(TaskStage.COMMITTED, PATIENCE)
                .orThrow()
                .block()
                .orElseThrow()
            - sentAt;

    network.testnet().killWorker(network.holder(alice, token));
    long killedAt = alice.blockNumber();
    long lastBlock =
        token
            .call(
                CallOptions.DEFAULT.withRoute(CallOptions.Route.POSTED).withGasLimit(1_000_000),
                "transfer",
                List.of(bob.address(), 50))
            .await(TaskStage.COMMITTED, PATIENCE)
            .orThrow()
            .block()
            .orElseThrow();

    // The post, the failover, the take-over and the commit take some blocks of their own; more on a
    // machine that needs more than two for a task without any fault.
    assertThat(lastBlock - killedAt)
        .isLessThan(3 * alice.parameters().failoverBlocks() + 10 * Math.max(0, usual - 2));
    assertThat(token.as(bob).query("balanceOf", bob.address()).value(BigInteger.class))
        .isEqualTo(450);
    assertThat(token.as(bob).call("transfer", alice.address(), 1).await().value(Boolean.class))
        .isTrue();
  }

  @Test
  @Order(3)
  @Tag("long")
  void aNetworkThatStartsAgainFromItsDirectoryHasLostNothing(@TempDir Path directory)
      throws IOException {
    SecretContract token;
    Address bob;
    try (Network first = Network.start(options -> options.state(directory))) {
      token = Network.deployToken(first.client(1), SUPPLY);
      bob = first.client(2).address();
      token.call("transfer", bob, 300).await(TaskStage.COMMITTED, PATIENCE).orThrow();
    }
    try (Network second = Network.start(options -> options.state(directory))) {
      EnigmaClient alice = second.client(1);
      SecretContract same =
          alice.contract(token.name(), token.address(), token.realm(), token.abi());

      assertThat(same.query("balanceOf", alice.address()).value(BigInteger.class)).isEqualTo(700);
      same.call("transfer", bob, 100).await(TaskStage.COMMITTED, PATIENCE).orThrow();

      assertThat(same.query("balanceOf", alice.address()).value(BigInteger.class)).isEqualTo(600);
    }
  }

  @Test
  @Order(4)
  @Tag("long")
  void enclavesInProcessesOfTheirOwnServeTheSameAndOneKilledKeyManagerChangesNothing()
      throws IOException {
    List<ProcessHandle> before = ProcessHandle.current().descendants().toList();
    try (Network separate = Network.start(options -> options.processes(true))) {
      EnigmaClient alice = separate.client(1);
      EnigmaClient bob = separate.client(2);
      SecretContract millionaires = deployMillionaires(alice);
      millionaires.call("submit", 5).await();
      millionaires.as(bob).call("submit", 9).await();

      kill(before, "\0KEY_MANAGER\0");

      assertThat(
              millionaires
                  .call("announceRichest", alice.address())
                  .await(TaskStage.COMMITTED, PATIENCE)
                  .orThrow()
                  .value(Address.class))
          .isEqualTo(bob.address());
    }
    assertThat(ProcessHandle.current().descendants().filter(process -> !before.contains(process)))
        .as("processes left behind")
        .isEmpty();
  }

  /** Ends an enclave that runs in a process of its own, by SIGKILL. */
  private static void kill(List<ProcessHandle> before, String named) {
    ProcessHandle enclave =
        ProcessHandle.current()
            .descendants()
            .filter(process -> !before.contains(process))
            .filter(process -> commandLine(process).contains(named))
            .findFirst()
            .orElseThrow();
    assertThat(enclave.destroyForcibly()).isTrue();
    enclave.onExit().join();
  }

  @Test
  @Order(5)
  @Tag("long")
  void aKilledEnclaveOfAWorkerLosesNothingAndRunsNothingTwice() throws IOException {
    List<ProcessHandle> before = ProcessHandle.current().descendants().toList();
    try (Network separate = Network.start(options -> options.processes(true))) {
      EnigmaClient alice = separate.client(1);
      Address bob = separate.client(2).address();
      SecretContract token = Network.deployToken(alice, SUPPLY);
      int holder = separate.holder(alice, token);
      List<Task> tasks = new ArrayList<>();
      for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 4; i++) {
          tasks.add(token.call("transfer", bob, 10));
        }
        kill(before, "/worker-" + (holder + 1) + "/");
      }

      for (Task task : tasks) {
        assertThat(task.await(TaskStage.COMMITTED, PATIENCE).orThrow().value(Boolean.class))
            .isTrue();
      }
      assertThat(token.query("balanceOf", alice.address()).value(BigInteger.class))
          .isEqualTo(1_000 - 120);
    }
  }

  private static String commandLine(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc", String.valueOf(process.pid()), "cmdline"));
    } catch (IOException e) {
      return "";
    }
  }
}
