package network.enigma.cli.demo;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import network.enigma.chain.BlockTag;
import network.enigma.chain.Call;
import network.enigma.chain.EthereumAccount;
import network.enigma.chain.EthereumRpc;
import network.enigma.cli.Terminal;
import network.enigma.client.CallOptions;
import network.enigma.client.ClientEvent;
import network.enigma.client.DeployOptions;
import network.enigma.client.Eng;
import network.enigma.client.EnigmaClient;
import network.enigma.client.SecretContract;
import network.enigma.client.Task;
import network.enigma.client.TaskProgress;
import network.enigma.client.TaskResult;
import network.enigma.client.TaskStage;
import network.enigma.client.solidity.CompiledContract;
import network.enigma.client.store.TaskRecord;
import network.enigma.contracts.RichestBoard;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.crypto.SigningKey;

/**
 * Yao's millionaires: some users submit sealed fortunes, another asks who is richest; the answer
 * comes back sealed to the asker, and as a callback into an ordinary Ethereum contract.
 */
public final class MillionairesDemo {
  private static final long BOARD_GAS = 1_000_000;

  private final Terminal terminal;
  private final EthereumRpc rpc;
  private final BiFunction<Integer, Consumer<ClientEvent>, EnigmaClient> connect;
  private final SigningKey deployerKey;
  private final Duration patience;

  /**
   * What came out.
   *
   * @param richest the address the asker read in the sealed result
   * @param onBoard the address the callback left in the Ethereum contract
   * @param secretsSeen fortunes that an observer of chain and node found; none is right
   */
  public record Outcome(Address richest, Address onBoard, List<BigInteger> secretsSeen) {}

  private record Sent(int account, Task task, TaskRecord record, Instant start) {}

  /**
   * A demo on one network.
   *
   * @param connect gives the client of an account
   * @param deployerKey of account 0, which deploys
   */
  public MillionairesDemo(
      Terminal terminal,
      EthereumRpc rpc,
      BiFunction<Integer, Consumer<ClientEvent>, EnigmaClient> connect,
      SigningKey deployerKey,
      Duration patience) {
    this.terminal = terminal;
    this.rpc = rpc;
    this.connect = connect;
    this.deployerKey = deployerKey;
    this.patience = patience;
  }

  /**
   * Runs the demo.
   *
   * @param fortunes of accounts 1, 2, …; the account after the last asks
   * @throws EnigmaException when a step fails or the outcome is wrong
   */
  public Outcome run(List<BigInteger> fortunes) {
    Instant begin = Instant.now();
    long firstBlock = rpc.blockNumber() + 1;
    int asker = fortunes.size() + 1;
    List<EnigmaClient> clients = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      AtomicReference<Instant> sealed = new AtomicReference<>(begin);
      clients.add(connect.apply(0, this::tell));
      for (int i = 1; i < asker; i++) {
        clients.add(connect.apply(i, event -> {}));
      }
      clients.add(
          connect.apply(
              asker,
              event -> {
                if (event instanceof ClientEvent.Sent) {
                  sealed.set(Instant.now());
                }
              }));

      SecretContract millionaires = deploy(clients.getFirst());
      Address board = deployBoard(clients.getFirst().forwarder(), millionaires.address());
      List<Sent> submissions = submit(threads, clients, millionaires, fortunes);
      return ask(clients, millionaires, board, submissions, fortunes, sealed, firstBlock, begin);
    } finally {
      clients.forEach(EnigmaClient::close);
    }
  }

  private void tell(ClientEvent event) {
    if (event instanceof ClientEvent.KeyPending pending) {
      terminal.progress(
          "  KEY_PENDING  waiting for the worker's enclave to announce the realm's key (%d ms)"
              .formatted(pending.waited().toMillis()));
    }
  }

  private SecretContract deploy(EnigmaClient client) {
    Instant start = Instant.now();
    CompiledContract contract = client.compiler().compileSample("samples/Millionaires.sol");
    Duration compiled = Duration.between(start, Instant.now());
    SecretContract millionaires = client.deploy(contract, List.of(), DeployOptions.DEFAULT).await();
    terminal.line(terminal.bold("The secret contract"));
    terminal.field("Millionaires", millionaires.address().checksummed());
    terminal.field("realm", millionaires.realm().hex());
    terminal.field("ready in", "%s (compiler %s)".formatted(since(start), text(compiled)));
    return millionaires;
  }

  private Address deployBoard(Address forwarder, Address millionaires) {
    Address board =
        new EthereumAccount(rpc, deployerKey)
            .execute(
                Call.deployment(
                        RichestBoard.deployment(
                            forwarder.toByteArray(), millionaires.toByteArray()))
                    .withGasLimit(BOARD_GAS))
            .contractAddress()
            .orElseThrow();
    terminal.field("RichestBoard", board.checksummed() + "  (an ordinary Ethereum contract)");
    return board;
  }

  private List<Sent> submit(
      ExecutorService threads,
      List<EnigmaClient> clients,
      SecretContract millionaires,
      List<BigInteger> fortunes) {
    terminal.line("");
    terminal.line(terminal.bold(fortunes.size() + " users submit sealed fortunes"));
    List<Future<Sent>> sending = new ArrayList<>();
    for (int i = 1; i <= fortunes.size(); i++) {
      int account = i;
      Callable<Sent> one =
          () ->
              send(
                  clients.get(account), account, millionaires, "submit", fortunes.get(account - 1));
      sending.add(threads.submit(one));
    }
    List<Sent> sent = new ArrayList<>();
    for (Future<Sent> each : sending) {
      sent.add(get(each));
    }
    for (Sent each : sent) {
      TaskProgress progress = each.task().awaitProgress(TaskStage.ANCHORED, patience);
      progress.result().orElseThrow().orThrow();
      terminal.field(
          "account " + each.account(),
          "%s  ANCHORED after %s, input %d sealed bytes"
              .formatted(
                  each.record().order().sender().checksummed(),
                  text(progress.elapsed()),
                  each.record().envelope().length()));
    }
    return sent;
  }

  private static Sent send(
      EnigmaClient client, int account, SecretContract contract, String function, Object argument) {
    Instant start = Instant.now();
    Task task =
        contract
            .as(client)
            .call(
                CallOptions.DEFAULT.withRoute(CallOptions.Route.DIRECT_ELSE_POSTED),
                function,
                List.of(argument));
    return new Sent(account, task, client.record(task.taskId()).orElseThrow(), start);
  }

  private static <T> T get(Future<T> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EnigmaException(ErrorCode.TIMEOUT, "interrupted", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof EnigmaException failure
          ? failure
          : new EnigmaException(ErrorCode.INTERNAL, String.valueOf(e.getCause()), e);
    }
  }

  private Outcome ask(
      List<EnigmaClient> clients,
      SecretContract millionaires,
      Address board,
      List<Sent> submissions,
      List<BigInteger> fortunes,
      AtomicReference<Instant> sealed,
      long firstBlock,
      Instant begin) {
    EnigmaClient asker = clients.getLast();
    // What a new asker does once: set ENG aside for this realm, so that the steps below show a task
    // alone.
    asker.allocate(millionaires.realm(), Eng.units("1"));
    Instant start = Instant.now();
    millionaires.abi().encodeCall("announceRichest", List.of(board));
    Duration encoding = Duration.between(start, Instant.now());
    Sent question = send(asker, clients.size() - 1, millionaires, "announceRichest", board);
    Duration sealing = Duration.between(question.start(), sealed.get());
    TaskProgress accepted = question.task().awaitProgress(TaskStage.ACCEPTED, patience);
    TaskProgress anchored = question.task().awaitProgress(TaskStage.ANCHORED, patience);
    Address richest = anchored.result().orElseThrow().value(Address.class);
    TaskProgress committed = question.task().awaitProgress(TaskStage.COMMITTED, patience);
    Address onBoard = richestOn(board);

    terminal.line("");
    terminal.line(
        terminal.bold(
            "Account %d asks who is richest, in five steps".formatted(question.account())));
    step(1, "the client encodes the call", encoding);
    step(2, "it seals the input to the realm's key and signs the order", sealing);
    step(3, "the node takes it, the enclave signs: ACCEPTED", accepted.elapsed());
    step(4, "the enclave ran it, key managers hold the new state: ANCHORED", anchored.elapsed());
    step(5, "the batch is on Ethereum, the callback has run: COMMITTED", committed.elapsed());

    List<Sent> all = new ArrayList<>(submissions);
    all.add(question);
    costs(all);
    List<BigInteger> found = observe(all, fortunes, firstBlock, richest);

    terminal.line("");
    terminal.line(
        terminal.bold(terminal.green("Richest: " + richest.checksummed()))
            + "  (account %d, sealed to the asker)".formatted(accountOf(clients, richest)));
    terminal.field("on the board", onBoard.checksummed() + "  (callback into RichestBoard)");
    terminal.field("took", since(begin) + " in all");

    Outcome outcome = new Outcome(richest, onBoard, found);
    terminal.object(json(outcome, fortunes, anchored, committed));
    check(outcome, clients, fortunes);
    return outcome;
  }

  private void step(int number, String what, Duration time) {
    terminal.line("  %d  %-64s %8s".formatted(number, what, text(time)));
  }

  private void costs(List<Sent> tasks) {
    terminal.line("");
    terminal.line(terminal.bold("What it cost"));
    for (Sent each : tasks) {
      TaskResult result = each.task().await(TaskStage.COMMITTED, patience);
      long ethereumGas =
          result.transaction().flatMap(rpc::receipt).map(receipt -> receipt.gasUsed()).orElse(0L);
      terminal.field(
          "account " + each.account(),
          "%s: %d gas used, %d charged, %s ENG; committed in a transaction of %d Ethereum gas"
              .formatted(
                  each.record().signature(),
                  result.gasUsed(),
                  result.gasCharged(),
                  Eng.text(result.fee()),
                  ethereumGas));
    }
  }

  private List<BigInteger> observe(
      List<Sent> tasks, List<BigInteger> fortunes, long firstBlock, Address richest) {
    Observer observer = new Observer();
    observer.readChain(rpc, firstBlock, rpc.blockNumber());
    for (Sent each : tasks) {
      observer.read(each.record().envelope().hex());
      observer.read(each.record().order().toString());
    }
    List<BigInteger> found = fortunes.stream().filter(observer::found).toList();
    Sent question = tasks.getLast();
    terminal.line("");
    terminal.line(terminal.bold("What an observer of chain and node saw"));
    terminal.field(
        "tasks",
        "who sent them, to which contract, when, sealed inputs of %s bytes, gas charged"
            .formatted(
                tasks.stream()
                    .map(each -> String.valueOf(each.record().envelope().length()))
                    .distinct()
                    .reduce((a, b) -> a + " or " + b)
                    .orElse("0")));
    terminal.field(
        "an input",
        question
                .record()
                .envelope()
                .slice(0, Math.min(32, question.record().envelope().length()))
                .hex()
            + "…");
    terminal.field(
        "the callback",
        "%s, because the contract chose to publish it".formatted(richest.checksummed()));
    terminal.field(
        "fortunes",
        "%s in %d characters of %d transactions, %d events and the tasks"
            .formatted(
                found.isEmpty() ? "none of them" : found.size() + " OF THEM",
                observer.characters(),
                observer.transactions(),
                observer.events()));
    return found;
  }

  private Address richestOn(Address board) {
    return Address.of(
        RichestBoard.Results.richest(
            rpc.callContract(board, Bytes.of(RichestBoard.richest()), BlockTag.LATEST)
                .toByteArray()));
  }

  private static int accountOf(List<EnigmaClient> clients, Address address) {
    for (int i = 0; i < clients.size(); i++) {
      if (clients.get(i).address().equals(address)) {
        return i;
      }
    }
    return -1;
  }

  /** The first of the largest fortunes; that account's address must be everywhere. */
  private static void check(
      Outcome outcome, List<EnigmaClient> clients, List<BigInteger> fortunes) {
    BigInteger most = fortunes.stream().reduce(BigInteger.ZERO, BigInteger::max);
    List<Address> possible = new ArrayList<>();
    for (int i = 0; i < fortunes.size(); i++) {
      if (fortunes.get(i).equals(most)) {
        possible.add(clients.get(i + 1).address());
      }
    }
    if (!possible.contains(outcome.richest())
        || !outcome.onBoard().equals(outcome.richest())
        || !outcome.secretsSeen().isEmpty()) {
      throw new EnigmaException(
          ErrorCode.INTERNAL,
          "the demo came out wrong: sealed result %s, board %s, %d fortunes seen"
              .formatted(
                  outcome.richest().hex(), outcome.onBoard().hex(), outcome.secretsSeen().size()));
    }
  }

  private static Map<String, Object> json(
      Outcome outcome, List<BigInteger> fortunes, TaskProgress anchored, TaskProgress committed) {
    Bytes32 taskId = anchored.taskId();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("richest", outcome.richest().checksummed());
    fields.put("board", outcome.onBoard().checksummed());
    fields.put("participants", fortunes.size());
    fields.put("fortunesSeen", outcome.secretsSeen().size());
    fields.put("taskId", taskId.hex());
    fields.put("anchoredMillis", anchored.elapsed().toMillis());
    fields.put("committedMillis", committed.elapsed().toMillis());
    return fields;
  }

  private static String since(Instant start) {
    return text(Duration.between(start, Instant.now()));
  }

  private static String text(Duration duration) {
    double millis = duration.toNanos() / 1e6;
    return millis < 10
        ? "%.1f ms".formatted(millis)
        : millis < 1_000 ? "%.0f ms".formatted(millis) : "%.1f s".formatted(millis / 1_000);
  }
}
