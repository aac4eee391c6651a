package network.enigma.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import network.enigma.chain.BlockTag;
import network.enigma.chain.TransactionReceipt;
import network.enigma.client.abi.ContractAbi;
import network.enigma.client.abi.EncodedCall;
import network.enigma.client.abi.OutputTypes;
import network.enigma.client.author.SlotValues;
import network.enigma.client.author.StorageLayout;
import network.enigma.client.author.Trace;
import network.enigma.client.solidity.CompiledContract;
import network.enigma.client.solidity.SolidityCompiler;
import network.enigma.client.store.ClientStore;
import network.enigma.client.store.ContractRecord;
import network.enigma.client.store.MemoryClientStore;
import network.enigma.client.store.TaskRecord;
import network.enigma.contracts.Enigma;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.CallableInput;
import network.enigma.protocol.ContractTerms;
import network.enigma.protocol.DeployData;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.Permit;
import network.enigma.protocol.Realms;
import network.enigma.protocol.SessionKey;
import network.enigma.protocol.TaskKind;
import network.enigma.protocol.crypto.SigningKey;
import org.jspecify.annotations.Nullable;

/**
 * One account's view of an Enigma network. It opens realms, deploys and calls contracts, and
 * follows tasks to their end; it moves ENG as needed and keeps what opens results in its
 * connection.store(). Usable by many threads; {@code close} ends its waiting threads, not its
 * tasks.
 *
 * <pre>{@code
 * try (EnigmaClient client = EnigmaClient.builder()
 *     .ethereum(URI.create("http://localhost:8545"))
 *     .node(URI.create("http://localhost:3346"))
 *     .enigma(enigmaAddress)
 *     .account(key)
 *     .allowSimulated()
 *     .build()) {
 *   SecretContract box = client.deploy(Path.of("Box.sol")).await();
 *   box.call("store", 42).await();
 * }
 * }</pre>
 */
public final class EnigmaClient implements AutoCloseable {
  private static final long DEFAULT_DEPLOY_GAS = 30_000_000;

  private final Connection connection;
  private final Ledger ledger;
  private final Settings settings;
  private final Account account;
  private final Purse purse;
  private final Orders orders;
  private final Questions questions;
  private final Upgrades upgrades;
  private final CodeWatch codeWatch;

  private EnigmaClient(Builder builder) {
    SigningKey key = required(builder.account, "account");
    URI ethereum = required(builder.ethereum, "ethereum");
    Address enigma = required(builder.enigma, "enigma");
    this.settings =
        new Settings(
            builder.patience,
            builder.keyPatience,
            builder.nodeTimeout,
            builder.allowSimulated,
            Optional.ofNullable(builder.home),
            builder.upgradePolicy,
            builder.listener);
    this.connection =
        Connection.open(ethereum, builder.nodes, enigma, key, builder.store, settings);
    this.ledger = connection.ledger();
    this.account = new Account(key, key.address(), Optional.empty());
    this.purse = new Purse(connection, account);
    this.orders = new Orders(connection, account, purse);
    this.questions = new Questions(connection, account);
    this.upgrades = new Upgrades(ledger, connection.parameters(), questions::describe);
    this.codeWatch =
        new CodeWatch(
            upgrades,
            account.owner(),
            settings.upgradePolicy(),
            settings.listener(),
            connection.threads());
  }

  /** The same view, with orders signed by a session key. */
  private EnigmaClient(EnigmaClient parent, Account account) {
    this.connection = parent.connection;
    this.ledger = parent.ledger;
    this.settings = parent.settings;
    this.account = account;
    this.purse = new Purse(connection, account);
    this.orders = new Orders(connection, account, purse);
    this.questions = new Questions(connection, account);
    this.upgrades = parent.upgrades;
    this.codeWatch = parent.codeWatch;
  }

  public static Builder builder() {
    return new Builder();
  }

  private static <T> T required(@Nullable T value, String name) {
    if (value == null) {
      throw new EnigmaException(ErrorCode.INVALID_ARGUMENT, "the builder needs " + name + "(…)");
    }
    return value;
  }

  /** Whether the network's enclaves are simulated, by its contract's word. */
  public boolean isSimulated() {
    return connection.isSimulated();
  }

  /** The account whose tasks these are. */
  public Address address() {
    return account.owner();
  }

  public Address enigma() {
    return ledger.enigma();
  }

  public Address token() {
    return ledger.token();
  }

  public Address forwarder() {
    return ledger.forwarder();
  }

  /** The network's parameters, as its contract has them. */
  public Enigma.Parameters parameters() {
    return connection.parameters();
  }

  /** The network's counters, as its contract has them now. */
  public Enigma.NetworkView network() {
    return ledger.network();
  }

  /** A worker as the contract has it. */
  public Enigma.WorkerView worker(long worker) {
    return ledger.worker(worker);
  }

  /** An epoch as the contract has it. */
  public Enigma.EpochView epoch(long epoch) {
    return ledger.epoch(epoch);
  }

  /** A realm as the contract has it. */
  public Enigma.RealmView realm(Bytes32 realm) {
    return ledger.realm(realm);
  }

  /** The network's latest block. */
  public long blockNumber() {
    return ledger.blockNumber();
  }

  /** Which network inputs are sealed for. */
  public Bytes32 networkHash() {
    return connection.networkHash();
  }

  /**
   * A node's own account of itself; its word, not checked.
   *
   * @throws EnigmaException NODE_UNREACHABLE
   */
  public static JsonNode nodeStatus(URI url) {
    try (Nodes single = new Nodes(List.of(url), Duration.ofSeconds(5))) {
      return single.ask("enigma_status", null);
    }
  }

  /**
   * What a worker's enclave has proved: its evidence, fetched from a node, judged here by the
   * vendor's root and compared with its registration on chain, at the time of the latest block.
   *
   * @param worker its number in the registry
   * @throws EnigmaException INVALID_ARGUMENT for an unknown worker, NODE_UNREACHABLE or
   *     EVIDENCE_UNAVAILABLE where nobody has the evidence; evidence that is refused is no
   *     exception but a decision
   */
  public Attestation attestation(long worker) {
    return new Attestations(connection).ofWorker(worker);
  }

  /**
   * What the key managers of a generation have proved: their evidence, fetched by way of a node,
   * judged here by the vendors' roots and compared with their listing on chain, at the time of the
   * latest block.
   *
   * @param generation as a realm's view names it
   * @throws EnigmaException NODE_UNREACHABLE; key managers whose evidence nobody has are counted,
   *     see {@link KeyManagerAttestations#silent}
   */
  public KeyManagerAttestations keyManagerAttestations(long generation) {
    return new Attestations(connection).ofKeyManagers(generation);
  }

  // -------------------------------------------------------------------------------------------------------------- money

  /** ENG of the account outside Enigma, in units of 10⁻⁸. */
  public BigInteger tokens() {
    return purse.tokens();
  }

  /** ENG of the account inside Enigma and free, in units of 10⁻⁸. */
  public long balance() {
    return purse.balance();
  }

  /** What the account allocated to a realm, with what was charged and left. */
  public Enigma.AllocationView allocation(Bytes32 realm) {
    return purse.allocation(realm);
  }

  /**
   * Moves ENG into Enigma.
   *
   * @param amount in units of 10⁻⁸
   */
  public void deposit(long amount) {
    purse.deposit(amount);
  }

  /** Moves ENG to another account, outside Enigma. */
  public void transfer(Address to, BigInteger amount) {
    purse.transfer(to, amount);
  }

  /** Sets ENG aside for direct tasks in a realm, depositing what is missing. */
  public void allocate(Bytes32 realm, long amount) {
    purse.allocate(realm, amount);
  }

  /**
   * Takes ENG back out of an allocation. It stops paying for new tasks at once; after the network's
   * {@code leaveDelay} blocks {@link #finishLeave} releases what is left of it (rule C6). A second
   * request adds to the first and begins the delay anew.
   *
   * @param amount in units of 10⁻⁸
   */
  public void leave(Bytes32 realm, long amount) {
    purse.leave(realm, amount);
  }

  /**
   * Releases to the balance what left an allocation.
   *
   * @throws EnigmaException STILL_BONDED with the block from which it is possible
   */
  public void finishLeave(Bytes32 realm) {
    purse.finishLeave(realm);
  }

  /**
   * Pays ENG of the balance in Enigma out.
   *
   * @param amount in units of 10⁻⁸
   * @throws EnigmaException BALANCE_TOO_SMALL
   */
  public void withdraw(Address to, long amount) {
    purse.withdraw(to, amount);
  }

  // ------------------------------------------------------------------------------------------------------------- realms

  /** Opens a realm of this account and waits until it has a key. */
  public Bytes32 open() {
    return open(RealmOptions.DEFAULT);
  }

  /** Opens a realm of this account with these options and waits until it has a key. */
  public Bytes32 open(RealmOptions options) {
    account.requireOwner();
    Bytes32 salt = Orders.newSalt();
    Bytes32 realm = Realms.realmId(connection.domain(), account.owner(), salt);
    purse.ensureBalance(connection.parameters().openFee());
    TransactionReceipt receipt = ledger.open(salt, realm, options.bits());
    if (!receipt.succeeded()) {
      throw new EnigmaException(ErrorCode.TRANSACTION_FAILED, "the realm was not opened");
    }
    connection.tell(new ClientEvent.RealmOpened(realm));
    return realm;
  }

  /**
   * Draws the worker of a realm's next tenure and pays the renewal fee, unless the owner does (rule
   * K3). The owner may do so before the tenure is over.
   *
   * @throws EnigmaException TRANSACTION_FAILED while the tenure runs; the message names the block
   *     from which it can be renewed
   */
  public void renew(Bytes32 realm) {
    account.requireOwner();
    purse.ensureBalance(connection.parameters().renewFee());
    ledger.renew(realm);
  }

  /** The key that inputs for a realm are sealed to; waits for it, telling about KEY_PENDING. */
  public RealmKey realmKey(Bytes32 realm) {
    return connection.realmKeys().current(realm);
  }

  // ---------------------------------------------------------------------------------------------------------- contracts

  /** Compiles a Solidity file, or reads an artifact, and deploys its contract into a new realm. */
  public Deployment deploy(Path file, Object... arguments) {
    return deploy(compiler().load(file, null), List.of(arguments), DeployOptions.DEFAULT);
  }

  /** The compiler of the installation this client was told about. */
  public SolidityCompiler compiler() {
    return new SolidityCompiler(
        settings
            .home()
            .orElseGet(() -> Path.of(System.getProperty("enigma.home", "")).toAbsolutePath()));
  }

  /**
   * Deploys a contract. Opens a realm unless one is given, waits for its key, moves ENG as needed,
   * and sends the constructor's arguments sealed.
   */
  public Deployment deploy(CompiledContract contract, List<?> arguments, DeployOptions options) {
    Bytes constructor = contract.abi().encodeConstructor(arguments);
    long delay = options.authority().isZero() ? 0 : options.delay().orElseGet(upgrades::usualDelay);
    DeployData data = new DeployData(contract.bytecode(), 0, options.authority(), delay);
    Bytes32 realm = options.realm().orElseGet(() -> open(options.opening()));
    Bytes32 salt = Orders.newSalt();
    Address address = data.target(realm, account.owner(), salt);
    SecretContract handle =
        new SecretContract(this, contract.name(), address, realm, contract.abi());
    connection.store().save(record(handle, contract));
    Task task =
        orders.submit(
            new Orders.Request(
                handle,
                TaskKind.DEPLOY,
                data.codeHash(),
                constructor,
                "constructor of " + contract.name(),
                OutputTypes.NONE,
                Optional.of(data),
                salt),
            creating(options.call()));
    codeWatch.deployed(
        handle,
        upgrades.authority(
            new ContractTerms(
                account.owner(),
                salt,
                data.codeHash(),
                data.dialect(),
                data.authority(),
                data.delay())));
    return new Deployment(handle, task);
  }

  /** Options of an order that runs creation code. */
  private CallOptions creating(CallOptions options) {
    return options.gasLimit().isEmpty()
        ? options.withGasLimit(Math.min(DEFAULT_DEPLOY_GAS, connection.parameters().maxTaskGas()))
        : options;
  }

  /**
   * A contract this client's store knows.
   *
   * @throws EnigmaException NO_SUCH_CONTRACT
   */
  public SecretContract contract(Address address) {
    ContractRecord known =
        connection
            .store()
            .contract(address)
            .orElseThrow(() ->
                new EnigmaException(
                    ErrorCode.NO_SUCH_CONTRACT,
                    "the contract %s is not known here; give its realm and ABI"
                        .formatted(address.hex())));
    return new SecretContract(
        this, known.name(), known.address(), known.realm(), ContractAbi.parse(known.abi()));
  }

  ContractCode code(SecretContract contract) {
    return upgrades.code(contract);
  }

  Optional<UpgradeAuthority> authority(SecretContract contract) {
    return upgrades.authority(contract);
  }

  QueryResult query(SecretContract contract, EncodedCall call, boolean named) {
    codeWatch.look(contract);
    return questions.query(contract, call, named);
  }

  /** Traces a call on the anchored state; nothing is sent and nothing kept. */
  Trace trace(
      SecretContract contract,
      EncodedCall call,
      OptionalLong gasLimit,
      boolean readOnly,
      boolean anonymous) {
    return questions.trace(contract, call, gasLimit, readOnly, anonymous);
  }

  /** Reads slots of a contract in the account's own realm. */
  SlotValues slots(SecretContract contract, List<Bytes32> slots) {
    return questions.slots(contract, slots);
  }

  /** The most gas that this user's past calls of a function used, with a quarter more. */
  OptionalLong gasOfPastCalls(Address contract, String signature) {
    return orders.gasOfPastCalls(contract, signature);
  }

  long announceUpgrade(SecretContract contract, CompiledContract code) {
    account.requireOwner();
    ContractTerms terms = upgrades.requireAuthority(contract, account.owner());
    return announce(contract, terms, Keccak.hash(code.bytecode()));
  }

  private long announce(SecretContract contract, ContractTerms terms, Bytes32 codeHash) {
    Optional<Long> before = upgrades.readyAt(contract, codeHash);
    if (before.isPresent()) {
      return before.get();
    }
    ledger.announceUpgrade(contract.realm(), terms, codeHash);
    long readyAt = upgrades.readyAt(contract, codeHash).orElseThrow();
    connection.tell(new ClientEvent.UpgradeAnnounced(contract.address(), codeHash, readyAt));
    return readyAt;
  }

  void cancelUpgrade(SecretContract contract, Bytes32 codeHash) {
    account.requireOwner();
    upgrades.requireAuthority(contract, account.owner());
    if (upgrades.readyAt(contract, codeHash).isEmpty()) {
      throw new EnigmaException(
          ErrorCode.UPGRADE_NOT_READY,
          "code %s is not announced for %s".formatted(codeHash.hex(), contract.name()));
    }
    ledger.cancelUpgrade(contract.realm(), contract.address(), codeHash);
  }

  Deployment upgrade(
      SecretContract contract, CompiledContract code, List<?> arguments, CallOptions options) {
    account.requireOwner();
    orders.requireGasLimit(options);
    Bytes constructor = code.abi().encodeConstructor(arguments);
    DeployData data = DeployData.immutable(code.bytecode(), 0);
    ContractTerms terms = upgrades.requireAuthority(contract, account.owner());
    long readyAt = announce(contract, terms, data.codeHash());
    if (Long.compareUnsigned(ledger.blockNumber(), readyAt) < 0) {
      throw new EnigmaException(
          ErrorCode.UPGRADE_NOT_READY,
          "the new code of %s is announced; it can be carried out from block %s on"
              .formatted(contract.name(), Long.toUnsignedString(readyAt)));
    }
    SecretContract upgraded =
        new SecretContract(this, code.name(), contract.address(), contract.realm(), code.abi());
    Task task =
        orders.submit(
            new Orders.Request(
                upgraded,
                TaskKind.UPGRADE,
                data.codeHash(),
                constructor,
                "constructor of " + code.name(),
                OutputTypes.NONE,
                Optional.of(data),
                Orders.newSalt()),
            creating(options).withRoute(CallOptions.Route.POSTED));
    task.onProgress(progress ->
        progress
            .result()
            .filter(TaskResult::succeeded)
            .ifPresent(result -> connection.store().save(record(upgraded, code))));
    return new Deployment(upgraded, task);
  }

  private static ContractRecord record(SecretContract contract, CompiledContract code) {
    return new ContractRecord(
        contract.name(),
        contract.address(),
        contract.realm(),
        contract.abi().json(),
        code.layout(),
        Instant.now().toEpochMilli());
  }

  /** A contract somebody else deployed. */
  public SecretContract contract(String name, Address address, Bytes32 realm, ContractAbi abi) {
    return new SecretContract(this, name, address, realm, abi);
  }

  /**
   * An ordinary Ethereum contract whose callables enclaves are to run, with the code it has now.
   *
   * @param name for progress messages
   * @param realm in which the tasks run and are paid; their contract need not know it
   * @throws EnigmaException NO_SUCH_CONTRACT if there is no code at the address
   */
  public CallableContract callable(String name, Address address, Bytes32 realm, ContractAbi abi) {
    Bytes code = connection.rpc().code(address, BlockTag.LATEST);
    if (code.isEmpty()) {
      throw new EnigmaException(
          ErrorCode.NO_SUCH_CONTRACT,
          "the Ethereum account %s has no code".formatted(address.checksummed()));
    }
    return new CallableContract(this, name, address, realm, abi, Keccak.hash(code));
  }

  // -------------------------------------------------------------------------------------------------------------- tasks

  Task send(SecretContract contract, EncodedCall call, CallOptions options) {
    codeWatch.look(contract);
    return orders.submit(
        new Orders.Request(
            contract,
            TaskKind.CALL,
            Bytes32.zero(),
            call.input(),
            call.signature(),
            call.outputs(),
            Optional.empty(),
            Orders.newSalt()),
        options);
  }

  Task send(CallableContract contract, CallableInput input, EncodedCall call, CallOptions options) {
    return orders.submit(
        new Orders.Request(
            contract(contract.name(), contract.address(), contract.realm(), contract.abi()),
            TaskKind.CALLABLE,
            contract.codeHash(),
            Bytes.of(input.encode()),
            call.signature(),
            call.outputs(),
            Optional.empty(),
            Orders.newSalt()),
        options);
  }

  /**
   * Goes on with a task of this client's store, after a restart.
   *
   * @throws EnigmaException UNKNOWN_TASK when the store does not have it
   */
  public Task resume(Bytes32 taskId) {
    return orders.resume(taskId);
  }

  /** What the store knows of a task. */
  public Optional<TaskRecord> record(Bytes32 taskId) {
    return connection.store().task(taskId);
  }

  // ------------------------------------------------------------------------------------------------------------ queries

  // ------------------------------------------------------------------------------------------------------------ authors

  /** The storage layout that the compiler gave when this user deployed the contract. */
  StorageLayout layout(SecretContract contract) {
    String json =
        connection.store().contract(contract.address()).map(ContractRecord::layout).orElse("");
    if (json.isEmpty()) {
      throw new EnigmaException(
          ErrorCode.NO_STORAGE_LAYOUT,
          "nothing here tells how %s lays out its storage".formatted(contract.name()));
    }
    return StorageLayout.parse(json);
  }

  /** Contracts this client's store knows, to name what traces show. */
  public List<ContractRecord> contracts() {
    return connection.store().contracts();
  }

  // ----------------------------------------------------------------------------------------------------------- sessions

  /**
   * A client whose orders in one realm are signed by a fresh session key, so that the account's key
   * need not be at hand.
   *
   * @param validity from now
   * @param maxFee the most one order may cost, in units of 10⁻⁸ ENG
   */
  public EnigmaClient session(Bytes32 realm, Duration validity, long maxFee) {
    account.requireOwner();
    SigningKey sessionKey = SigningKey.generate();
    SessionKey terms =
        new SessionKey(
            account.owner(),
            sessionKey.address(),
            realm,
            Instant.now().plus(validity).getEpochSecond(),
            maxFee,
            allocation(realm).sessionEpoch());
    return new EnigmaClient(
        this,
        new Account(
            sessionKey,
            account.owner(),
            Optional.of(
                new Permit.SignedSession(
                    terms, account.key().sign(terms.digest(connection.domain()))))));
  }

  /** Makes every session key of this account in the realm void. */
  public void revokeSessions(Bytes32 realm) {
    account.requireOwner();
    ledger.revokeSessions(realm);
  }

  /**
   * Ends the waiting threads and connections; tasks go on and can be resumed from the
   * connection.store().
   */
  @Override
  public void close() {
    if (account.session().isEmpty()) {
      connection.close();
    }
  }

  /** Collects what a client needs. */
  public static final class Builder {
    private @Nullable URI ethereum;
    private final List<URI> nodes = new ArrayList<>();
    private @Nullable Address enigma;
    private @Nullable SigningKey account;
    private @Nullable Path home;
    private ClientStore store = new MemoryClientStore();
    private boolean allowSimulated;
    private Duration patience = Duration.ofMinutes(2);
    private Duration keyPatience = Duration.ofMinutes(2);
    private Duration nodeTimeout = Duration.ofSeconds(20);
    private UpgradePolicy upgradePolicy = UpgradePolicy.WARN;
    private Consumer<ClientEvent> listener = event -> {};

    private Builder() {}

    /** The user's own Ethereum endpoint, which everything is checked against. */
    public Builder ethereum(URI url) {
      this.ethereum = url;
      return this;
    }

    /**
     * A node to ask first. None has to be given: the contract's registry names them, those of a
     * realm's workers first, and is looked at when none of the given ones answers.
     */
    public Builder node(URI url) {
      nodes.add(url);
      return this;
    }

    /** Several nodes. */
    public Builder nodes(List<URI> urls) {
      nodes.addAll(urls);
      return this;
    }

    /** The Enigma contract: the one address a user has to trust. */
    public Builder enigma(Address address) {
      this.enigma = address;
      return this;
    }

    public Builder account(SigningKey key) {
      this.account = key;
      return this;
    }

    /**
     * Accepts a network whose enclaves are simulated and keep nothing secret from their operators.
     */
    public Builder allowSimulated() {
      this.allowSimulated = true;
      return this;
    }

    /** Accepts a simulated network, or not. */
    public Builder allowSimulated(boolean allowed) {
      this.allowSimulated = allowed;
      return this;
    }

    /** Where to keep what opens results; in memory unless given. */
    public Builder store(ClientStore newStore) {
      this.store = newStore;
      return this;
    }

    /** The installation whose Solidity compiler is used. */
    public Builder home(Path directory) {
      this.home = directory;
      return this;
    }

    /** How long waiting for a task may take. */
    public Builder patience(Duration most) {
      this.patience = most;
      return this;
    }

    /** How long to wait for a realm's key. */
    public Builder keyPatience(Duration most) {
      this.keyPatience = most;
      return this;
    }

    /** After how long without an answer the next node is tried. */
    public Builder nodeTimeout(Duration most) {
      this.nodeTimeout = most;
      return this;
    }

    /**
     * What to do before something is first sent to a contract whose code somebody else may change;
     * {@link UpgradePolicy#WARN} unless given.
     */
    public Builder upgradable(UpgradePolicy policy) {
      this.upgradePolicy = policy;
      return this;
    }

    /** Receives what the client is doing, on the thread that does it. */
    public Builder listener(Consumer<ClientEvent> newListener) {
      this.listener = newListener;
      return this;
    }

    /**
     * Connects and checks the network.
     *
     * @throws EnigmaException SIMULATED_NETWORK unless allowed, WRONG_ADDRESS_BOOK,
     *     CHAIN_UNREACHABLE
     */
    public EnigmaClient build() {
      return new EnigmaClient(this);
    }
  }
}
