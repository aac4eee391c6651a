package network.enigma.testnet;

import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import network.enigma.chain.EnigmaContract;
import network.enigma.chain.EthereumAccount;
import network.enigma.chain.EthereumRpc;
import network.enigma.chain.anvil.Anvil;
import network.enigma.chain.anvil.AnvilOptions;
import network.enigma.node.WorkerNode;
import network.enigma.node.WorkerNodeConfig;
import network.enigma.node.keymanager.KeyManagerNode;
import network.enigma.node.keymanager.KeyManagerNodeConfig;
import network.enigma.node.peer.PeerTraffic;
import network.enigma.node.register.EvidenceCompletion;
import network.enigma.node.schedule.Renewals;
import network.enigma.platform.EnclaveChannel;
import network.enigma.platform.Enclaves;
import network.enigma.platform.Placement;
import network.enigma.platform.collateral.CollateralOptions;
import network.enigma.platform.collateral.CollateralSupply;
import network.enigma.protocol.Address;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.NetworkConfig;
import network.enigma.protocol.Role;
import network.enigma.protocol.crypto.SecretBytes;
import network.enigma.protocol.crypto.SigningKey;
import org.jspecify.annotations.Nullable;

/**
 * A running network: anvil, the contracts, three key managers and some workers with simulated
 * enclaves, funded accounts. Closing it stops everything in reverse order; a network with a state
 * directory can be started again from it.
 */
public final class Testnet implements AutoCloseable {
  /** ENG each account holds, in units of 10⁻⁸: 100,000. */
  public static final long ACCOUNT_TOKENS = 10_000_000_000_000L;

  /** ENG each account has deposited, in units of 10⁻⁸: 1,000. */
  public static final long ACCOUNT_DEPOSIT = 100_000_000_000L;

  private static final int KEY_MANAGERS = 3;
  private static final int SEATS = 5;
  private static final Duration SEED_PATIENCE = Duration.ofMinutes(3);
  private static final Duration MINE_AGAIN = Duration.ofSeconds(1);
  private static final Duration SEED_LOOK = Duration.ofMillis(20);
  private static final BigInteger OPERATOR_WEI = BigInteger.TEN.pow(21);

  /** What was started, the last first. */
  private final Deque<AutoCloseable> owned = new ArrayDeque<>();

  private final Builder options;
  private final Ports ports = new Ports();
  private volatile @Nullable TestnetRecord record;
  private Duration readyAfter = Duration.ZERO;
  private volatile List<WorkerNode> workers = List.of();
  private volatile List<KeyManagerNode> keyManagers = List.of();
  private volatile @Nullable Parts parts;

  /** What the nodes are started with, again if need be. */
  private record Parts(
      TestnetDirectory directory,
      Anvil anvil,
      NetworkConfig config,
      List<Integer> rpcPorts,
      int metricsPort) {}

  private Testnet(Builder options) {
    this.options = options;
  }

  public static Builder builder() {
    return new Builder();
  }

  private void start() {
    Instant begin = Instant.now();
    own(ports);
    TestnetDirectory directory = own(TestnetDirectory.open(options.state(), options.reset));
    options.logs.accept(directory.logs());
    Optional<NetworkConfig> resumed = directory.network();
    options.progress.accept(resumed.isPresent() ? "Resuming the chain" : "Starting the chain");
    // Enclaves start beside the chain: they need to know nothing of it yet.
    StartingEnclaves enclaves = own(new StartingEnclaves());
    for (int i = 0; i < KEY_MANAGERS; i++) {
      enclaves.start(directory, Role.KEY_MANAGER, i);
    }
    for (int i = 0; i < options.workers; i++) {
      enclaves.start(directory, Role.WORKER, i);
    }
    Anvil anvil = own(startAnvil(directory));
    EthereumRpc rpc = own(new EthereumRpc(anvil.url()));
    EthereumAccount governor = new EthereumAccount(rpc, accounts().getFirst().key());
    ContractDeployment deployment = new ContractDeployment(rpc, governor);
    ContractDeployment.Deployed network;
    if (resumed.isPresent()) {
      network = deployment.find(resumed.get());
    } else {
      options.progress.accept("Deploying the contracts");
      network = deployment.deploy(options.parameters(), options.finalityBlocks);
      fund(rpc, deployment, network);
    }
    NetworkConfig config = network.config();
    Parts starting = parts(directory, anvil, config);
    parts = starting;
    keyManagers =
        startAll(
            KEY_MANAGERS,
            i -> startKeyManager(starting, i, ports.next(0), enclaves.take(Role.KEY_MANAGER, i)));
    if (resumed.isEmpty()) {
      options.progress.accept("The key managers share the master secret");
      new Genesis(governor, config, () -> makeFinal(rpc, config)).run(keyManagers);
      directory.save(config);
    }
    keyManagers.forEach(KeyManagerNode::publish);
    options.progress.accept("Starting the workers");
    workers =
        startAll(
            options.workers,
            i -> startWorker(starting, i, ports.next(0), enclaves.take(Role.WORKER, i)));
    makeFinal(rpc, config);
    // Only now: the first seed draws from the seats that are taken when it comes.
    keyManagers.forEach(KeyManagerNode::connect);
    awaitSeed(rpc, config);
    awaitPeers();
    awaitCounting(rpc, config, resumed.isPresent());
    rpc.call("evm_setIntervalMining", Math.max(1, options.blockTime.toSeconds()));
    ExplorerServer explorer =
        own(
            ExplorerServer.start(
                ports.next(options.pagePort),
                new WebPages("explorer"),
                this::record,
                directory.logs()));
    TestnetRecord complete =
        new TestnetRecord(
            ProcessHandle.current().pid(),
            Instant.now().toEpochMilli(),
            config.chainId(),
            anvil.url(),
            workers.stream().map(WorkerNode::rpcUrl).toList(),
            explorer.url(),
            config.enigma(),
            network.token(),
            network.forwarder(),
            directory.root());
    record = complete;
    complete.publish(options.userDirectory);
    own(() -> complete.withdraw(options.userDirectory));
    readyAfter = Duration.between(begin, Instant.now());
  }

  private synchronized <T extends AutoCloseable> T own(T part) {
    owned.push(part);
    return part;
  }

  private Anvil startAnvil(TestnetDirectory directory) {
    PrintWriter log;
    try {
      log =
          own(
              new PrintWriter(
                  Files.newBufferedWriter(directory.log("chain"), StandardCharsets.UTF_8), true));
    } catch (IOException e) {
      throw new EnigmaException(
          ErrorCode.STATE_DIRECTORY_UNUSABLE, "cannot write the chain's log", e);
    }
    AnvilOptions anvil =
        AnvilOptions.standard()
            .withPort(options.chainPort == 0 ? 0 : ports.next(options.chainPort))
            .withAccounts(TestAccount.all().size());
    return Anvil.start(
        options.state().isPresent() ? anvil.withState(directory.chainState()) : anvil,
        log::println);
  }

  private void fund(
      EthereumRpc rpc, ContractDeployment deployment, ContractDeployment.Deployed network) {
    List<Address> operators = new ArrayList<>();
    for (int i = 0; i < KEY_MANAGERS; i++) {
      operators.add(operator(network.config(), Role.KEY_MANAGER, i).address());
    }
    for (int i = 0; i < options.workers; i++) {
      operators.add(operator(network.config(), Role.WORKER, i).address());
    }
    rpc.batch(
        operators.stream()
            .map(operator ->
                EthereumRpc.Request.of(
                    "anvil_setBalance", operator.hex(), "0x" + OPERATOR_WEI.toString(16)))
            .toList());
    deployment.fund(
        network,
        operators.subList(KEY_MANAGERS, operators.size()),
        0,
        Math.multiplyExact(ContractDeployment.SEAT_UNIT, SEATS + 1L));
    deployment.fund(
        network,
        accounts().stream().map(TestAccount::address).toList(),
        ACCOUNT_TOKENS,
        ACCOUNT_DEPOSIT);
  }

  /** Operators' keys follow from the network, so that a resumed network has the same. */
  private static SigningKey operator(NetworkConfig config, Role role, int index) {
    return SigningKey.of(
        SecretBytes.of(
            Keccak.hash(
                    config.enigma().toByteArray(),
                    "testnet operator".getBytes(StandardCharsets.UTF_8),
                    new byte[] {(byte) role.number(), (byte) index})
                .toByteArray()));
  }

  /** Enclaves on their way, until their hosts take them. */
  private final class StartingEnclaves implements AutoCloseable {
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Future<EnclaveChannel>> starting = new ConcurrentHashMap<>();

    void start(TestnetDirectory directory, Role role, int index) {
      starting.put(name(role, index), threads.submit(() -> startEnclave(directory, role, index)));
    }

    /** The enclave, which the caller closes from now on. */
    EnclaveChannel take(Role role, int index) {
      return get(Objects.requireNonNull(starting.remove(name(role, index))));
    }

    @Override
    public void close() {
      threads.close();
      for (Future<EnclaveChannel> each : starting.values()) {
        if (each.state() == Future.State.SUCCESS) {
          each.resultNow().close();
        }
      }
    }
  }

  private EnclaveChannel startEnclave(TestnetDirectory directory, Role role, int index) {
    Path place = directory.create(name(role, index) + "/enclave");
    return new LoggedChannel(
        name(role, index),
        options.channels.between(
            role,
            index,
            Enclaves.start(
                role,
                NetworkConfig.Mode.SIMULATION,
                place,
                options.processes ? Placement.CHILD_PROCESS : Placement.IN_PROCESS)));
  }

  private static String name(Role role, int index) {
    return (role == Role.WORKER ? "worker-" : "key-manager-") + (index + 1);
  }

  /** Starts several parts at once; each is owned as soon as it runs. */
  private <T extends AutoCloseable> List<T> startAll(int count, IntFunction<T> start) {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<T>> starting = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int index = i;
        starting.add(threads.submit(() -> own(start.apply(index))));
      }
      List<T> started = new ArrayList<>();
      for (Future<T> each : starting) {
        started.add(get(each));
      }
      return List.copyOf(started);
    }
  }

  private static <T> T get(Future<T> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EnigmaException(ErrorCode.TIMEOUT, "the start was interrupted", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof EnigmaException failure
          ? failure
          : new EnigmaException(ErrorCode.INTERNAL, "a part did not start: " + e.getCause(), e);
    }
  }

  private Parts parts(TestnetDirectory directory, Anvil anvil, NetworkConfig config) {
    List<Integer> rpcPorts = new ArrayList<>();
    for (int i = 0; i < options.workers; i++) {
      rpcPorts.add(ports.next(options.nodePort));
    }
    return new Parts(
        directory, anvil, config, List.copyOf(rpcPorts), ports.next(options.metricsPort));
  }

  /**
   * Starts a key manager from its directory.
   *
   * @param peerPort where other hosts reach it
   * @param enclave owned by the node from now on
   */
  private KeyManagerNode startKeyManager(
      Parts from, int index, int peerPort, EnclaveChannel enclave) {
    String name = name(Role.KEY_MANAGER, index);
    return KeyManagerNode.start(
        new KeyManagerNodeConfig(
            from.config,
            from.anvil.url(),
            operator(from.config, Role.KEY_MANAGER, index),
            from.directory.create(name + "/host"),
            peerPort,
            options.traffic,
            completion(from, name)),
        enclave);
  }

  /** Completes the evidence of a host's enclave, and keeps what it needs for that beside it. */
  private EvidenceCompletion completion(Parts from, String name) {
    CollateralSupply supply =
        own(
            options.collateral.supply(
                from.directory.create(name + "/collateral"), Clock.systemUTC()));
    return supply::complete;
  }

  /**
   * Starts a worker from its directory.
   *
   * @param peerPort where other hosts reach it
   * @param enclave owned by the node from now on
   */
  private WorkerNode startWorker(Parts from, int index, int peerPort, EnclaveChannel enclave) {
    String name = name(Role.WORKER, index);
    return WorkerNode.start(
        new WorkerNodeConfig(
            from.config,
            from.anvil.url(),
            operator(from.config, Role.WORKER, index),
            SEATS,
            from.directory.create(name + "/host"),
            0,
            from.rpcPorts.get(index),
            peerPort,
            index == 0 ? from.metricsPort : 0,
            options.renewals,
            options.traffic,
            completion(from, name)),
        enclave);
  }

  /**
   * Waits until the key managers count in quorums. After a restart none remembers the heads: each
   * puts a nonce on chain and counts again once every head it forgot is committed or void (rule
   * S3). Those blocks are mined here.
   */
  private void awaitCounting(EthereumRpc rpc, NetworkConfig config, boolean restarted) {
    if (restarted) {
      options.progress.accept("Mining past what the key managers forgot");
    }
    Instant deadline = Instant.now().plus(SEED_PATIENCE);
    long blocks = config.parameters().nonceWait() + 2;
    Instant mineAt = Instant.now();
    while (!keyManagers.stream().allMatch(KeyManagerNode::counts)) {
      if (Instant.now().isAfter(deadline)) {
        throw new EnigmaException(
            ErrorCode.TIMEOUT, "the key managers do not count again; see the host log");
      }
      if (restarted && !Instant.now().isBefore(mineAt)) {
        rpc.call("anvil_mine", "0x" + Long.toHexString(blocks));
        mineAt = Instant.now().plus(MINE_AGAIN);
      }
      LockSupport.parkNanos(SEED_LOOK.toNanos());
    }
  }

  /** Before blocks come by themselves: the enclaves see a block when so many have come after it. */
  private static void makeFinal(EthereumRpc rpc, NetworkConfig config) {
    if (config.finalityDepth() > 0) {
      rpc.call("anvil_mine", "0x" + Long.toHexString(config.finalityDepth()));
    }
  }

  /** Waits until every worker has found the others in the registry. */
  private void awaitPeers() {
    Instant deadline = Instant.now().plus(SEED_PATIENCE);
    while (workers.stream().anyMatch(worker -> worker.peers().size() < workers.size() - 1)) {
      if (Instant.now().isAfter(deadline)) {
        throw new EnigmaException(
            ErrorCode.TIMEOUT,
            "the workers do not find each other in the registry; see the host log");
      }
      LockSupport.parkNanos(SEED_LOOK.toNanos());
    }
  }

  private static void awaitSeed(EthereumRpc rpc, NetworkConfig config) {
    Instant deadline = Instant.now().plus(SEED_PATIENCE);
    EnigmaContract contract = new EnigmaContract(rpc, config.enigma());
    while (contract.network().epoch() == 0) {
      if (Instant.now().isAfter(deadline)) {
        throw new EnigmaException(
            ErrorCode.TIMEOUT, "the key managers did not release the first seed; see the host log");
      }
      LockSupport.parkNanos(SEED_LOOK.toNanos());
    }
  }

  // ------------------------------------------------------------------------------------------------------ what there is

  private TestnetRecord record() {
    TestnetRecord known = record;
    if (known == null) {
      throw new EnigmaException(ErrorCode.NODE_NOT_READY, "the testnet has not started");
    }
    return known;
  }

  /** Anvil's JSON-RPC. */
  public URI ethereumUrl() {
    return record().ethereum();
  }

  public long chainId() {
    return record().chainId();
  }

  /** JSON-RPC of every worker's node. */
  public List<URI> nodeUrls() {
    return record().nodes();
  }

  /** The explorer, with {@code /addresses.json}. */
  public URI pageUrl() {
    return record().page();
  }

  public Address enigma() {
    return record().enigma();
  }

  public Address token() {
    return record().token();
  }

  public Address forwarder() {
    return record().forwarder();
  }

  /** The directory with state and logs. */
  public Path state() {
    return record().state();
  }

  /** The funded accounts. */
  public List<TestAccount> accounts() {
    return TestAccount.all();
  }

  /** The key of a worker's operator, for tests of what operators can do. */
  public SigningKey workerOperator(int index) {
    return operator(parts().config, Role.WORKER, index);
  }

  /** From the call of start to a network that takes orders. */
  public Duration readyAfter() {
    return readyAfter;
  }

  /** Everything about the network as {@code --json} shows it. */
  public Map<String, Object> description() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("ready", true);
    fields.put("readySeconds", readyAfter.toMillis() / 1_000.0);
    record().toJson().properties().forEach(each -> fields.put(each.getKey(), each.getValue()));
    return fields;
  }

  /**
   * Ends a key manager, which forgets what it has in memory; the others go on if they are a quorum.
   */
  public void stopKeyManager(int index) {
    disown(keyManagers.get(index));
    keyManagers.get(index).close();
  }

  /** Starts a key manager that was stopped again, from its directory and at its old address. */
  public void restartKeyManager(int index) {
    KeyManagerNode again =
        own(
            startKeyManager(
                parts(),
                index,
                port(keyManagers.get(index).endpoint().address()),
                startEnclave(parts().directory, Role.KEY_MANAGER, index)));
    keyManagers = with(keyManagers, index, again);
    again.publish();
    again.connect();
  }

  /** Whether a key manager counts in quorums: not at once after a restart (rule S3). */
  public boolean counts(int keyManager) {
    return keyManagers.get(keyManager).counts();
  }

  /** Ends a worker without a chance to settle anything, as a power failure would. */
  public void killWorker(int index) {
    disown(workers.get(index));
    workers.get(index).kill();
  }

  /** Starts a worker that was killed again, from its directory and at its old addresses. */
  public void restartWorker(int index) {
    WorkerNode again =
        own(
            startWorker(
                parts(),
                index,
                port(workers.get(index).endpoint().address()),
                startEnclave(parts().directory, Role.WORKER, index)));
    workers = with(workers, index, again);
  }

  private Parts parts() {
    Parts known = parts;
    if (known == null) {
      throw new EnigmaException(ErrorCode.NODE_NOT_READY, "the testnet has not started");
    }
    return known;
  }

  private static int port(String address) {
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  private static <T> List<T> with(List<T> all, int index, T replacement) {
    List<T> changed = new ArrayList<>(all);
    changed.set(index, replacement);
    return List.copyOf(changed);
  }

  private synchronized void disown(AutoCloseable part) {
    owned.remove(part);
  }

  @Override
  public void close() {
    RuntimeException first = null;
    while (!owned.isEmpty()) {
      try {
        owned.pop().close();
      } catch (RuntimeException e) {
        first = first == null ? e : first;
      } catch (Exception e) {
        first =
            first == null
                ? new EnigmaException(ErrorCode.INTERNAL, "a part did not stop: " + e, e)
                : first;
      }
    }
    if (first != null) {
      throw first;
    }
  }

  /** Puts something between a host and its enclave. */
  @FunctionalInterface
  public interface Between {
    /**
     * Called when an enclave is started.
     *
     * @param index of the worker or key manager, from 0
     * @param channel to the enclave; whoever is returned closes it
     */
    EnclaveChannel between(Role role, int index, EnclaveChannel channel);
  }

  /** What a testnet is started with. */
  public static final class Builder {
    private Path userDirectory = Path.of(System.getProperty("user.home"), ".enigma");
    private @Nullable Path state;
    private boolean reset;
    private int workers = 3;
    private Duration blockTime = Duration.ofSeconds(1);
    private int epochBlocks = 100;
    private int finalityBlocks;
    private boolean processes;
    private Renewals renewals = Renewals.NEVER;
    private int chainPort = 8_545;
    private int nodePort = 3_346;
    private int pagePort = 8_080;
    private int metricsPort = 9_464;
    private Consumer<String> progress = line -> {};
    private Consumer<Path> logs = directory -> {};
    private Between channels = (role, index, channel) -> channel;
    private PeerTraffic traffic = PeerTraffic.UNSEEN;
    private CollateralOptions collateral = new CollateralOptions.None();

    private Builder() {}

    private Optional<Path> state() {
      return Optional.ofNullable(state);
    }

    private NetworkConfig.Parameters parameters() {
      NetworkConfig.Parameters p = NetworkConfig.Parameters.testnet(workers);
      return new NetworkConfig.Parameters(
          epochBlocks,
          p.tenureEpochs(),
          p.failoverBlocks(),
          p.maxOrderBlocks(),
          p.maxBatchAge(),
          p.maxHeaderLag(),
          p.minBackups(),
          p.drawDelay(),
          p.maxLeases(),
          p.maxStateBytes(),
          p.maxTaskGas(),
          p.minGasPrice(),
          p.baseGas(),
          p.callbackRate());
    }

    /** Where the record of the running testnet is kept, for commands in other terminals. */
    public Builder userDirectory(Path directory) {
      this.userDirectory = directory;
      return this;
    }

    /** Keeps the network in a directory, and resumes the one that is there. */
    public Builder state(Path directory) {
      this.state = directory;
      return this;
    }

    /** Forgets what is in the state directory first. */
    public Builder reset(boolean forget) {
      this.reset = forget;
      return this;
    }

    /** Which realms the workers renew when their tenure is over; none unless said otherwise. */
    public Builder renewals(Renewals policy) {
      this.renewals = policy;
      return this;
    }

    public Builder workers(int count) {
      if (count < 1 || count > 50) {
        throw new EnigmaException(
            ErrorCode.INVALID_ARGUMENT, "a testnet has 1 to 50 workers, not " + count);
      }
      this.workers = count;
      return this;
    }

    /** Time between blocks, in whole seconds. */
    public Builder blockTime(Duration time) {
      if (time.toSeconds() < 1) {
        throw new EnigmaException(
            ErrorCode.INVALID_ARGUMENT, "the block time is at least one second");
      }
      this.blockTime = time;
      return this;
    }

    public Builder epochBlocks(int blocks) {
      if (blocks < 20) {
        throw new EnigmaException(
            ErrorCode.INVALID_ARGUMENT, "an epoch has at least 20 blocks, not " + blocks);
      }
      this.epochBlocks = blocks;
      return this;
    }

    /**
     * Blocks behind the newest that count as final: enclaves and hosts look at the chain as late as
     * they do on one that may take blocks back. A resumed network keeps the number it began with.
     */
    public Builder finalityBlocks(int blocks) {
      if (blocks < 0 || blocks > 10) {
        throw new EnigmaException(
            ErrorCode.INVALID_ARGUMENT, "0 to 10 blocks are not final yet, not " + blocks);
      }
      this.finalityBlocks = blocks;
      return this;
    }

    /** Runs each enclave in a process of its own. */
    public Builder processes(boolean separate) {
      this.processes = separate;
      return this;
    }

    /** Ethereum's port, the next free one if it is taken. */
    public Builder chainPort(int port) {
      this.chainPort = port;
      return this;
    }

    /** Free ports for everything. */
    public Builder anyPorts() {
      this.chainPort = 0;
      this.nodePort = 0;
      this.pagePort = 0;
      this.metricsPort = 0;
      return this;
    }

    /**
     * Stands between each host and its enclave, to watch or to disturb what passes: what a host
     * could do, too.
     */
    public Builder channels(Between between) {
      this.channels = between;
      return this;
    }

    /** Is shown every message between hosts, as it is inside TLS. */
    public Builder traffic(PeerTraffic observer) {
      this.traffic = observer;
      return this;
    }

    /**
     * Where hosts get collateral that their enclaves' evidence comes without: nowhere by default.
     */
    public Builder collateral(CollateralOptions options) {
      this.collateral = options;
      return this;
    }

    /** Is told what the start is doing. */
    public Builder progress(Consumer<String> listener) {
      this.progress = listener;
      return this;
    }

    /** Is told the directory of the logs before anything logs. */
    public Builder logs(Consumer<Path> listener) {
      this.logs = listener;
      return this;
    }

    /**
     * Starts the network and returns when it takes orders.
     *
     * @throws EnigmaException ANVIL_MISSING, PORT_IN_USE, STATE_DIRECTORY_IN_USE and others; then
     *     nothing is left running
     */
    public Testnet start() {
      Testnet testnet = new Testnet(this);
      try {
        testnet.start();
        return testnet;
      } catch (RuntimeException e) {
        try {
          testnet.close();
        } catch (RuntimeException closing) {
          e.addSuppressed(closing);
        }
        throw e;
      }
    }
  }
}
