package network.enigma.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import network.enigma.chain.EthereumRpc;
import network.enigma.client.DeployOptions;
import network.enigma.client.EnigmaClient;
import network.enigma.client.SecretContract;
import network.enigma.client.TaskStage;
import network.enigma.node.schedule.Renewals;
import network.enigma.protocol.Bytes32;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A network goes on by itself: hosts find each other, and clients find nodes, by the contract
 * alone; realms are renewed when their tenure ends.
 */
class LivingOnTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final BigInteger SUPPLY = BigInteger.valueOf(1_000);

  /** Blocks of the shortest tenure of a testnet. */
  private static final int TENURE = 60;

  /** A client that is given the chain and the contract, and no node. */
  private static EnigmaClient clientOfTheChain(Network network, int account) {
    return EnigmaClient.builder()
        .ethereum(network.testnet().ethereumUrl())
        .enigma(network.testnet().enigma())
        .account(network.key(account))
        .home(Network.home())
        .allowSimulated()
        .build();
  }

  @Test
  @Tag("long")
  void aRealmAnswersOverSeveralTenuresWithoutAnybodyActing() throws IOException {
    try (Network network = Network.start(options ->
            options.epochBlocks(TENURE / 3).renewals(Renewals.ALWAYS));
        EnigmaClient alice = clientOfTheChain(network, 1);
        EnigmaClient bob = clientOfTheChain(network, 2);
        EthereumRpc rpc = new EthereumRpc(network.testnet().ethereumUrl())) {
      SecretContract token =
          alice
              .deploy(
                  alice.compiler().compileSample("samples/SecretToken.sol"),
                  List.of(SUPPLY),
                  DeployOptions.DEFAULT)
              .await();
      int sent = 0;
      for (long tenure = 2; tenure <= 4; tenure++) {
        sent += 10;
        token
            .call("transfer", bob.address(), 10)
            .await(TaskStage.COMMITTED, PATIENCE)
            .orThrow();
        rpc.call("anvil_mine", "0x" + Integer.toHexString(TENURE));
        awaitTenure(alice, token.realm(), tenure);
        assertThat(token.as(bob).query("balanceOf", bob.address()).value(BigInteger.class))
            .isEqualTo(sent);
      }
    }
  }

  private static void awaitTenure(EnigmaClient client, Bytes32 realm, long tenure) {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (client.realm(realm).tenure() < tenure) {
      assertThat(Instant.now()).as("tenure %d does not begin", tenure).isBefore(deadline);
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
    }
  }
}
