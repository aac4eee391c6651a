package network.enigma.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import network.enigma.chain.EnigmaContract;
import network.enigma.chain.EthereumAccount;
import network.enigma.chain.EthereumRpc;
import network.enigma.client.CallOptions;
import network.enigma.client.EnigmaClient;
import network.enigma.client.SecretContract;
import network.enigma.client.Task;
import network.enigma.client.TaskResult;
import network.enigma.client.TaskStage;
import network.enigma.protocol.Role;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Workers and key managers die while a lease is granted and announced, and while a snapshot goes to
 * the backups: nothing is lost, and nothing takes longer than a failover.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("long")
class LeaseFaultTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int SUPPLY = 1_000;
  private static final int HOSTS = 3;
  private static final int CHALLENGER = 9;

  private final FaultPoint faults = new FaultPoint();
  private Network network;

  @BeforeAll
  void start() {
    network = Network.start(options -> options.channels(faults::between));
  }

  @AfterAll
  void close() throws IOException {
    network.close();
  }

  private static int balance(SecretContract token, EnigmaClient of) {
    return token.query("balanceOf", of.address()).value(BigInteger.class).intValue();
  }

  private void armWorkers(FaultPoint.Moment moment, int except) {
    for (int index = 0; index < HOSTS; index++) {
      if (index != except) {
        faults.arm(Role.WORKER, index, moment);
      }
    }
  }

  private void disarmWorkers() {
    for (int index = 0; index < HOSTS; index++) {
      faults.disarm(Role.WORKER, index);
    }
  }

  private static void pay(SecretContract token, EnigmaClient to, int amount) {
    TaskResult result =
        token.call("transfer", to.address(), amount).await(TaskStage.COMMITTED, PATIENCE).orThrow();
    assertThat(result.value(Boolean.class)).isTrue();
  }

  @Test
  void aWorkerThatDiesBeforeItAnnouncesItsFirstLeaseAnnouncesAnotherWhenItIsBack()
      throws Exception {
    EnigmaClient alice = network.impatientClient(1);
    armWorkers(FaultPoint.Moment.LEASE_TAKEN, -1);
    CompletableFuture<SecretContract> deployed =
        CompletableFuture.supplyAsync(() -> Network.deployToken(alice, SUPPLY));
    int holder = faults.awaitFirst();
    network.testnet().killWorker(holder);
    disarmWorkers();
    network.testnet().restartWorker(holder);

    SecretContract token = deployed.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

    pay(token, network.impatientClient(2), 10);
    assertThat(balance(token, alice)).isEqualTo(SUPPLY - 10);
  }

  @Test
  void aKeyManagerThatDiesWithALeaseThatItGrantedHoldsNothingUpAndGrantsAgainLater()
      throws Exception {
    EnigmaClient alice = network.impatientClient(3);
    faults.arm(Role.KEY_MANAGER, 0, FaultPoint.Moment.GRANTED);
    CompletableFuture<SecretContract> deployed =
        CompletableFuture.supplyAsync(() -> Network.deployToken(alice, SUPPLY));
    faults.await(Role.KEY_MANAGER, 0);
    network.testnet().stopKeyManager(0);
    faults.disarm(Role.KEY_MANAGER, 0);

    SecretContract token = deployed.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

    pay(token, network.impatientClient(4), 10);
    network.testnet().restartKeyManager(0);
    int sent = 10;
    Instant deadline = Instant.now().plus(PATIENCE);
    while (!network.testnet().counts(0)) {
      assertThat(Instant.now()).as("the key manager counts again").isBefore(deadline);
      pay(token, network.impatientClient(4), 1);
      sent++;
    }
    network.testnet().stopKeyManager(1);
    try {
      SecretContract another = Network.deployToken(alice, SUPPLY);
      pay(another, network.impatientClient(4), 10);
      assertThat(balance(another, alice)).isEqualTo(SUPPLY - 10);
      assertThat(balance(token, alice)).isEqualTo(SUPPLY - sent);
    } finally {
      network.testnet().restartKeyManager(1);
    }
  }

  /** Has the holder commit a snapshot, as a challenged one does that has nothing else. */
  private void wantSnapshot(SecretContract token) {
    try (EthereumRpc rpc = new EthereumRpc(network.testnet().ethereumUrl())) {
      EnigmaContract contract = new EnigmaContract(rpc, network.testnet().enigma());
      new EthereumAccount(rpc, network.key(CHALLENGER)).execute(contract.challenge(token.realm()));
    }
  }

  @Test
  void aHolderThatDiesWhileItsSnapshotGoesToTheBackupsLosesNothing() {
    EnigmaClient alice = network.impatientClient(5);
    SecretContract token = Network.deployToken(alice, SUPPLY);
    pay(token, network.impatientClient(6), 10);
    int holder = network.holder(alice, token);
    armWorkers(FaultPoint.Moment.SNAPSHOT_COMES, holder);
    wantSnapshot(token);
    faults.awaitFirst();

    network.testnet().killWorker(holder);
    long killedAt = alice.blockNumber();
    disarmWorkers();

    thenTheNextRankGoesOn(token, network.impatientClient(6), killedAt);
    network.testnet().restartWorker(holder);
    pay(token, network.impatientClient(6), 0);
    assertThat(balance(token, alice)).isEqualTo(SUPPLY - 20);
  }

  @Test
  void aBackupThatDiesBeforeASnapshotIsOnItsDiskHoldsNothingUpAndTakesOverLater() {
    EnigmaClient alice = network.impatientClient(7);
    SecretContract token = Network.deployToken(alice, SUPPLY);
    pay(token, network.impatientClient(8), 10);
    int holder = network.holder(alice, token);
    armWorkers(FaultPoint.Moment.SNAPSHOT_ACKNOWLEDGED, holder);
    wantSnapshot(token);
    int backup = faults.awaitFirst();

    network.testnet().killWorker(backup);
    disarmWorkers();
    pay(token, network.impatientClient(8), 10);
    network.testnet().restartWorker(backup);
    pay(token, network.impatientClient(8), 10);

    // The other rank is lost with the holder: the one that died has to have all of it.
    network.testnet().killWorker(holder);
    long killedAt = alice.blockNumber();
    thenTheNextRankGoesOn(token, network.impatientClient(8), killedAt);
    assertThat(balance(token, alice)).isEqualTo(SUPPLY - 40);
    network.testnet().restartWorker(holder);
    pay(token, network.impatientClient(8), 0);
  }

  private void thenTheNextRankGoesOn(SecretContract token, EnigmaClient to, long killedAt) {
    Task task =
        token.call(
            CallOptions.DEFAULT.withRoute(CallOptions.Route.POSTED).withGasLimit(1_000_000),
            "transfer",
            List.of(to.address(), 10));
    TaskResult result = task.await(TaskStage.COMMITTED, PATIENCE).orThrow();
    assertThat(result.value(Boolean.class)).isTrue();
    assertThat(result.block().orElseThrow() - killedAt)
        .isLessThan(3 * to.parameters().failoverBlocks());
  }
}
