package network.enigma.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import network.enigma.attestation.EnclaveEvidence;
import network.enigma.chain.BlockTag;
import network.enigma.chain.EnigmaContract;
import network.enigma.chain.EthereumAccount;
import network.enigma.chain.EthereumRpc;
import network.enigma.chain.TransactionReceipt;
import network.enigma.client.abi.ContractAbi;
import network.enigma.client.abi.EncodedCall;
import network.enigma.client.abi.OutputTypes;
import network.enigma.client.author.ConsoleLine;
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
import network.enigma.protocol.CallResult;
import network.enigma.protocol.CallableInput;
import network.enigma.protocol.ContractDescription;
import network.enigma.protocol.ContractTerms;
import network.enigma.protocol.DeployData;
import network.enigma.protocol.Eip712Domain;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.Envelope;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.NetworkConfig;
import network.enigma.protocol.Permit;
import network.enigma.protocol.Query;
import network.enigma.protocol.QueryPayload;
import network.enigma.protocol.Realms;
import network.enigma.protocol.SealedResult;
import network.enigma.protocol.SessionKey;
import network.enigma.protocol.TaskKind;
import network.enigma.protocol.TaskOrder;
import network.enigma.protocol.author.AuthorRequest;
import network.enigma.protocol.author.StorageValues;
import network.enigma.protocol.author.TracedCall;
import network.enigma.protocol.crypto.SecretAccess;
import network.enigma.protocol.crypto.Signature;
import network.enigma.protocol.crypto.SigningKey;
import org.jspecify.annotations.Nullable;

/**
 * One account's view of an Enigma network. It opens realms, deploys and calls contracts, and
 * follows tasks to their end; it moves ENG as needed and keeps what opens results in its store.
 * Usable by many threads; {@code close} ends its waiting threads, not its tasks.
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
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final SecretAccess ACCESS = SecretAccess.granted();
  private static final long DEFAULT_CALL_GAS = 5_000_000;
  private static final long DEFAULT_DEPLOY_GAS = 30_000_000;
  private static final Duration PERMIT_VALIDITY = Duration.ofDays(1);
  private static final int TOP_UP_TASKS = 20;

  /** Between two attempts to hand over what is posted already. */
  private static final Duration HANDING_OVER = Duration.ofMillis(500);

  private final EthereumRpc rpc;
  private final Ledger ledger;
  private final Nodes nodes;
  private final SigningKey key;
  private final Address owner;
  private final Optional<Permit.SignedSession> session;
  private final Eip712Domain domain;
  private final Bytes32 networkHash;
  private final Enigma.Parameters parameters;
  private final ClientStore store;
  private final Settings settings;
  private final RealmKeys realmKeys;
  private final TaskVerifier verifier;
  private final Commits commits;
  private final Funds funds;
  private final Upgrades upgrades;
  private final CodeWatch codeWatch;
  private final ExecutorService threads;
  private final boolean ownsConnections;

  /** What a builder decided and sessions inherit. */
  record Settings(
      Duration patience,
      Duration keyPatience,
      boolean allowSimulated,
      Optional<Path> home,
      UpgradePolicy upgradePolicy,
      Consumer<ClientEvent> listener) {}

  private EnigmaClient(Builder builder) {
    this.settings =
        new Settings(
            builder.patience,
            builder.keyPatience,
            builder.allowSimulated,
            Optional.ofNullable(builder.home),
            builder.upgradePolicy,
            builder.listener);
    this.key = required(builder.account, "account");
    this.owner = key.address();
    this.session = Optional.empty();
    this.store = builder.store;
    this.ownsConnections = true;
    this.rpc = new EthereumRpc(required(builder.ethereum, "ethereum"));
    this.nodes = new Nodes(builder.nodes, builder.nodeTimeout, this::registeredNodes);
    this.threads = Executors.newVirtualThreadPerTaskExecutor();
    try {
      this.ledger =
          new Ledger(rpc, new EthereumAccount(rpc, key), required(builder.enigma, "enigma"));
      this.domain = new Eip712Domain(rpc.chainId(), ledger.enigma());
      this.networkHash = ledger.networkHash();
      this.parameters = ledger.parameters();
      requireAllowed();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    this.realmKeys = new RealmKeys(ledger, settings.keyPatience(), settings.listener());
    this.verifier = new TaskVerifier(ledger, domain);
    this.commits = new Commits(ledger, threads, !isSimulated());
    this.funds = new Funds(ledger, owner);
    this.upgrades = new Upgrades(ledger, parameters, this::describe);
    this.codeWatch =
        new CodeWatch(upgrades, owner, settings.upgradePolicy(), settings.listener(), threads);
  }

  private List<URI> registeredNodes(Optional<Bytes32> realm) {
    return ledger.nodeUrls(realm);
  }

  /** The same view, with orders signed by a session key. */
  private EnigmaClient(EnigmaClient parent, SigningKey key, Permit.SignedSession session) {
    this.settings = parent.settings;
    this.key = key;
    this.owner = parent.owner;
    this.session = Optional.of(session);
    this.store = parent.store;
    this.rpc = parent.rpc;
    this.nodes = parent.nodes;
    this.ledger = parent.ledger;
    this.domain = parent.domain;
    this.networkHash = parent.networkHash;
    this.parameters = parent.parameters;
    this.realmKeys = parent.realmKeys;
    this.verifier = parent.verifier;
    this.commits = parent.commits;
    this.funds = parent.funds;
    this.upgrades = parent.upgrades;
    this.codeWatch = parent.codeWatch;
    this.threads = parent.threads;
    this.ownsConnections = false;
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

  private void requireAllowed() {
    if (isSimulated() && !settings.allowSimulated()) {
      throw new EnigmaException(
          ErrorCode.SIMULATED_NETWORK,
          "the network at %s runs simulated enclaves; call allowSimulated() to use it all the same"
              .formatted(ledger.enigma().hex()));
    }
    if (networkHash.equals(Bytes32.zero())) {
      throw new EnigmaException(
          ErrorCode.NETWORK_MISMATCH, "the Enigma contract has no network hash yet");
    }
  }

  /** Whether the network's enclaves are simulated, by its contract's word. */
  public boolean isSimulated() {
    return parameters.mode() == 0;
  }

  /** The account whose tasks these are. */
  public Address address() {
    return owner;
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
    return parameters;
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
    return networkHash;
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
    EnigmaContract contract = new EnigmaContract(rpc, ledger.enigma());
    if (worker < 1 || worker > contract.network().workerCount()) {
      throw new EnigmaException(ErrorCode.INVALID_ARGUMENT, "no worker has number " + worker);
    }
    // Read before the node is asked: evidence is with the node before it is on chain.
    Enigma.WorkerView view = contract.worker(worker);
    JsonNode answer =
        nodes.ask(
            "enigma_evidence", Nodes.parameters().put("worker", "0x" + Long.toHexString(worker)));
    List<EnclaveEvidence> shown = new ArrayList<>(List.of(evidence(answer, "evidence")));
    if (answer.hasNonNull("otherEvidence")) {
      shown.add(evidence(answer, "otherEvidence"));
    }
    Enigma.Event.WorkerRegistered registered =
        contract
            .registration(
                worker,
                view.admittedUntil(),
                each -> shown.stream().anyMatch(one -> one.isPublishedBy(each.evidence())),
                block(answer))
            .or(() -> contract.registration(worker, view.admittedUntil(), _ -> true, block(answer)))
            .orElseThrow(() ->
                new EnigmaException(
                    ErrorCode.EVIDENCE_UNAVAILABLE,
                    "the chain at this endpoint does not show the registration of worker "
                        + worker));
    return Attestation.judge(
        shown.stream()
            .filter(one -> one.isPublishedBy(registered.evidence()))
            .findFirst()
            .orElse(shown.getFirst()),
        networkHash,
        mode(),
        view,
        registered,
        new AdmittedPrograms(contract),
        timeOfLatestBlock());
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
    EnigmaContract contract = new EnigmaContract(rpc, ledger.enigma());
    Enigma.Generation record = contract.generation(generation);
    Instant at = timeOfLatestBlock();
    SortedMap<Address, Attestation> found = new TreeMap<>();
    for (JsonNode answer : nodes.ask("enigma_keyManagers", null)) {
      Address enclave = Address.fromHex(answer.path("enclave").asText());
      Enigma.KeyManagerView view = contract.keyManager(enclave);
      if (!view.listed() || view.generation() < generation || !answer.has("evidence")) {
        continue;
      }
      contract
          .listing(enclave, block(answer))
          .ifPresent(listing ->
              found.put(
                  enclave,
                  Attestation.judge(
                      evidence(answer, "evidence"),
                      networkHash,
                      mode(),
                      ListedKeyManager.of(Address.of(view.operator()), listing),
                      new AdmittedPrograms(contract),
                      at)));
    }
    return new KeyManagerAttestations(
        generation, record.members(), record.quorum(), List.copyOf(found.values()));
  }

  private static EnclaveEvidence evidence(JsonNode answer, String field) {
    return EnclaveEvidence.decode(Bytes.fromHex(answer.path(field).asText()));
  }

  /** The block that a node names; where to look first, and no more. */
  private static OptionalLong block(JsonNode answer) {
    String text = answer.path("block").asText();
    return text.matches("0x[0-9a-f]{1,15}")
        ? OptionalLong.of(Long.parseLong(text.substring(2), 16))
        : OptionalLong.empty();
  }

  private NetworkConfig.Mode mode() {
    return isSimulated() ? NetworkConfig.Mode.SIMULATION : NetworkConfig.Mode.HARDWARE;
  }

  private Instant timeOfLatestBlock() {
    return Instant.ofEpochSecond(rpc.header(BlockTag.LATEST).orElseThrow().timestamp());
  }

  // -------------------------------------------------------------------------------------------------------------- money

  /** ENG of the account outside Enigma, in units of 10⁻⁸. */
  public BigInteger tokens() {
    return ledger.tokens(owner);
  }

  /** ENG of the account inside Enigma and free, in units of 10⁻⁸. */
  public long balance() {
    return ledger.balance(owner);
  }

  /** What the account allocated to a realm, with what was charged and left. */
  public Enigma.AllocationView allocation(Bytes32 realm) {
    return ledger.allocation(realm, owner);
  }

  /**
   * Moves ENG into Enigma.
   *
   * @param amount in units of 10⁻⁸
   */
  public void deposit(long amount) {
    requireOwner();
    BigInteger tokens = tokens();
    if (tokens.compareTo(BigInteger.valueOf(amount)) < 0) {
      throw new EnigmaException(
          ErrorCode.BALANCE_TOO_SMALL,
          "%s holds %s ENG, %s are wanted"
              .formatted(owner.hex(), Eng.text(tokens), Eng.text(amount)));
    }
    ledger.deposit(amount);
    settings.listener().accept(new ClientEvent.Deposited(amount));
  }

  /** Moves ENG to another account, outside Enigma. */
  public void transfer(Address to, BigInteger amount) {
    requireOwner();
    ledger.transfer(to, amount);
  }

  /** Sets ENG aside for direct tasks in a realm, depositing what is missing. */
  public void allocate(Bytes32 realm, long amount) {
    requireOwner();
    ensureBalance(amount);
    ledger.allocate(realm, amount);
    funds.changed(realm);
    settings.listener().accept(new ClientEvent.Allocated(realm, amount));
  }

  /**
   * Takes ENG back out of an allocation. It stops paying for new tasks at once; after the network's
   * {@code leaveDelay} blocks {@link #finishLeave} releases what is left of it (rule C6). A second
   * request adds to the first and begins the delay anew.
   *
   * @param amount in units of 10⁻⁸
   */
  public void leave(Bytes32 realm, long amount) {
    requireOwner();
    ledger.leave(realm, amount);
    funds.changed(realm);
  }

  /**
   * Releases to the balance what left an allocation.
   *
   * @throws EnigmaException STILL_BONDED with the block from which it is possible
   */
  public void finishLeave(Bytes32 realm) {
    requireOwner();
    ledger.finishLeave(realm);
  }

  /**
   * Pays ENG of the balance in Enigma out.
   *
   * @param amount in units of 10⁻⁸
   * @throws EnigmaException BALANCE_TOO_SMALL
   */
  public void withdraw(Address to, long amount) {
    requireOwner();
    ledger.withdraw(to, amount);
  }

  private void ensureBalance(long amount) {
    long balance = balance();
    if (balance < amount) {
      deposit(amount - balance);
    }
  }

  private void ensureAllocation(Bytes32 realm, long fee) {
    if (session.isPresent() || funds.cover(realm, fee)) {
      return;
    }
    long affordable = tokens().min(BigInteger.valueOf(Long.MAX_VALUE >> 1)).longValue() + balance();
    long generous = Math.max(fee, Math.min(Math.multiplyExact(fee, TOP_UP_TASKS), affordable / 10));
    allocate(realm, generous);
  }

  private void requireOwner() {
    if (session.isPresent()) {
      throw new EnigmaException(
          ErrorCode.NOT_PERMITTED, "a session key cannot move money; use the owner's client");
    }
  }

  // ------------------------------------------------------------------------------------------------------------- realms

  /** Opens a realm of this account and waits until it has a key. */
  public Bytes32 open() {
    return open(RealmOptions.DEFAULT);
  }

  /** Opens a realm of this account with these options and waits until it has a key. */
  public Bytes32 open(RealmOptions options) {
    requireOwner();
    Bytes32 salt = randomBytes32();
    Bytes32 realm = Realms.realmId(domain, owner, salt);
    ensureBalance(parameters.openFee());
    TransactionReceipt receipt = ledger.open(salt, realm, options.bits());
    if (!receipt.succeeded()) {
      throw new EnigmaException(ErrorCode.TRANSACTION_FAILED, "the realm was not opened");
    }
    settings.listener().accept(new ClientEvent.RealmOpened(realm));
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
    requireOwner();
    ensureBalance(parameters.renewFee());
    ledger.renew(realm);
  }

  /** The key that inputs for a realm are sealed to; waits for it, telling about KEY_PENDING. */
  public RealmKey realmKey(Bytes32 realm) {
    return realmKeys.current(realm);
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
    Bytes32 salt = randomBytes32();
    Address address = data.target(realm, owner, salt);
    SecretContract handle =
        new SecretContract(this, contract.name(), address, realm, contract.abi());
    store.save(record(handle, contract));
    Task task =
        submit(
            new Request(
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
                owner, salt, data.codeHash(), data.dialect(), data.authority(), data.delay())));
    return new Deployment(handle, task);
  }

  /** Options of an order that runs creation code. */
  private CallOptions creating(CallOptions options) {
    return options.gasLimit().isEmpty()
        ? options.withGasLimit(Math.min(DEFAULT_DEPLOY_GAS, parameters.maxTaskGas()))
        : options;
  }

  /**
   * A contract this client's store knows.
   *
   * @throws EnigmaException NO_SUCH_CONTRACT
   */
  public SecretContract contract(Address address) {
    ContractRecord known =
        store
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

  private byte[] describe(SecretContract contract) {
    return ask(contract, Address.zero(), ContractDescription.question()).plaintext();
  }

  long announceUpgrade(SecretContract contract, CompiledContract code) {
    requireOwner();
    ContractTerms terms = upgrades.requireAuthority(contract, owner);
    return announce(contract, terms, Keccak.hash(code.bytecode()));
  }

  private long announce(SecretContract contract, ContractTerms terms, Bytes32 codeHash) {
    Optional<Long> before = upgrades.readyAt(contract, codeHash);
    if (before.isPresent()) {
      return before.get();
    }
    ledger.announceUpgrade(contract.realm(), terms, codeHash);
    long readyAt = upgrades.readyAt(contract, codeHash).orElseThrow();
    settings
        .listener()
        .accept(new ClientEvent.UpgradeAnnounced(contract.address(), codeHash, readyAt));
    return readyAt;
  }

  void cancelUpgrade(SecretContract contract, Bytes32 codeHash) {
    requireOwner();
    upgrades.requireAuthority(contract, owner);
    if (upgrades.readyAt(contract, codeHash).isEmpty()) {
      throw new EnigmaException(
          ErrorCode.UPGRADE_NOT_READY,
          "code %s is not announced for %s".formatted(codeHash.hex(), contract.name()));
    }
    ledger.cancelUpgrade(contract.realm(), contract.address(), codeHash);
  }

  Deployment upgrade(
      SecretContract contract, CompiledContract code, List<?> arguments, CallOptions options) {
    requireOwner();
    requireGasLimit(options);
    Bytes constructor = code.abi().encodeConstructor(arguments);
    DeployData data = DeployData.immutable(code.bytecode(), 0);
    ContractTerms terms = upgrades.requireAuthority(contract, owner);
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
        submit(
            new Request(
                upgraded,
                TaskKind.UPGRADE,
                data.codeHash(),
                constructor,
                "constructor of " + code.name(),
                OutputTypes.NONE,
                Optional.of(data),
                randomBytes32()),
            creating(options).withRoute(CallOptions.Route.POSTED));
    task.onProgress(progress ->
        progress
            .result()
            .filter(TaskResult::succeeded)
            .ifPresent(result -> store.save(record(upgraded, code))));
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
    Bytes code = rpc.code(address, BlockTag.LATEST);
    if (code.isEmpty()) {
      throw new EnigmaException(
          ErrorCode.NO_SUCH_CONTRACT,
          "the Ethereum account %s has no code".formatted(address.checksummed()));
    }
    return new CallableContract(this, name, address, realm, abi, Keccak.hash(code));
  }

  // -------------------------------------------------------------------------------------------------------------- tasks

  /** What is to be sent. */
  private record Request(
      SecretContract contract,
      TaskKind kind,
      Bytes32 codeHash,
      Bytes payload,
      String signature,
      OutputTypes outputs,
      Optional<DeployData> deploy,
      Bytes32 salt) {}

  Task send(SecretContract contract, EncodedCall call, CallOptions options) {
    codeWatch.look(contract);
    return submit(
        new Request(
            contract,
            TaskKind.CALL,
            Bytes32.zero(),
            call.input(),
            call.signature(),
            call.outputs(),
            Optional.empty(),
            randomBytes32()),
        options);
  }

  Task send(CallableContract contract, CallableInput input, EncodedCall call, CallOptions options) {
    return submit(
        new Request(
            contract(contract.name(), contract.address(), contract.realm(), contract.abi()),
            TaskKind.CALLABLE,
            contract.codeHash(),
            Bytes.of(input.encode()),
            call.signature(),
            call.outputs(),
            Optional.empty(),
            randomBytes32()),
        options);
  }

  private Task submit(Request request, CallOptions options) {
    try {
      return submitOnce(request, options);
    } catch (EnigmaException e) {
      if (e.code() != ErrorCode.EXPIRED_ORDER || options.lifeBlocks() != 0) {
        throw e;
      }
      // Many blocks came at once: the order's life was counted from one that is long past.
      ledger.forgetRecentBlock();
      return submitOnce(request, options);
    }
  }

  private Task submitOnce(Request request, CallOptions options) {
    Instant sentAt = Instant.now();
    requireGasLimit(options);
    Bytes32 realm = request.contract().realm();
    RealmKey realmKey = realmKeys.current(realm);
    boolean posted = options.route() == CallOptions.Route.POSTED;
    TaskRecord record = seal(request, options, realmKey, posted);
    long fee = fee(record.order());
    if (posted) {
      ensureBalance(Math.addExact(fee, parameters.postFee()));
    } else {
      ensureAllocation(realm, fee);
    }
    TaskRecord kept = record;
    Future<?> saved = threads.submit(() -> store.save(kept));
    if (posted) {
      // What is on Ethereum cannot be taken back.
      await(saved);
    }
    settings
        .listener()
        .accept(new ClientEvent.Sent(record.taskId(), request.contract().address(), posted));
    Task task = new Task(record.taskId(), realm, sentAt, settings.patience());
    watch(task, record);
    if (posted) {
      post(record, request.deploy());
      task.move(TaskStage.ACCEPTED, Optional.empty());
    } else {
      try {
        record = sendDirect(request, record, options);
      } finally {
        // Nobody is told of the task before its result can be opened after a restart.
        await(saved);
      }
      task.move(TaskStage.ACCEPTED, Optional.empty());
    }
    follow(task, record);
    return task;
  }

  private static void await(Future<?> saved) {
    try {
      saved.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EnigmaException(ErrorCode.TIMEOUT, "interrupted while the task was being stored");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof EnigmaException failure) {
        throw new EnigmaException(failure.code(), String.valueOf(failure.getMessage()), failure);
      }
      throw new EnigmaException(
          ErrorCode.STATE_DIRECTORY_UNUSABLE, "the task cannot be stored: " + e.getCause(), e);
    }
  }

  /** Refused here, before any money moves. */
  private void requireGasLimit(CallOptions options) {
    if (options.gasLimit().isEmpty()) {
      return;
    }
    long limit = options.gasLimit().getAsLong();
    if (Long.compareUnsigned(limit, parameters.maxTaskGas()) > 0) {
      throw new EnigmaException(
          ErrorCode.GAS_LIMIT_TOO_HIGH,
          "the gas limit %s is above the network's largest, %d"
              .formatted(Long.toUnsignedString(limit), parameters.maxTaskGas()));
    }
    if (Long.compareUnsigned(limit, parameters.baseGas()) < 0) {
      throw new EnigmaException(
          ErrorCode.GAS_LIMIT_TOO_LOW,
          "the gas limit %d is below what every task costs, %d"
              .formatted(limit, parameters.baseGas()));
    }
  }

  private static long fee(TaskOrder order) {
    BigInteger fee = order.maximumFee();
    if (fee.bitLength() > 63) {
      throw new EnigmaException(
          ErrorCode.ALLOCATION_TOO_SMALL,
          "gas limit %s at price %s costs up to %s ENG, more than there is"
              .formatted(
                  Long.toUnsignedString(order.gasLimit()),
                  Long.toUnsignedString(order.gasPrice()),
                  Eng.text(fee)));
    }
    return fee.longValueExact();
  }

  /** Tells the listener of a task's progress, and remembers what its execution used. */
  private void watch(Task task, TaskRecord record) {
    task.onProgress(progress -> {
      settings.listener().accept(new ClientEvent.Moved(progress));
      progress
          .result()
          .filter(TaskResult::succeeded)
          .ifPresent(
              result -> store.saveGas(record.contract(), record.signature(), result.gasUsed()));
    });
  }

  /** The most gas that this user's past calls of a function used, with a quarter more. */
  OptionalLong gasOfPastCalls(Address contract, String signature) {
    OptionalLong most = store.mostGas(contract, signature);
    return most.isEmpty()
        ? most
        : OptionalLong.of(
            Math.min(most.getAsLong() + most.getAsLong() / 4 + 1, parameters.maxTaskGas()));
  }

  private TaskRecord seal(Request request, CallOptions options, RealmKey realmKey, boolean posted) {
    Bytes32 realm = request.contract().realm();
    Address target = request.contract().address();
    Envelope.Context context =
        new Envelope.Context(
            realm, target, request.kind(), owner, request.salt(), request.codeHash());
    Envelope.Sealed sealed =
        Envelope.seal(
            realmKey.suite(),
            realmKey.inputKey(),
            networkHash,
            realmKey.generation(),
            realmKey.tenure(),
            context,
            request.payload().toByteArray());
    Bytes envelope = sealed.envelope().toBytes();
    long gasLimit = options.gasLimit().orElse(Math.min(DEFAULT_CALL_GAS, parameters.maxTaskGas()));
    long gasPrice = options.gasPrice().orElse(parameters.minGasPrice());
    long expiry =
        options.lifeBlocks() == 0
            ? ledger.recentBlockNumber() + Math.max(1, parameters.maxOrderBlocks() * 4 / 5)
            : ledger.blockNumber() + options.lifeBlocks();
    TaskOrder order =
        new TaskOrder(
            owner,
            realm,
            target,
            request.kind(),
            request.codeHash(),
            Keccak.hash(envelope),
            gasLimit,
            gasPrice,
            expiry,
            request.salt());
    return new TaskRecord(
        order.taskId(domain),
        order,
        envelope,
        sealed.responseKey(),
        target,
        request.signature(),
        request.outputs().tuple(),
        request.contract().abi().json(),
        posted);
  }

  /** Posts an order; code that travels beside it, and then its envelope too, goes to the nodes. */
  private void post(TaskRecord record, Optional<DeployData> deploy) {
    requireOwner();
    if (deploy.isEmpty()) {
      ledger.post(record.order(), record.envelope());
      return;
    }
    ledger.post(record.order());
    long end = System.nanoTime() + settings.patience().toNanos();
    while (true) {
      try {
        nodes.submit(
            record.order(),
            record.envelope(),
            deploy,
            Optional.empty(),
            Optional.empty(),
            (url, failure) -> {});
        return;
      } catch (EnigmaException e) {
        // What is on Ethereum is paid for: nobody gives up at the first silence. And a node may see
        // the block later than this client.
        boolean later = Nodes.anotherMayHelp(e.code()) || e.code() == ErrorCode.TASK_CLOSED;
        if (!later || System.nanoTime() > end) {
          throw e;
        }
        Pause.of(HANDING_OVER);
      }
    }
  }

  private TaskRecord sendDirect(Request request, TaskRecord record, CallOptions options) {
    Signature signature = key.sign(record.taskId());
    try {
      Optional<Nodes.Accepted> accepted =
          nodes.submit(
              record.order(),
              record.envelope(),
              request.deploy(),
              Optional.of(signature),
              session,
              (url, failure) ->
                  settings
                      .listener()
                      .accept(
                          new ClientEvent.NotAccepted(
                              record.taskId(), String.valueOf(failure.getMessage()), "next node")));
      Nodes.Accepted word = accepted.orElseThrow(() -> TaskVerifier.bad("there is no acceptance"));
      verifier.verifyAcceptance(
          record.order().realm(), record.taskId(), word.headerNumber(), word.signature());
      return record;
    } catch (EnigmaException e) {
      if (e.code() == ErrorCode.WRONG_TENURE) {
        realmKeys.forget(record.order().realm());
      }
      if (options.route() != CallOptions.Route.DIRECT_ELSE_POSTED
          || !Nodes.anotherMayHelp(e.code())
          || request.kind() == TaskKind.DEPLOY) {
        throw e;
      }
      settings
          .listener()
          .accept(
              new ClientEvent.NotAccepted(
                  record.taskId(), String.valueOf(e.getMessage()), "posted on Ethereum"));
      ensureBalance(Math.addExact(fee(record.order()), parameters.postFee()));
      post(record, Optional.empty());
      return record;
    }
  }

  /**
   * Goes on with a task of this client's store, after a restart.
   *
   * @throws EnigmaException UNKNOWN_TASK when the store does not have it
   */
  public Task resume(Bytes32 taskId) {
    TaskRecord record =
        store
            .task(taskId)
            .orElseThrow(() ->
                new EnigmaException(
                    ErrorCode.UNKNOWN_TASK, "the store has no task " + taskId.hex()));
    Task task = new Task(taskId, record.order().realm(), Instant.now(), settings.patience());
    watch(task, record);
    follow(task, record);
    return task;
  }

  /** What the store knows of a task. */
  public Optional<TaskRecord> record(Bytes32 taskId) {
    return store.task(taskId);
  }

  private void follow(Task task, TaskRecord record) {
    TaskFollower follower =
        new TaskFollower(
            ledger, commits, nodes, verifier, parameters, isSimulated(), store, record, task);
    threads.execute(follower);
  }

  // ------------------------------------------------------------------------------------------------------------ queries

  QueryResult query(SecretContract contract, EncodedCall call, boolean named) {
    codeWatch.look(contract);
    Optional<Permit.Signed> permit =
        named ? Optional.of(permit(contract, "Query " + contract.name())) : Optional.empty();
    QueryPayload payload = new QueryPayload(permit, call.input());
    Answer answer = ask(contract, payload.sender(), payload.encode());
    CallResult result = CallResult.decode(answer.plaintext());
    if (result.failure().isPresent()) {
      ErrorCode failure = result.failure().get();
      throw new EnigmaException(
          failure,
          failure == ErrorCode.EXECUTION_REVERTED
              ? call.signature() + ": " + contract.abi().revertReason(result.output())
              : call.signature() + ": " + failure.explanation());
    }
    return new QueryResult(
        call.outputs().decode(result.output()),
        answer.sequence(),
        ConsoleLine.texts(result.console()));
  }

  /**
   * What a holder's enclave answered.
   *
   * @param sequence of the last task whose effect it contains
   */
  record Answer(byte[] plaintext, long sequence) {}

  /** Asks the holder of the contract's realm something sealed. */
  private Answer ask(SecretContract contract, Address sender, byte[] payload) {
    RealmKey realmKey = realmKeys.current(contract.realm());
    Bytes32 salt = randomBytes32();
    Envelope.Context context =
        new Envelope.Context(
            contract.realm(), contract.address(), TaskKind.QUERY, sender, salt, Bytes32.zero());
    Envelope.Sealed sealed =
        Envelope.seal(
            realmKey.suite(),
            realmKey.inputKey(),
            networkHash,
            realmKey.generation(),
            realmKey.tenure(),
            context,
            payload);
    Query query =
        new Query(contract.realm(), contract.address(), sender, salt, sealed.envelope().toBytes());
    ObjectNode parametersNode = Nodes.parameters();
    parametersNode
        .put("realm", query.realm().hex())
        .put("target", query.target().hex())
        .put("sender", query.sender().hex())
        .put("salt", query.salt().hex())
        .put("envelope", query.envelope().hex());
    JsonNode answer = nodes.query(query.realm(), parametersNode);
    return new Answer(
        SealedResult.open(
                sealed.responseKey(),
                query.id(domain),
                Bytes.fromHex(answer.path("result").asText()))
            .toByteArray(ACCESS),
        Long.decode(answer.path("sequence").asText()));
  }

  // ------------------------------------------------------------------------------------------------------------ authors

  /** Traces a call on the anchored state; nothing is sent and nothing kept. */
  Trace trace(
      SecretContract contract,
      EncodedCall call,
      OptionalLong gasLimit,
      boolean readOnly,
      boolean anonymous) {
    requireDevelopmentNetwork();
    AuthorRequest.Trace request =
        new AuthorRequest.Trace(
            permit(contract, AuthorRequest.Trace.LABEL),
            readOnly,
            anonymous,
            gasLimit.orElse(
                readOnly
                    ? parameters.maxTaskGas()
                    : Math.min(DEFAULT_CALL_GAS, parameters.maxTaskGas())),
            call.input());
    Answer answer = ask(contract, owner, request.encode());
    TracedCall traced = TracedCall.decode(answer.plaintext());
    return new Trace(traced.result(), traced.trace(), answer.sequence());
  }

  /** Reads slots of a contract in the account's own realm. */
  SlotValues slots(SecretContract contract, List<Bytes32> slots) {
    requireDevelopmentNetwork();
    AuthorRequest.Storage request =
        new AuthorRequest.Storage(
            permit(contract, AuthorRequest.Storage.LABEL), contract.address(), slots);
    Answer answer = ask(contract, owner, request.encode());
    List<Bytes32> values = StorageValues.decode(answer.plaintext()).values();
    if (values.size() != slots.size()) {
      throw new EnigmaException(
          ErrorCode.MALFORMED_MESSAGE,
          "%d values for %d slots".formatted(values.size(), slots.size()));
    }
    return new SlotValues(values, answer.sequence());
  }

  private void requireDevelopmentNetwork() {
    if (!isSimulated()) {
      throw new EnigmaException(
          ErrorCode.DEVELOPMENT_ONLY,
          "the network at %s is no development network: nobody sees what a contract does there"
              .formatted(ledger.enigma().hex()));
    }
  }

  /** The storage layout that the compiler gave when this user deployed the contract. */
  StorageLayout layout(SecretContract contract) {
    String json = store.contract(contract.address()).map(ContractRecord::layout).orElse("");
    if (json.isEmpty()) {
      throw new EnigmaException(
          ErrorCode.NO_STORAGE_LAYOUT,
          "nothing here tells how %s lays out its storage".formatted(contract.name()));
    }
    return StorageLayout.parse(json);
  }

  /** Contracts this client's store knows, to name what traces show. */
  public List<ContractRecord> contracts() {
    return store.contracts();
  }

  private Permit.Signed permit(SecretContract contract, String label) {
    long epoch = allocation(contract.realm()).sessionEpoch();
    Permit permit =
        new Permit(
            owner,
            contract.realm(),
            contract.address(),
            Instant.now().plus(PERMIT_VALIDITY).getEpochSecond(),
            label,
            epoch);
    return new Permit.Signed(permit, key.sign(permit.digest(domain)), session);
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
    requireOwner();
    SigningKey sessionKey = SigningKey.generate();
    SessionKey terms =
        new SessionKey(
            owner,
            sessionKey.address(),
            realm,
            Instant.now().plus(validity).getEpochSecond(),
            maxFee,
            allocation(realm).sessionEpoch());
    return new EnigmaClient(
        this, sessionKey, new Permit.SignedSession(terms, key.sign(terms.digest(domain))));
  }

  /** Makes every session key of this account in the realm void. */
  public void revokeSessions(Bytes32 realm) {
    requireOwner();
    ledger.revokeSessions(realm);
  }

  private static Bytes32 randomBytes32() {
    byte[] bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return Bytes32.of(bytes);
  }

  /** Ends the waiting threads and connections; tasks go on and can be resumed from the store. */
  @Override
  public void close() {
    if (ownsConnections) {
      threads.shutdownNow();
      nodes.close();
      rpc.close();
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
