package network.enigma.cli.bench;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import network.enigma.chain.Call;
import network.enigma.chain.EthereumAccount;
import network.enigma.chain.EthereumRpc;
import network.enigma.client.DeployOptions;
import network.enigma.client.Eng;
import network.enigma.client.EnigmaClient;
import network.enigma.client.SecretContract;
import network.enigma.client.Task;
import network.enigma.client.TaskProgress;
import network.enigma.client.TaskStage;
import network.enigma.contracts.PlainToken;
import network.enigma.protocol.Address;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.crypto.SigningKey;

/**
 * Transfers of a secret ERC-20 on one worker, sent and verified by the client library as a user
 * would, every rule in force, all settled on Ethereum before the clock stops; beside it the same
 * ERC-20 in the open on the same chain.
 */
public final class TasksBench {
  private static final int SENDERS = 8;
  private static final int PACED = 60;
  private static final long TRANSFER_GAS = 100_000;
  private static final long CREATION_GAS = 3_000_000;
  private static final BigInteger SUPPLY = BigInteger.TEN.pow(18);

  private final IntFunction<EnigmaClient> clients;
  private final IntFunction<SigningKey> keys;
  private final EthereumRpc rpc;
  private final Duration patience;
  private final Consumer<String> progress;

  /**
   * A benchmark on a running network.
   *
   * @param clients of accounts 0 to 8
   * @param keys of the same accounts
   */
  public TasksBench(
      IntFunction<EnigmaClient> clients,
      IntFunction<SigningKey> keys,
      EthereumRpc rpc,
      Duration patience,
      Consumer<String> progress) {
    this.clients = clients;
    this.keys = keys;
    this.rpc = rpc;
    this.patience = patience;
    this.progress = progress;
  }

  /**
   * Measures.
   *
   * @param tasks how many transfers under load
   * @param inFlight how many at a time
   */
  public Map<String, Object> run(int tasks, int inFlight) {
    Map<String, Object> result = new LinkedHashMap<>(secret(tasks, inFlight));
    progress.accept("The same token in the open");
    result.put("plainTransfersPerSecond", plain(tasks, inFlight));
    return result;
  }

  /** Measures the secret token alone. */
  public Map<String, Object> secret(int tasks, int inFlight) {
    List<EnigmaClient> senders = new ArrayList<>();
    try {
      for (int i = 0; i <= SENDERS; i++) {
        senders.add(clients.apply(i));
      }
      EnigmaClient deployer = senders.getFirst();
      progress.accept("Deploying the secret token");
      SecretContract token =
          deployer
              .deploy(
                  deployer.compiler().compileSample("samples/SecretToken.sol"),
                  List.of(SUPPLY),
                  DeployOptions.DEFAULT)
              .await();
      progress.accept("Setting ENG aside and giving every sender tokens");
      work(
          senders.size(),
          senders.size(),
          number -> senders.get(number).allocate(token.realm(), Eng.units("10")));
      work(
          senders.size(),
          senders.size(),
          number -> token.call("transfer", senders.get(number).address(), 1_000_000_000).await());
      progress.accept("One transfer after the other: " + PACED);
      List<Long> paced = new ArrayList<>();
      for (int i = 0; i < PACED; i++) {
        paced.add(transfer(token, senders, i).elapsed().toNanos());
      }
      progress.accept("%d transfers, %d at a time".formatted(tasks, inFlight));
      Map<String, Object> result = new LinkedHashMap<>(loaded(token, senders, tasks, inFlight));
      result.put("p50Millis", percentile(paced, 50));
      result.put("p99Millis", percentile(paced, 99));
      return result;
    } finally {
      senders.forEach(EnigmaClient::close);
    }
  }

  private TaskProgress transfer(SecretContract token, List<EnigmaClient> senders, int number) {
    Task task = send(token, senders, number);
    TaskProgress anchored = task.awaitProgress(TaskStage.ANCHORED, patience);
    anchored.result().orElseThrow().orThrow();
    return anchored;
  }

  private static Task send(SecretContract token, List<EnigmaClient> senders, int number) {
    EnigmaClient sender = senders.get(1 + number % SENDERS);
    return token.as(sender).call("transfer", receiver(number), 1);
  }

  private static Address receiver(int number) {
    return Address.lastBytesOf(Keccak.hashText("receiver " + number % 100));
  }

  private Map<String, Object> loaded(
      SecretContract token, List<EnigmaClient> senders, int tasks, int inFlight) {
    List<Task> sent = new ArrayList<>();
    List<Long> nanos = new ArrayList<>();
    Instant start = Instant.now();
    work(
        tasks,
        inFlight,
        number -> {
          Task task = send(token, senders, number);
          TaskProgress anchored = task.awaitProgress(TaskStage.ANCHORED, patience);
          anchored.result().orElseThrow().orThrow();
          synchronized (sent) {
            sent.add(task);
            nanos.add(anchored.elapsed().toNanos());
          }
        });
    double anchoredSeconds = seconds(start);
    sent.forEach(task -> task.await(TaskStage.COMMITTED, patience));
    double settledSeconds = seconds(start);
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("tasks", tasks);
    result.put("inFlight", inFlight);
    result.put("tasksPerSecond", rounded(tasks / anchoredSeconds));
    result.put("settledPerSecond", rounded(tasks / settledSeconds));
    result.put("loadedP50Millis", percentile(nanos, 50));
    result.put("loadedP99Millis", percentile(nanos, 99));
    return result;
  }

  private double plain(int transfers, int inFlight) {
    EthereumAccount deployer = new EthereumAccount(rpc, keys.apply(0));
    Address token =
        deployer
            .execute(Call.deployment(PlainToken.deployment(SUPPLY)).withGasLimit(CREATION_GAS))
            .contractAddress()
            .orElseThrow();
    List<EthereumAccount> accounts = new ArrayList<>();
    for (int i = 1; i <= SENDERS; i++) {
      accounts.add(new EthereumAccount(rpc, keys.apply(i)));
      deployer.execute(
          Call.of(
                  token,
                  PlainToken.transfer(
                      accounts.getLast().address().toByteArray(), BigInteger.valueOf(1_000_000)))
              .withGasLimit(TRANSFER_GAS));
    }
    Instant start = Instant.now();
    work(
        transfers,
        inFlight,
        number ->
            accounts
                .get(number % SENDERS)
                .execute(
                    Call.of(
                            token,
                            PlainToken.transfer(receiver(number).toByteArray(), BigInteger.ONE))
                        .withGasLimit(TRANSFER_GAS)));
    return rounded(transfers / seconds(start));
  }

  private interface Work {
    void perform(int number);
  }

  private static void work(int count, int inFlight, Work work) {
    AtomicInteger next = new AtomicInteger();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < inFlight; i++) {
        running.add(
            threads.submit(() -> {
              for (int number = next.getAndIncrement();
                  number < count;
                  number = next.getAndIncrement()) {
                work.perform(number);
              }
            }));
      }
      for (Future<?> each : running) {
        each.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EnigmaException(ErrorCode.TIMEOUT, "the benchmark was interrupted", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof EnigmaException failure
          ? failure
          : new EnigmaException(ErrorCode.INTERNAL, String.valueOf(e.getCause()), e);
    }
  }

  private static double seconds(Instant start) {
    return Duration.between(start, Instant.now()).toNanos() / 1e9;
  }

  private static double rounded(double number) {
    return Math.round(number * 10) / 10.0;
  }

  private static double percentile(List<Long> nanos, int percent) {
    List<Long> sorted = nanos.stream().sorted().toList();
    int index = Math.min(sorted.size() - 1, sorted.size() * percent / 100);
    return rounded(sorted.get(index) / 1e6);
  }
}
