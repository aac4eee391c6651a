package network.enigma.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import network.enigma.chain.BlockTag;
import network.enigma.chain.Call;
import network.enigma.chain.EthereumAccount;
import network.enigma.chain.EthereumRpc;
import network.enigma.chain.TransactionReceipt;
import network.enigma.contracts.Enigma;
import network.enigma.contracts.EnigmaToken;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.ContractTerms;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.TaskKind;
import network.enigma.protocol.TaskOrder;
import org.jspecify.annotations.Nullable;

/**
 * The Enigma contract and the ENG token as one account sees them, at the user's own Ethereum
 * endpoint.
 */
final class Ledger {
  /** Most nodes looked up at once. */
  private static final int MOST_NODES = 32;

  /** A commit's event and where it stands. */
  record Commit(Enigma.Event.Committed event, Bytes32 transaction, long block) {}

  /** An event and where it stands. */
  record Logged(Enigma.Event event, long block, long index) {}

  private record Log(
      List<byte[]> topics, byte[] data, Bytes32 transaction, long block, long index) {}

  private static final Duration RECENT = Duration.ofMillis(250);

  private final EthereumRpc rpc;
  private final EthereumAccount account;
  private final Address enigma;
  private final Address token;
  private final long firstBlock;
  private final Lately<Address, Long> recentBlock;

  Ledger(EthereumRpc rpc, EthereumAccount account, Address enigma) {
    this.rpc = rpc;
    this.account = account;
    this.enigma = enigma;
    this.firstBlock = 0;
    this.recentBlock = new Lately<>(RECENT, unused -> rpc.blockNumber());
    if (rpc.code(enigma, BlockTag.LATEST).isEmpty()) {
      throw new EnigmaException(
          ErrorCode.WRONG_ADDRESS_BOOK,
          "there is no contract at %s on the chain of %s".formatted(enigma.hex(), rpc.endpoint()));
    }
    this.token = Address.of(Enigma.Results.token(read(Enigma.token())));
  }

  EthereumRpc rpc() {
    return rpc;
  }

  Address enigma() {
    return enigma;
  }

  Address token() {
    return token;
  }

  Address account() {
    return account.address();
  }

  long blockNumber() {
    return rpc.blockNumber();
  }

  /** The latest block, or the one before if that came just now. */
  long recentBlockNumber() {
    return recentBlock.get(enigma);
  }

  /** Makes the next question about a recent block read the chain again. */
  void forgetRecentBlock() {
    recentBlock.forget(enigma);
  }

  private byte[] read(byte[] call) {
    return rpc.callContract(enigma, Bytes.of(call), BlockTag.LATEST).toByteArray();
  }

  // ------------------------------------------------------------------------------------------------------------ network

  Bytes32 networkHash() {
    return Bytes32.of(Enigma.Results.networkHash(read(Enigma.networkHash())));
  }

  Enigma.Parameters parameters() {
    return Enigma.Results.parameters(read(Enigma.parameters()));
  }

  Enigma.NetworkView network() {
    return Enigma.Results.network(read(Enigma.network()));
  }

  Enigma.EpochView epoch(long epoch) {
    return Enigma.Results.getEpoch(read(Enigma.getEpoch(epoch)));
  }

  Enigma.WorkerView worker(long worker) {
    return Enigma.Results.getWorker(read(Enigma.getWorker(worker)));
  }

  /** Several workers in one request. */
  List<Enigma.WorkerView> workers(Collection<Long> workers) {
    return readAll(workers.stream().map(Enigma::getWorker).toList()).stream()
        .map(Enigma.Results::getWorker)
        .toList();
  }

  /**
   * URLs of nodes as their operators gave them, at most {@link #MOST_NODES}: those of a realm's
   * workers first, then those that registered last.
   */
  List<URI> nodeUrls(Optional<Bytes32> realm) {
    Set<Long> numbers = new LinkedHashSet<>();
    if (realm.isPresent()) {
      Enigma.RealmView view =
          Enigma.Results.getRealm(read(Enigma.getRealm(realm.get().toByteArray())));
      numbers.add(view.worker());
      numbers.addAll(view.ranks());
      numbers.remove(0L);
    }
    for (long number = network().workerCount();
        number > 0 && numbers.size() < MOST_NODES;
        number--) {
      numbers.add(number);
    }
    return readAll(
            workers(numbers).stream()
                .filter(worker -> !worker.loggedOut() && !worker.evicted())
                .map(worker -> Enigma.getEndpoint(worker.enclave()))
                .toList())
        .stream()
        .flatMap(answer -> httpUrl(Enigma.Results.getEndpoint(answer).url()).stream())
        .toList();
  }

  /** An operator may write anything; what is no address is passed over. */
  private static Optional<URI> httpUrl(String text) {
    try {
      URI url = new URI(text);
      boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      return http && url.getHost() != null ? Optional.of(url) : Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  /** Answers of the contract to several calls, in one request. */
  private List<byte[]> readAll(List<byte[]> calls) {
    return rpc
        .batch(
            calls.stream()
                .map(call ->
                    EthereumRpc.Request.of(
                        "eth_call",
                        Map.of("to", enigma.hex(), "data", Bytes.of(call).hex()),
                        "latest"))
                .toList())
        .stream()
        .map(answer -> Bytes.fromHex(answer.asText()).toByteArray())
        .toList();
  }

  Address forwarder() {
    return Address.of(Enigma.Results.forwarder(read(Enigma.forwarder())));
  }

  // ------------------------------------------------------------------------------------------------------------- realms

  /**
   * A realm as stored.
   *
   * @throws EnigmaException UNKNOWN_REALM
   */
  Enigma.RealmView realm(Bytes32 realm) {
    Enigma.RealmView view = Enigma.Results.getRealm(read(Enigma.getRealm(realm.toByteArray())));
    if (Address.of(view.owner()).isZero()) {
      throw new EnigmaException(ErrorCode.UNKNOWN_REALM, "no realm " + realm.hex() + " is open");
    }
    return view;
  }

  List<Enigma.Event.KeyAnnounced> announcements(Bytes32 realm) {
    List<Enigma.Event.KeyAnnounced> announced = new ArrayList<>();
    for (Log log : logs(Enigma.Event.KeyAnnounced.TOPIC, realm, firstBlock)) {
      announced.add(Enigma.Event.KeyAnnounced.decode(log.topics(), log.data()));
    }
    return announced.reversed();
  }

  /**
   * Opens a realm and draws its worker in one transaction; the draw is left out where there is no
   * seed yet.
   */
  TransactionReceipt open(Bytes32 salt, Bytes32 realm, int options) {
    byte[] open = Enigma.open(salt.toByteArray(), options);
    byte[] assign = Enigma.assign(realm.toByteArray());
    try {
      return send(Enigma.multicall(List.of(open, assign)));
    } catch (EnigmaException e) {
      if (e.code() != ErrorCode.NOT_ASSIGNED) {
        throw e;
      }
      return send(open);
    }
  }

  /**
   * Draws the realm's worker; somebody else having done so, or the seed not being there yet, is no
   * error.
   */
  void tryAssign(Bytes32 realm) {
    try {
      send(Enigma.assign(realm.toByteArray()));
    } catch (EnigmaException e) {
      if (e.code() == ErrorCode.NO_WORKERS) {
        throw e;
      }
    }
  }

  /** Draws the worker of the realm's next tenure. */
  void renew(Bytes32 realm) {
    send(Enigma.renew(realm.toByteArray()));
  }

  // -------------------------------------------------------------------------------------------------------------- money

  /** ENG of an account outside Enigma, in units of 10⁻⁸. */
  BigInteger tokens(Address of) {
    return EnigmaToken.Results.balanceOf(
        rpc.callContract(token, Bytes.of(EnigmaToken.balanceOf(of.toByteArray())), BlockTag.LATEST)
            .toByteArray());
  }

  /** ENG of an account inside Enigma, in units of 10⁻⁸. */
  long balance(Address of) {
    return Enigma.Results.balanceOf(read(Enigma.balanceOf(of.toByteArray())));
  }

  Enigma.AllocationView allocation(Bytes32 realm, Address payer) {
    return Enigma.Results.getAllocation(
        read(Enigma.getAllocation(realm.toByteArray(), payer.toByteArray())));
  }

  void deposit(long amount) {
    account.execute(
        Call.of(token, EnigmaToken.approve(enigma.toByteArray(), BigInteger.valueOf(amount))));
    send(Enigma.deposit(amount));
  }

  void transfer(Address to, BigInteger amount) {
    account.execute(Call.of(token, EnigmaToken.transfer(to.toByteArray(), amount)));
  }

  void allocate(Bytes32 realm, long amount) {
    send(Enigma.allocate(realm.toByteArray(), amount));
  }

  void leave(Bytes32 realm, long amount) {
    send(Enigma.leave(realm.toByteArray(), amount));
  }

  void finishLeave(Bytes32 realm) {
    send(Enigma.finishLeave(realm.toByteArray()));
  }

  void withdraw(Address to, long amount) {
    send(Enigma.withdraw(to.toByteArray(), amount));
  }

  void revokeSessions(Bytes32 realm) {
    send(Enigma.revokeSessions(realm.toByteArray()));
  }

  // -------------------------------------------------------------------------------------------------------------- tasks

  TransactionReceipt post(TaskOrder order, Bytes envelope) {
    return send(Enigma.post(binding(order), envelope.toByteArray()));
  }

  /** Posts an order whose envelope and code go to the nodes. */
  TransactionReceipt post(TaskOrder order) {
    return send(Enigma.post(binding(order)));
  }

  // ----------------------------------------------------------------------------------------------------------- upgrades

  void announceUpgrade(Bytes32 realm, ContractTerms terms, Bytes32 codeHash) {
    send(
        Enigma.postUpgrade(
            new Enigma.UpgradeTerms(
                realm.toByteArray(),
                terms.deployer().toByteArray(),
                terms.salt().toByteArray(),
                terms.codeHash().toByteArray(),
                terms.dialect(),
                terms.authority().toByteArray(),
                terms.delay()),
            codeHash.toByteArray()));
  }

  void cancelUpgrade(Bytes32 realm, Address target, Bytes32 codeHash) {
    send(Enigma.cancelUpgrade(realm.toByteArray(), target.toByteArray(), codeHash.toByteArray()));
  }

  /** The announcement of code for a contract; its authority is zero where there is none. */
  Enigma.Results.GetUpgradeResult upgrade(Bytes32 realm, Address target, Bytes32 codeHash) {
    return Enigma.Results.getUpgrade(
        read(Enigma.getUpgrade(realm.toByteArray(), target.toByteArray(), codeHash.toByteArray())));
  }

  /**
   * What the chain has of a contract's upgrades, in its order: announcements, their ends, and the
   * authority's posted tasks in the realm with how they were settled.
   */
  List<Logged> upgrades(Bytes32 realm, Address target, Address authority) {
    List<Log> found =
        logs(
            List.of(
                List.of(Enigma.Event.UpgradeAnnounced.TOPIC, Enigma.Event.UpgradeCancelled.TOPIC),
                realm.hex(),
                word(target)),
            firstBlock,
            "latest");
    if (found.isEmpty()) {
      return List.of();
    }
    List<Log> posted =
        logs(
            Arrays.asList(Enigma.Event.TaskPosted.TOPIC, realm.hex(), null, word(authority)),
            found.getFirst().block,
            "latest");
    posted.removeIf(log -> !isUpgradeOf(target, log));
    found.addAll(posted);
    if (!posted.isEmpty()) {
      found.addAll(
          logs(
              List.of(
                  List.of(Enigma.Event.TaskSettled.TOPIC, Enigma.Event.TaskExpired.TOPIC),
                  realm.hex(),
                  posted.stream().map(log -> Bytes.of(log.topics.get(2)).hex()).toList()),
              posted.getFirst().block,
              "latest"));
    }
    return found.stream()
        .sorted(Comparator.comparingLong(Log::block).thenComparingLong(Log::index))
        .flatMap(log ->
            Enigma.Event.decode(log.topics, log.data)
                .map(event -> new Logged(event, log.block, log.index))
                .stream())
        .toList();
  }

  private static boolean isUpgradeOf(Address target, Log log) {
    Enigma.Event.TaskPosted task = Enigma.Event.TaskPosted.decode(log.topics, log.data);
    return task.kind() == TaskKind.UPGRADE.number() && Address.of(task.target()).equals(target);
  }

  private static String word(Address address) {
    return "0x" + "0".repeat(24) + address.hex().substring(2);
  }

  Enigma.TaskView task(Bytes32 realm, Bytes32 taskId) {
    return Enigma.Results.getTask(read(Enigma.getTask(realm.toByteArray(), taskId.toByteArray())));
  }

  private static Enigma.TaskOrder binding(TaskOrder order) {
    return new Enigma.TaskOrder(
        order.sender().toByteArray(),
        order.realm().toByteArray(),
        order.target().toByteArray(),
        order.kind().number(),
        order.codeHash().toByteArray(),
        order.inputHash().toByteArray(),
        order.gasLimit(),
        order.gasPrice(),
        order.expiry(),
        order.salt().toByteArray());
  }

  /** What the chain committed in a realm in consecutive blocks. */
  List<Commit> commits(Bytes32 realm, long fromBlock, long toBlock) {
    List<Commit> commits = new ArrayList<>();
    for (Log log :
        logs(Enigma.Event.Committed.TOPIC, realm, fromBlock, "0x" + Long.toHexString(toBlock))) {
      commits.add(
          new Commit(
              Enigma.Event.Committed.decode(log.topics(), log.data()),
              log.transaction(),
              log.block()));
    }
    return commits;
  }

  /** Callbacks of a task that ran, and that failed, since a block. */
  List<Enigma.Event.CallbackDone> callbacks(Bytes32 realm, long fromBlock) {
    List<Enigma.Event.CallbackDone> done = new ArrayList<>();
    for (Log log : logs(Enigma.Event.CallbackDone.TOPIC, realm, fromBlock)) {
      done.add(Enigma.Event.CallbackDone.decode(log.topics(), log.data()));
    }
    return done;
  }

  private TransactionReceipt send(byte[] call) {
    return account.execute(Call.of(enigma, call));
  }

  private List<Log> logs(String topic, Bytes32 realm, long fromBlock) {
    return logs(topic, realm, fromBlock, "latest");
  }

  private List<Log> logs(String topic, Bytes32 realm, long fromBlock, String toBlock) {
    return logs(List.of(topic, realm.hex()), fromBlock, toBlock);
  }

  /**
   * @param topics each a topic, several of which one must fit, or null for any
   */
  private List<Log> logs(List<@Nullable Object> topics, long fromBlock, String toBlock) {
    Map<String, Object> filter = new LinkedHashMap<>();
    filter.put("address", enigma.hex());
    filter.put("topics", topics);
    filter.put("fromBlock", "0x" + Long.toHexString(fromBlock));
    filter.put("toBlock", toBlock);
    List<Log> logs = new ArrayList<>();
    for (JsonNode node : rpc.call("eth_getLogs", filter)) {
      List<byte[]> words = new ArrayList<>();
      for (JsonNode each : node.path("topics")) {
        words.add(Bytes32.fromHex(each.asText()).toByteArray());
      }
      logs.add(
          new Log(
              words,
              Bytes.fromHex(node.path("data").asText()).toByteArray(),
              Bytes32.fromHex(node.path("transactionHash").asText()),
              Long.decode(node.path("blockNumber").asText()),
              Long.decode(node.path("logIndex").asText())));
    }
    return logs;
  }
}
