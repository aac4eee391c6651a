package network.enigma.cli.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import network.enigma.chain.BlockTag;
import network.enigma.chain.Call;
import network.enigma.chain.EthereumAccount;
import network.enigma.chain.EthereumRpc;
import network.enigma.chain.TransactionReceipt;
import network.enigma.chain.anvil.Anvil;
import network.enigma.contracts.Enigma;
import network.enigma.contracts.EnigmaRegistry;
import network.enigma.contracts.EnigmaToken;
import network.enigma.ethereum.BlockHeader;
import network.enigma.protocol.Address;
import network.enigma.protocol.Admission;
import network.enigma.protocol.Announcement;
import network.enigma.protocol.Backup;
import network.enigma.protocol.Batch;
import network.enigma.protocol.BatchKind;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Charge;
import network.enigma.protocol.Eip712Domain;
import network.enigma.protocol.Grant;
import network.enigma.protocol.Head;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.Realms;
import network.enigma.protocol.Role;
import network.enigma.protocol.Seed;
import network.enigma.protocol.TaskKind;
import network.enigma.protocol.TaskOrder;
import network.enigma.protocol.crypto.SecretBytes;
import network.enigma.protocol.crypto.SigningKey;
import network.enigma.protocol.crypto.Suite;

/**
 * What the contract's operations cost in Ethereum gas, measured from the receipts of real
 * transactions on a chain of its own. Enclaves' signatures are made by keys of the benchmark: the
 * contract cannot tell, and no enclave's work costs Ethereum gas.
 */
public final class GasBench implements AutoCloseable {
  /** A measured operation; the goal is empty where the design names none. */
  public record Row(String name, long gas, OptionalLong goal) {
    public boolean reached() {
      return goal.isEmpty() || gas <= goal.getAsLong();
    }
  }

  private static final long SEAT_UNIT = 100_000_000_000L;

  /** Rule C15 asks for the same gas from here ... */
  private static final int FEW_WORKERS = 10;

  /** ... to here. */
  private static final int MANY_WORKERS = 10_000;

  private static final int REGISTERED_AT_ONCE = 100;
  private static final int HISTORY = 1_000;
  private static final int TASKS = 1_000;
  private static final long EPOCH_BLOCKS = 100;
  private static final long TENURE_EPOCHS = 3;
  private static final long BLOCK_GAS = 29_000_000;
  private static final long MONTH = 29L * 24 * 3_600;
  private static final byte[] EVIDENCE = "evidence".getBytes(StandardCharsets.UTF_8);

  private final Anvil anvil;
  private final EthereumRpc rpc;
  private final EthereumAccount governor;
  private final Consumer<String> progress;
  private final List<SigningKey> keyManagers =
      List.of(key("key manager", 0), key("key manager", 1), key("key manager", 2)).stream()
          .sorted(Comparator.comparing(SigningKey::address))
          .toList();
  private final Map<String, Row> rows = new LinkedHashMap<>();
  private Address enigma = Address.zero();
  private Eip712Domain domain = new Eip712Domain(1, Address.zero());
  private int workers;
  private long lease = 1;

  private GasBench(Consumer<String> progress) {
    this.progress = progress;
    this.anvil = Anvil.start();
    this.rpc = new EthereumRpc(anvil.url());
    this.governor = new EthereumAccount(rpc, Anvil.developmentKey(0));
  }

  /** Measures everything; takes about a minute. */
  public static List<Row> run(Consumer<String> progress) {
    try (GasBench bench = new GasBench(progress)) {
      bench.measure();
      return List.copyOf(bench.rows.values());
    }
  }

  private static SigningKey key(String kind, int number) {
    return SigningKey.of(
        SecretBytes.of(
            Keccak.hash(
                    kind.getBytes(StandardCharsets.UTF_8), BigInteger.valueOf(number).toByteArray())
                .toByteArray()));
  }

  private void measure() {
    progress.accept("Deploying the contracts");
    deploy();
    row("register", registerOne(), 135_000);
    registerMany(FEW_WORKERS - workers);
    takeSeats(2);
    row("seed", seed(1), 75_000);

    Bytes32 realm = open("first", true);
    measureKey(realm);
    measurePosts(realm);
    measureCommits(realm);
    measureRenewal(realm);

    progress.accept("Registering " + MANY_WORKERS + " workers");
    registerMany(MANY_WORKERS - workers);
    takeSeats(1);
    row("seed10000Workers", nextEpoch(), 75_000);
    nextEpoch();
    Bytes32 late = open("late", false);
    assign(late);
    announce(late);
    send(Enigma.allocate(late.toByteArray(), 1_000_000_000));
    commitOne(late);
    commitOne(late);
    row("commitOne10000Workers", lastGas, 90_000);
  }

  private void row(String name, long gas, long goal) {
    rows.put(name, new Row(name, gas, OptionalLong.of(goal)));
    progress.accept("  %-28s %,10d".formatted(name, gas));
  }

  // ------------------------------------------------------------------------------------------------------------ network

  private void deploy() {
    byte[] owner = governor.address().toByteArray();
    Enigma.Parameters p =
        new Enigma.Parameters(
            0,
            EPOCH_BLOCKS,
            TENURE_EPOCHS,
            10,
            60,
            60,
            30,
            1,
            0,
            0,
            64L << 20,
            100_000_000,
            SEAT_UNIT,
            1_000,
            300,
            130,
            1,
            21_000,
            1_000,
            1_000,
            1_000,
            1,
            1_000,
            1_000,
            1_000,
            0,
            0);
    Address token = create(EnigmaToken.deployment(owner, 1_500_000_000_000_000_000L));
    Address registry = create(EnigmaRegistry.deployment(p, token.toByteArray()));
    enigma = create(Enigma.deployment(p, token.toByteArray(), registry.toByteArray(), owner));
    domain = new Eip712Domain(rpc.chainId(), enigma);
    governor.execute(
        Call.of(token, EnigmaToken.approve(enigma.toByteArray(), BigInteger.ONE.shiftLeft(255))));
    send(Enigma.deposit(1_400_000_000_000_000_000L));
    List<byte[]> calls = new ArrayList<>();
    calls.add(Enigma.setNetworkHash(Keccak.hashText("network").toByteArray()));
    calls.add(Enigma.addMeasurement(measurement("worker"), Role.WORKER.number(), 0));
    calls.add(Enigma.addMeasurement(measurement("key manager"), Role.KEY_MANAGER.number(), 0));
    for (SigningKey keyManager : keyManagers) {
      byte[] address = keyManager.address().toByteArray();
      calls.add(Enigma.addKeyManager(address, address, measurement("key manager"), EVIDENCE));
    }
    calls.add(
        Enigma.publishGeneration(
            0,
            1,
            2,
            keyManagers.stream().map(each -> each.address().toByteArray()).toList(),
            Keccak.hashText("check").toByteArray()));
    send(Enigma.multicall(calls));
  }

  private static byte[] measurement(String name) {
    return Keccak.hashText(name).toByteArray();
  }

  private Address create(byte[] creationCode) {
    return governor
        .execute(Call.deployment(creationCode).withGasLimit(12_000_000))
        .contractAddress()
        .orElseThrow();
  }

  private long lastGas;

  private TransactionReceipt send(byte[] call) {
    TransactionReceipt receipt = governor.execute(Call.of(enigma, call).withGasLimit(BLOCK_GAS));
    lastGas = receipt.gasUsed();
    return receipt;
  }

  private byte[] read(byte[] call) {
    return rpc.callContract(enigma, Bytes.of(call), BlockTag.LATEST).toByteArray();
  }

  private List<byte[]> quorum(Bytes32 digest) {
    return keyManagers.subList(0, 2).stream().map(each -> each.sign(digest).toByteArray()).toList();
  }

  private static SigningKey enclave(long worker) {
    return key("worker", Math.toIntExact(worker));
  }

  private byte[] registration(int worker) {
    long now = rpc.header(BlockTag.LATEST).orElseThrow().timestamp();
    Admission admission =
        new Admission(
            governor.address(),
            enclave(worker).address(),
            Role.WORKER.number(),
            Bytes32.of(measurement("worker")),
            0,
            Keccak.hashText("machine " + worker),
            1,
            now + MONTH,
            Keccak.hash(EVIDENCE));
    return Enigma.register(
        new Enigma.Admission(
            admission.operator().toByteArray(),
            admission.enclave().toByteArray(),
            admission.role(),
            admission.measurement().toByteArray(),
            admission.tee(),
            admission.platformHash().toByteArray(),
            admission.tcbNumber(),
            admission.notAfter(),
            admission.evidenceHash().toByteArray()),
        quorum(admission.digest(domain)),
        EVIDENCE);
  }

  private long registerOne() {
    send(registration(++workers));
    send(registration(++workers));
    return lastGas;
  }

  private void registerMany(int count) {
    for (int done = 0; done < count; ) {
      List<byte[]> calls = new ArrayList<>();
      for (int i = 0; i < REGISTERED_AT_ONCE && done < count; i++, done++) {
        calls.add(registration(++workers));
      }
      send(Enigma.multicall(calls));
    }
  }

  private int seated;

  private void takeSeats(int each) {
    while (seated < workers) {
      List<byte[]> calls = new ArrayList<>();
      for (int i = 0; i < REGISTERED_AT_ONCE && seated < workers; i++) {
        calls.add(Enigma.takeSeats(++seated, each));
      }
      send(Enigma.multicall(calls));
    }
  }

  private long seed(long epoch) {
    Bytes32 seed = Keccak.hashText("seed " + epoch);
    send(Enigma.postSeed(epoch, seed.toByteArray(), quorum(new Seed(epoch, seed).digest(domain))));
    return lastGas;
  }

  private long nextEpoch() {
    mine(EPOCH_BLOCKS);
    return seed(Enigma.Results.network(read(Enigma.network())).epoch() + 1);
  }

  private void mine(long blocks) {
    rpc.call("anvil_mine", "0x" + Long.toHexString(blocks));
  }

  // ------------------------------------------------------------------------------------------------------------- realms

  private Bytes32 open(String salt, boolean measured) {
    Bytes32 hash = Keccak.hashText(salt);
    send(Enigma.open(hash.toByteArray(), 0));
    if (measured) {
      row("open", lastGas, 90_000);
    }
    return Realms.realmId(domain, governor.address(), hash);
  }

  private void assign(Bytes32 realm) {
    send(Enigma.assign(realm.toByteArray()));
  }

  private void measureKey(Bytes32 realm) {
    assign(realm);
    row("assign", lastGas, 60_000);
    announce(realm);
    row("announce", lastGas, 95_000);
  }

  private Enigma.RealmView view(Bytes32 realm) {
    return Enigma.Results.getRealm(read(Enigma.getRealm(realm.toByteArray())));
  }

  private void announce(Bytes32 realm) {
    Enigma.RealmView view = view(realm);
    long tenure = view.tenure() + 1;
    long worker = view.ranks().getFirst();
    SigningKey enclave = enclave(worker);
    lease = rpc.blockNumber() << 16;
    Bytes inputKey = inputKey(realm, tenure);
    send(
        Enigma.announce(
            realm.toByteArray(),
            tenure,
            Suite.X_WING.id(),
            inputKey.toByteArray(),
            lease,
            worker,
            quorum(new Grant(realm, tenure, lease, enclave.address()).digest(domain)),
            enclave
                .sign(
                    new Announcement(
                            realm,
                            tenure,
                            Suite.X_WING.id(),
                            Realms.inputKeyHash(Suite.X_WING, inputKey))
                        .digest(domain))
                .toByteArray()));
  }

  /** As many bytes as an X-Wing key has, as random as one is. */
  private static Bytes inputKey(Bytes32 realm, long tenure) {
    return noise(realm.hex() + tenure, Suite.X_WING.publicKeyLength());
  }

  private static Bytes noise(String name, int length) {
    List<Bytes> words = new ArrayList<>();
    for (int i = 0; i * Bytes32.LENGTH < length; i++) {
      words.add(Keccak.hashText(name + "/" + i).bytes());
    }
    return Bytes.concat(words.toArray(Bytes[]::new)).slice(0, length);
  }

  private void measureRenewal(Bytes32 realm) {
    for (long i = 0; i <= TENURE_EPOCHS; i++) {
      nextEpoch();
    }
    send(Enigma.renew(realm.toByteArray()));
    row("renew", lastGas, 70_000);
    announce(realm);
  }

  // -------------------------------------------------------------------------------------------------------------- tasks

  private void measurePosts(Bytes32 realm) {
    // The first one of an account meets slots that were zero.
    post(realm, Bytes.ofText("warm"), false, "warm");
    row("post", post(realm, Bytes.ofText("input"), false, "one"), 65_000);
    Bytes envelope = noise("envelope", smallestEnvelope());
    long bytes = envelope.length();
    row(
        "postWithEnvelope",
        post(realm, envelope, true, "two"),
        Math.max(70_000 + 25 * bytes, 30_000 + 40 * bytes));
  }

  private static int smallestEnvelope() {
    // Header, encapsulated key, one padding bucket, tag.
    return 12 + Suite.X_WING.encapsulationLength() + 256 + 16;
  }

  private long post(Bytes32 realm, Bytes envelope, boolean withEnvelope, String salt) {
    TaskOrder order =
        new TaskOrder(
            governor.address(),
            realm,
            Address.lastBytesOf(Keccak.hashText("target")),
            TaskKind.CALL,
            Bytes32.zero(),
            Keccak.hash(envelope),
            1_000_000,
            1,
            rpc.blockNumber() + 50,
            Keccak.hashText(salt));
    Enigma.TaskOrder binding =
        new Enigma.TaskOrder(
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
    send(withEnvelope ? Enigma.post(binding, envelope.toByteArray()) : Enigma.post(binding));
    return lastGas;
  }

  // ------------------------------------------------------------------------------------------------------------ commits

  private void measureCommits(Bytes32 realm) {
    send(Enigma.allocate(realm.toByteArray(), 1_000_000_000));
    commitOne(realm);
    commitOne(realm);
    row("commitOne", lastGas, 90_000);
    progress.accept("Committing " + HISTORY + " batches");
    for (int i = 0; i < HISTORY; i++) {
      commitOne(realm);
    }
    row("commitOneAfter1000", lastGas, 90_000);
    List<Address> payers = payers(realm, 300);
    // The first batch of a payer meets a total that was zero in a slot that is not; measure the
    // ones after it.
    commit(realm, TASKS, charges(payers));
    commit(realm, TASKS, charges(payers.subList(0, 100)));
    row("perTask1000By100Payers", lastGas / TASKS, 1_000);
    commit(realm, TASKS, charges(payers));
    row("perTask1000By300Payers", lastGas / TASKS, 2_000);
  }

  private static List<Charge> charges(List<Address> payers) {
    return payers.stream().map(payer -> new Charge(payer, 21)).toList();
  }

  private List<Address> payers(Bytes32 realm, int count) {
    List<Address> payers =
        LongStream.range(0, count)
            .mapToObj(i -> Address.lastBytesOf(Keccak.hashText("payer " + i)))
            .sorted()
            .toList();
    List<byte[]> deposits = new ArrayList<>();
    List<EthereumRpc.Request> requests = new ArrayList<>();
    requests.add(EthereumRpc.Request.of("anvil_autoImpersonateAccount", true));
    for (Address payer : payers) {
      deposits.add(Enigma.depositFor(payer.toByteArray(), 10_000_000));
      requests.add(EthereumRpc.Request.of("anvil_setBalance", payer.hex(), "0xde0b6b3a7640000"));
    }
    for (int from = 0; from < deposits.size(); from += REGISTERED_AT_ONCE) {
      send(
          Enigma.multicall(
              deposits.subList(from, Math.min(deposits.size(), from + REGISTERED_AT_ONCE))));
    }
    String allocate = Bytes.of(Enigma.allocate(realm.toByteArray(), 5_000_000)).hex();
    for (Address payer : payers) {
      requests.add(
          EthereumRpc.Request.of(
              "eth_sendTransaction",
              Map.of("from", payer.hex(), "to", enigma.hex(), "data", allocate, "gas", "0x493e0")));
    }
    List<JsonNode> answers = rpc.batch(requests);
    awaitMined(Bytes32.fromHex(answers.getLast().asText()));
    return payers;
  }

  /** The chain mines in the order of arrival: when the last transaction is in, all are. */
  private void awaitMined(Bytes32 transaction) {
    while (rpc.receipt(transaction).isEmpty()) {
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  private void commitOne(Bytes32 realm) {
    commit(realm, 1, List.of(new Charge(governor.address(), 21)));
  }

  private void commit(Bytes32 realm, int count, List<Charge> charges) {
    Enigma.RealmView view = view(realm);
    BlockHeader header = rpc.header(BlockTag.LATEST).orElseThrow();
    Batch batch =
        new Batch(
            realm,
            BatchKind.TASKS,
            lease,
            view.tenure(),
            view.sequence() + 1,
            count,
            header.number(),
            header.hash(),
            Keccak.hashText("delta " + view.sequence()),
            Keccak.hashText("receipts " + view.sequence()),
            charges,
            List.of(),
            List.of(),
            governor.address());
    Head head = batch.head(Bytes32.of(view.stateHash()));
    long worker = view.worker();
    long backup =
        view.ranks().stream().filter(rank -> rank != 0 && rank != worker).findFirst().orElseThrow();
    Bytes32 acknowledged =
        new Backup(head.realm(), head.lease(), head.endSequence(), head.stateHash()).digest(domain);
    byte[] acknowledgement =
        Bytes.concat(
                Bytes.of(
                    new byte[] {
                      (byte) (backup >>> 24),
                      (byte) (backup >>> 16),
                      (byte) (backup >>> 8),
                      (byte) backup
                    }),
                enclave(backup).sign(acknowledged).bytes())
            .toByteArray();
    send(
        Enigma.commit(
            List.of(
                new Enigma.Commitment(
                    binding(batch),
                    worker,
                    enclave(worker).sign(head.digest(domain)).toByteArray(),
                    acknowledgement,
                    Bytes32.zero().toByteArray(),
                    new byte[0],
                    List.of()))));
  }

  private static Enigma.Batch binding(Batch batch) {
    return new Enigma.Batch(
        batch.realm().toByteArray(),
        batch.kind().number(),
        batch.lease(),
        batch.tenure(),
        batch.firstSequence(),
        batch.count(),
        batch.headerNumber(),
        batch.headerHash().toByteArray(),
        batch.deltaHash().toByteArray(),
        batch.receiptsRoot().toByteArray(),
        batch.packedCharges(),
        batch.packedOutcomes(),
        List.of(),
        batch.payee().toByteArray());
  }

  @Override
  public void close() {
    rpc.close();
    anvil.close();
  }
}
