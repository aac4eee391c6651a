package network.enigma.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import network.enigma.chain.EthereumRpc;
import network.enigma.client.EnigmaClient;
import network.enigma.client.RealmOptions;
import network.enigma.client.SecretContract;
import network.enigma.client.TaskStage;
import network.enigma.node.schedule.Renewals;
import network.enigma.protocol.Bytes32;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Realms live on by themselves: workers renew them when their tenure ends (rule K3). */
class LivingOnTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final long SUPPLY = 1_000;

  /** Blocks of the shortest tenure of a testnet. */
  private static final int TENURE = 60;

  private static final long UNSPENT = 1_000;

  private static Network start(Renewals renewals) {
    return Network.start(options -> options.epochBlocks(TENURE / 3).renewals(renewals));
  }

  private static void mine(Network network, int blocks) {
    try (EthereumRpc rpc = new EthereumRpc(network.testnet().ethereumUrl())) {
      rpc.call("anvil_mine", "0x" + Integer.toHexString(blocks));
    }
  }

  private static void awaitTenure(EnigmaClient client, Bytes32 realm, long tenure) {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (client.realm(realm).tenure() < tenure) {
      assertThat(Instant.now()).as("tenure %d does not begin", tenure).isBefore(deadline);
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
    }
  }

  @Test
  void anOwnerWhoSaidSoPaysForTheRenewalAndNobodyPaysForOthers() throws IOException {
    try (Network network = start(Renewals.WORTHWHILE)) {
      EnigmaClient alice = network.client(1);
      SecretContract renewed = Network.deployToken(alice, SUPPLY, new RealmOptions(false, true));
      SecretContract idle = Network.deployToken(alice, SUPPLY);
      long balance = alice.balance();
      long fee = alice.parameters().renewFee();
      assertThat(balance).isGreaterThan(fee).isPositive();

      mine(network, TENURE);
      awaitTenure(alice, renewed.realm(), 2);

      assertThat(alice.balance()).isEqualTo(balance - fee);
      assertThat(alice.realm(idle.realm()).tenure()).isEqualTo(1);
      assertThat(renewed.query("balanceOf", alice.address()).value(BigInteger.class))
          .isEqualTo(BigInteger.valueOf(SUPPLY));
    }
  }

  @Test
  @Tag("long")
  void aRealmAnswersOverSeveralTenuresWithoutAnybodyActing() throws IOException {
    try (Network network = start(Renewals.ALWAYS)) {
      EnigmaClient alice = network.clientOfTheChain(1);
      EnigmaClient bob = network.clientOfTheChain(2);
      SecretContract token = Network.deployToken(alice, SUPPLY);
      bob.allocate(token.realm(), UNSPENT);
      bob.leave(token.realm(), UNSPENT);
      long balance = bob.balance();
      int sent = 0;
      for (long tenure = 2; tenure <= 4; tenure++) {
        sent += 10;
        token.call("transfer", bob.address(), 10).await(TaskStage.COMMITTED, PATIENCE).orThrow();
        mine(network, TENURE);
        awaitTenure(alice, token.realm(), tenure);
        assertThat(token.as(bob).query("balanceOf", bob.address()).value(BigInteger.class))
            .isEqualTo(sent);
      }
      bob.finishLeave(token.realm());
      assertThat(bob.balance()).isEqualTo(balance + UNSPENT);
    }
  }
}
