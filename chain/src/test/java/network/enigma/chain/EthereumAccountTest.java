package network.enigma.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import network.enigma.chain.anvil.Anvil;
import network.enigma.chain.anvil.RequiresAnvil;
import network.enigma.contracts.EnigmaToken;
import network.enigma.ethereum.Transaction;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@RequiresAnvil
@SuppressWarnings("NullAway.Init")
class EthereumAccountTest {
  private Anvil anvil;
  private EthereumRpc rpc;
  private EthereumAccount account;

  @BeforeEach
  void start() {
    anvil = Anvil.start();
    rpc = new EthereumRpc(anvil.url());
    account = new EthereumAccount(rpc, Anvil.developmentKey(1));
  }

  @AfterEach
  void stop() {
    rpc.close();
    anvil.close();
  }

  @Test
  void sendsFromManyThreadsAtOnceWithoutLosingOrRepeatingANonce() throws Exception {
    rpc.call("evm_setIntervalMining", 1);
    rpc.call("evm_setAutomine", false);
    int transfers = 50;
    int deployments = 5;
    List<Callable<EthereumAccount.Sent>> sends = new ArrayList<>();
    for (int i = 0; i < transfers; i++) {
      Address payee = stranger(i);
      sends.add(() -> account.send(Call.transfer(payee, BigInteger.TEN)));
    }
    Set<Address> predicted = ConcurrentHashMap.newKeySet();
    for (int i = 0; i < deployments; i++) {
      sends.add(() -> {
        EthereumAccount.Sent sent = account.send(tokenDeployment());
        predicted.add(sent.contractAddress());
        return sent;
      });
    }
    List<TransactionReceipt> receipts = new ArrayList<>();
    List<Long> nonces = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<EthereumAccount.Sent> sent : threads.invokeAll(sends)) {
        nonces.add(sent.get().nonce());
        receipts.add(sent.get().await());
      }
    }
    assertThat(nonces).doesNotHaveDuplicates().hasSize(transfers + deployments);
    assertThat(receipts).allMatch(TransactionReceipt::succeeded);
    assertThat(
            receipts.stream()
                .flatMap(r -> r.contractAddress().stream())
                .collect(Collectors.toSet()))
        .isEqualTo(predicted)
        .hasSize(deployments);
    for (int i = 0; i < transfers; i++) {
      assertThat(rpc.balance(stranger(i), BlockTag.LATEST)).isEqualTo(BigInteger.TEN);
    }
    assertThat(rpc.transactionCount(account.address(), BlockTag.LATEST))
        .isEqualTo(transfers + deployments);
  }

  @Test
  void sendsAgainWhatTheNodeDropped() {
    rpc.call("evm_setAutomine", false);
    List<EthereumAccount.Sent> sent = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      sent.add(account.send(Call.transfer(stranger(i), BigInteger.TEN)));
    }
    rpc.call("anvil_dropTransaction", sent.get(2).hash().hex());
    rpc.call("evm_setIntervalMining", 1);
    for (EthereumAccount.Sent each : sent) {
      assertThat(each.await().succeeded()).isTrue();
    }
    assertThat(rpc.balance(stranger(2), BlockTag.LATEST)).isEqualTo(BigInteger.TEN);
  }

  @Test
  void goesOnAfterARestartBesideWhatIsStillInThePoolAndFillsTheHole() {
    rpc.call("evm_setAutomine", false);
    // What an earlier process left in the pool: the third of its transactions was lost.
    for (long nonce : List.of(0L, 1L, 3L, 4L)) {
      leaveInThePool(nonce);
    }
    List<EthereumAccount.Sent> sent = new ArrayList<>();
    for (int i = 10; i < 15; i++) {
      sent.add(account.send(Call.transfer(stranger(i), BigInteger.TEN)));
    }
    assertThat(sent).extracting(EthereumAccount.Sent::nonce).containsExactly(2L, 5L, 6L, 7L, 8L);
    rpc.call("evm_setIntervalMining", 1);
    for (EthereumAccount.Sent each : sent) {
      assertThat(each.await().succeeded()).isTrue();
    }
    for (int i : List.of(0, 1, 3, 4, 10, 11, 12, 13, 14)) {
      assertThat(rpc.balance(stranger(i), BlockTag.LATEST)).isEqualTo(BigInteger.TEN);
    }
  }

  @Test
  void doesNotWaitForEverForAnEarlierTransactionThatTheNodeLost() {
    rpc.call("evm_setAutomine", false);
    Bytes32 earlier = leaveInThePool(0);
    EthereumAccount.Sent sent = account.send(Call.transfer(stranger(1), BigInteger.TEN));
    assertThat(sent.nonce()).isEqualTo(1);
    rpc.call("anvil_dropTransaction", earlier.hex());
    rpc.call("evm_setIntervalMining", 1);
    assertThat(sent.await().succeeded()).isTrue();
    assertThat(rpc.balance(stranger(0), BlockTag.LATEST)).isZero();
  }

  @Test
  void saysThatAnotherTransactionTookTheNonce() {
    rpc.call("evm_setAutomine", false);
    EthereumAccount.Sent sent = account.send(Call.transfer(stranger(1), BigInteger.TEN));
    rpc.call("anvil_dropTransaction", sent.hash().hex());
    leaveInThePool(0);
    rpc.call("evm_mine");
    assertThatThrownBy(() -> sent.await(Duration.ofSeconds(120)))
        .isInstanceOfSatisfying(
            EnigmaException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.TRANSACTION_FAILED))
        .hasMessageContaining("took the nonce");
  }

  @Test
  void offersMoreWhenTheBaseFeeHasOutgrownATransaction() {
    rpc.call("evm_setAutomine", false);
    EthereumAccount impatient =
        new EthereumAccount(rpc, Anvil.developmentKey(1), Duration.ofMillis(100));
    EthereumAccount.Sent sent = impatient.send(Call.transfer(stranger(1), BigInteger.TEN));
    String aHundredGwei = "0x174876e800";
    rpc.call("anvil_setNextBlockBaseFeePerGas", aHundredGwei);
    rpc.call("evm_mine");
    assertThat(rpc.receipt(sent.hash())).as("its fee is too low").isEmpty();
    rpc.call("evm_setIntervalMining", 1);
    TransactionReceipt receipt = sent.await();
    assertThat(receipt.transactionHash()).isNotEqualTo(sent.hash());
    assertThat(rpc.balance(stranger(1), BlockTag.LATEST)).isEqualTo(BigInteger.TEN);
  }

  private Bytes32 leaveInThePool(long nonce) {
    Transaction.Signed signed =
        new Transaction(
                31_337,
                nonce,
                BigInteger.valueOf(1_000_000_000L),
                BigInteger.valueOf(10_000_000_000L),
                21_000,
                stranger((int) nonce),
                BigInteger.TEN,
                Bytes.empty())
            .sign(Anvil.developmentKey(1));
    assertThat(Quantity.hash(rpc.call("eth_sendRawTransaction", signed.raw().hex())))
        .isEqualTo(signed.hash());
    return signed.hash();
  }

  @Test
  void aRefusedTransactionLeavesNoHole() {
    Call tooExpensive = Call.transfer(stranger(1), BigInteger.TWO.pow(200)).withGasLimit(21_000);
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> account.send(tooExpensive))
          .isInstanceOfSatisfying(
              EnigmaException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.TRANSACTION_FAILED));
    }
    EthereumAccount.Sent next = account.send(Call.transfer(stranger(2), BigInteger.TEN));
    assertThat(next.nonce()).isZero();
    assertThat(next.await().succeeded()).isTrue();
  }

  @Test
  void sharesAKeyWithAnotherProcess() throws Exception {
    EthereumAccount other = new EthereumAccount(rpc, Anvil.developmentKey(1));
    List<Callable<TransactionReceipt>> sends = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Address payee = stranger(i);
      EthereumAccount sender = i % 2 == 0 ? account : other;
      sends.add(() -> sender.execute(Call.transfer(payee, BigInteger.TEN)));
    }
    for (Callable<TransactionReceipt> send : sends) {
      assertThat(send.call().succeeded()).isTrue();
    }
    assertThat(rpc.transactionCount(account.address(), BlockTag.LATEST)).isEqualTo(10);
  }

  @Test
  void survivesAnOutageBetweenSendingAndMining() {
    rpc.call("evm_setAutomine", false);
    EthereumAccount.Sent sent = account.send(Call.transfer(stranger(1), BigInteger.TEN));
    assertThatThrownBy(() -> sent.await(Duration.ofMillis(300)))
        .isInstanceOfSatisfying(
            EnigmaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TIMEOUT));
    rpc.call("evm_mine");
    assertThat(sent.await().succeeded()).isTrue();
  }

  private Call tokenDeployment() {
    return Call.deployment(EnigmaToken.deployment(account.address().toByteArray(), 1_000));
  }

  private static Address stranger(int number) {
    return Address.lastBytesOf(Bytes32.ofUnsigned(0x1000 + number));
  }
}
