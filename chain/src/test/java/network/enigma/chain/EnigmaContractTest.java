package network.enigma.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import network.enigma.chain.anvil.Anvil;
import network.enigma.chain.anvil.RequiresAnvil;
import network.enigma.contracts.Enigma;
import network.enigma.contracts.EnigmaRegistry;
import network.enigma.contracts.EnigmaToken;
import network.enigma.ethereum.BlockHeader;
import network.enigma.ethereum.StateProof;
import network.enigma.ethereum.storage.Allocation;
import network.enigma.ethereum.storage.Counters;
import network.enigma.ethereum.storage.EnigmaFacts;
import network.enigma.ethereum.storage.EnigmaStorage;
import network.enigma.ethereum.storage.Generation;
import network.enigma.ethereum.storage.KeyManager;
import network.enigma.ethereum.storage.PostedTask;
import network.enigma.ethereum.storage.RealmHot;
import network.enigma.ethereum.storage.RealmOwner;
import network.enigma.ethereum.storage.RecordedIncarnation;
import network.enigma.ethereum.storage.Worker;
import network.enigma.protocol.Address;
import network.enigma.protocol.Admission;
import network.enigma.protocol.Announcement;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Eip712Domain;
import network.enigma.protocol.Eip712Message;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Grant;
import network.enigma.protocol.Incarnation;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.Realms;
import network.enigma.protocol.Seed;
import network.enigma.protocol.TaskKind;
import network.enigma.protocol.TaskOrder;
import network.enigma.protocol.crypto.SigningKey;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A network's whole beginning on a real chain, read back once by calls and once by proofs. */
@RequiresAnvil
@SuppressWarnings("NullAway.Init")
class EnigmaContractTest {
  private static final long SUPPLY = 1_000_000_000_000_000L;
  private static final long SEAT = 100_000_000_000L;
  private static final long EPOCH_BLOCKS = 100;
  private static final Bytes32 WORKER_CODE = Bytes32.ofUnsigned(0xc0de1);
  private static final Bytes32 KEY_MANAGER_CODE = Bytes32.ofUnsigned(0xc0de2);
  private static final Bytes EVIDENCE = Bytes.fromHex("0xe71d");
  private static final Bytes32 SALT = Bytes32.ofUnsigned(7);
  private static final long LEASE = 5L << 16;

  private static final List<SigningKey> KEY_MANAGERS =
      Stream.generate(SigningKey::generate)
          .limit(3)
          .sorted(Comparator.comparing(SigningKey::address))
          .toList();
  private static final SigningKey ENCLAVE = SigningKey.generate();

  private static Anvil anvil;
  private static EthereumRpc rpc;
  private static EthereumAccount owner;
  private static EthereumAccount operator;
  private static EthereumAccount user;
  private static EnigmaContract enigma;
  private static Eip712Domain domain;

  @BeforeAll
  static void begin() {
    anvil = Anvil.start();
    rpc = new EthereumRpc(anvil.url());
    owner = new EthereumAccount(rpc, Anvil.developmentKey(0));
    operator = new EthereumAccount(rpc, Anvil.developmentKey(1));
    user = new EthereumAccount(rpc, Anvil.developmentKey(2));
    byte[] ownerBytes = owner.address().toByteArray();
    Address token = create(EnigmaToken.deployment(ownerBytes, SUPPLY));
    Address registry = create(EnigmaRegistry.deployment(parameters(), token.toByteArray()));
    enigma =
        new EnigmaContract(
            rpc,
            create(
                Enigma.deployment(
                    parameters(), token.toByteArray(), registry.toByteArray(), ownerBytes)));
    domain = enigma.domain();

    List<byte[]> governance = new ArrayList<>();
    governance.add(Enigma.setNetworkHash(Bytes32.ofUnsigned(0x4e7).toByteArray()));
    governance.add(Enigma.addMeasurement(WORKER_CODE.toByteArray(), 1, 0));
    governance.add(Enigma.addMeasurement(KEY_MANAGER_CODE.toByteArray(), 2, 0));
    for (SigningKey keyManager : KEY_MANAGERS) {
      governance.add(
          Enigma.addKeyManager(
              keyManager.address().toByteArray(),
              ownerBytes,
              KEY_MANAGER_CODE.toByteArray(),
              EVIDENCE.toByteArray()));
    }
    governance.add(
        Enigma.publishGeneration(
            0,
            1,
            2,
            KEY_MANAGERS.stream().map(key -> key.address().toByteArray()).toList(),
            Bytes32.ofUnsigned(0xc4ec).toByteArray()));
    for (byte[] call : governance) {
      owner.execute(enigma.call(call));
    }
    owner.execute(
        List.of(
            enigma.approve(SUPPLY).withGasLimit(100_000),
            enigma.depositFor(operator.address(), 10 * SEAT).withGasLimit(200_000),
            enigma.depositFor(user.address(), SEAT).withGasLimit(200_000)));

    Admission admission =
        new Admission(
            operator.address(),
            ENCLAVE.address(),
            1,
            WORKER_CODE,
            0,
            Bytes32.ofUnsigned(1),
            3,
            rpc.header(BlockTag.LATEST).orElseThrow().timestamp() + 86_400,
            Keccak.hash(EVIDENCE));
    operator.execute(
        enigma.register(
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
            signatures(admission),
            EVIDENCE.toByteArray()));
    operator.execute(enigma.takeSeats(1, 4));
    Seed seed = new Seed(1, Keccak.hashText("the first seed"));
    owner.execute(enigma.postSeed(1, seed.seed(), signatures(seed)));
  }

  @AfterAll
  static void end() {
    rpc.close();
    anvil.close();
  }

  @Test
  void provesTheFactsThatTheContractAnswersWith() {
    Bytes32 realm = Realms.realmId(domain, user.address(), SALT);
    TransactionReceipt opened = user.execute(enigma.openAndAssign(realm, SALT, 1));
    assertThat(enigma.event(opened, Enigma.Event.RealmOpened.class))
        .hasValueSatisfying(event -> assertThat(Bytes32.of(event.realm())).isEqualTo(realm));
    byte[] inputKey = new byte[1_216];
    Bytes32 inputKeyHash = Keccak.hash(new byte[] {0x64, 0x7a}, inputKey);
    operator.execute(
        enigma.announce(
            realm,
            1,
            0x647a,
            inputKey,
            LEASE,
            1,
            signatures(new Grant(realm, 1, LEASE, ENCLAVE.address())),
            ENCLAVE
                .sign(new Announcement(realm, 1, 0x647a, inputKeyHash).digest(domain))
                .toByteArray()));
    user.execute(enigma.allocate(realm, 1_234_567));
    TaskOrder order = order(realm);
    TransactionReceipt posted = user.execute(enigma.post(order, new byte[] {9}));
    Bytes32 taskId = order.taskId(domain);
    assertThat(enigma.event(posted, Enigma.Event.TaskPosted.class))
        .hasValueSatisfying(event -> assertThat(Bytes32.of(event.taskId())).isEqualTo(taskId));
    Incarnation life = new Incarnation(1, Keccak.hashText("second life"));
    TransactionReceipt recorded =
        owner.execute(
            enigma.recordNonce(
                life.number(), life.nonce(), KEY_MANAGERS.getFirst().sign(life.digest(domain))));

    List<Bytes32> slots = new ArrayList<>();
    slots.add(EnigmaStorage.networkHash());
    slots.add(EnigmaStorage.counters());
    slots.addAll(EnigmaStorage.realm(realm));
    slots.add(EnigmaStorage.task(realm, taskId));
    slots.add(EnigmaStorage.allocation(realm, user.address()));
    slots.addAll(EnigmaStorage.worker(1));
    slots.add(EnigmaStorage.workerId(ENCLAVE.address()));
    slots.add(EnigmaStorage.workerId(user.address()));
    slots.add(EnigmaStorage.seat(2));
    slots.add(EnigmaStorage.epoch(1));
    slots.addAll(EnigmaStorage.generation(1));
    slots.add(EnigmaStorage.keyManager(KEY_MANAGERS.getFirst().address()));
    slots.add(EnigmaStorage.measurement(WORKER_CODE));
    slots.add(EnigmaStorage.measurementAt(1));
    slots.add(EnigmaStorage.tcbMinima());
    slots.add(EnigmaStorage.incarnation(KEY_MANAGERS.getFirst().address()));
    slots.add(EnigmaStorage.challenge(realm));
    slots.add(EnigmaStorage.upgrade(realm, order.target(), order.codeHash()));
    BlockHeader header = rpc.header(BlockTag.LATEST).orElseThrow();
    StateProof proof = new ProofSource(rpc).prove(header, enigma.address(), slots);
    EnigmaFacts facts =
        new EnigmaFacts(StateProof.decode(proof.encode()).verify(header, enigma.address()));

    assertThat(facts.networkHash()).isEqualTo(enigma.networkHash());
    assertThat(facts.storage().account().codeHash())
        .isEqualTo(Keccak.hash(rpc.code(enigma.address(), BlockTag.LATEST)));

    Enigma.NetworkView network = enigma.network();
    Counters counters = facts.counters();
    assertThat(counters.epoch()).isEqualTo(network.epoch()).isEqualTo(1);
    assertThat(counters.epochStart()).isEqualTo(network.epochStart());
    assertThat(counters.pool()).isEqualTo(network.pool()).isPositive();
    assertThat(counters.seatCount()).isEqualTo((int) network.seatCount()).isEqualTo(4);
    assertThat(counters.generation()).isEqualTo((int) network.generation()).isEqualTo(1);
    assertThat(counters.lastSeedAt()).isEqualTo(network.lastSeedAt()).isPositive();
    assertThat(counters.keyManagerCount()).isEqualTo((int) network.keyManagerCount()).isEqualTo(3);

    Enigma.RealmView view = enigma.realm(realm);
    RealmHot hot = facts.realmHot(realm);
    RealmOwner own = facts.realmOwner(realm);
    assertThat(own.owner()).isEqualTo(Address.of(view.owner())).isEqualTo(user.address());
    assertThat(own.waitsForCommit()).isTrue();
    assertThat(hot.tenure()).isEqualTo((int) view.tenure()).isEqualTo(1);
    assertThat(hot.tenureEnd()).isEqualTo(view.tenureEnd()).isPositive();
    assertThat(hot.generation()).isEqualTo((int) view.generation()).isEqualTo(1);
    assertThat(hot.worker()).isEqualTo((int) view.worker()).isEqualTo(1);
    // Of the last commit; there is none yet.
    assertThat(hot.lease()).isEqualTo(view.lease()).isZero();
    assertThat(hot.sequence()).isEqualTo(view.sequence());
    assertThat(hot.pending()).isEqualTo(view.pending()).isFalse();
    assertThat(hot.challenged()).isFalse();
    assertThat(own.rank(0)).isEqualTo(view.ranks().getFirst().intValue()).isEqualTo(1);
    assertThat(facts.inputKeyHash(realm, 1))
        .isEqualTo(Bytes32.of(view.inputKeyHash()))
        .isEqualTo(inputKeyHash);
    assertThat(facts.storedStateHash(realm)).isEqualTo(Bytes32.zero());

    Enigma.TaskView taskView = enigma.task(realm, taskId);
    PostedTask task = facts.task(realm, taskId);
    assertThat(task.payer()).isEqualTo(Address.of(taskView.payer())).isEqualTo(user.address());
    assertThat(task.postedAt()).isEqualTo(taskView.postedAt()).isEqualTo(posted.blockNumber());
    assertThat(task.expiry()).isEqualTo(taskView.expiry()).isEqualTo(order.expiry());
    assertThat(task.reserved()).isEqualTo(taskView.reserved()).isPositive();
    assertThat(task.countsAsOverdue()).isEqualTo(taskView.countsAsOverdue()).isTrue();

    Enigma.AllocationView allocationView = enigma.allocation(realm, user.address());
    Allocation allocation = facts.allocation(realm, user.address());
    assertThat(allocation.allocated()).isEqualTo(allocationView.allocated()).isEqualTo(1_234_567);
    assertThat(allocation.available()).isEqualTo(1_234_567);
    assertThat(allocation.sessionEpoch()).isEqualTo(allocationView.sessionEpoch());

    Enigma.WorkerView workerView = enigma.worker(1);
    Worker worker = facts.worker(1);
    assertThat(worker.enclave())
        .isEqualTo(Address.of(workerView.enclave()))
        .isEqualTo(ENCLAVE.address());
    assertThat(worker.operator().operator()).isEqualTo(operator.address());
    assertThat(worker.operator().seats()).isEqualTo(workerView.seats()).isEqualTo(4);
    assertThat(worker.core().admittedUntil()).isEqualTo(workerView.admittedUntil()).isPositive();
    assertThat(worker.core().tcbNumber()).isEqualTo(workerView.tcbNumber()).isEqualTo(3);
    assertThat(facts.measurementAt(worker.operator().measurement())).isEqualTo(WORKER_CODE);
    assertThat(facts.workerId(ENCLAVE.address())).isEqualTo(1);
    assertThat(facts.workerId(user.address())).isZero();
    assertThat(facts.seat(2).current()).isEqualTo(1);

    Enigma.EpochView epochView = enigma.epoch(1);
    assertThat(facts.epoch(1).seed()).isEqualTo(Bytes32.of(epochView.seed()));
    assertThat(facts.epoch(1).seats()).isEqualTo(epochView.seats());
    assertThat(facts.epoch(1).startBlock()).isEqualTo(epochView.startBlock()).isPositive();

    Enigma.Generation generationView = enigma.generation(1);
    Generation generation = facts.generation(1);
    assertThat(generation.quorum()).isEqualTo(generationView.quorum()).isEqualTo(2);
    assertThat(generation.terms().members()).isEqualTo(generationView.members()).isEqualTo(3);
    assertThat(generation.terms().threshold()).isEqualTo(generationView.threshold()).isEqualTo(1);
    assertThat(generation.rosterHash()).isEqualTo(Bytes32.of(generationView.rosterHash()));
    assertThat(generation.checkHash()).isEqualTo(Bytes32.ofUnsigned(0xc4ec));

    KeyManager keyManager = facts.keyManager(KEY_MANAGERS.getFirst().address());
    assertThat(keyManager.operator()).isEqualTo(owner.address());
    assertThat(keyManager.listed()).isTrue();
    assertThat(keyManager.generation()).isEqualTo(1);
    assertThat(facts.measurement(WORKER_CODE).listed()).isTrue();
    assertThat(facts.measurement(WORKER_CODE).role()).isEqualTo(1);
    assertThat(facts.tcbMinimum(0)).isZero();
    assertThat(facts.incarnation(KEY_MANAGERS.getFirst().address()))
        .isEqualTo(enigma.incarnation(KEY_MANAGERS.getFirst().address()))
        .isEqualTo(
            new RecordedIncarnation(
                RecordedIncarnation.prefix(life.nonce()), 1, recorded.blockNumber()));
    assertThat(facts.challenge(realm).exists()).isFalse();
    assertThat(facts.upgrade(realm, order.target(), order.codeHash()).exists()).isFalse();
  }

  private static Optional<Enigma.Event.WorkerRegistered> registration(
      EnigmaContract contract, OptionalLong hint) {
    return contract.registration(1, contract.worker(1).admittedUntil(), _ -> true, hint);
  }

  /** Evidence is found again though the endpoint refuses to search more than 1,000 blocks. */
  @Test
  void findsPublishedEvidenceWhereEndpointsLimitSearches() {
    long published = rpc.blockNumber();
    rpc.call("anvil_mine", "0x9c4");
    Address listed = KEY_MANAGERS.getFirst().address();
    try (LimitedEndpoint endpoint = new LimitedEndpoint(anvil.url(), LogSearch.RANGE);
        EthereumRpc limited = new EthereumRpc(endpoint.url())) {
      EnigmaContract contract = new EnigmaContract(limited, enigma.address());
      assertThatThrownBy(() -> limited.logs(List.of(enigma.address()), 0, published + 2_000))
          .isInstanceOf(EnigmaException.class);
      endpoint.searches();

      Enigma.Event.WorkerRegistered registered =
          registration(contract, OptionalLong.empty()).orElseThrow();
      assertThat(Bytes.of(registered.evidence())).isEqualTo(EVIDENCE);
      assertThat(registered.notAfter()).isEqualTo(contract.worker(1).admittedUntil());
      assertThat(endpoint.searches()).isBetween(2, 4);

      long block = registrationBlock(published);
      assertThat(registration(contract, OptionalLong.of(block))).isPresent();
      assertThat(endpoint.searches()).isEqualTo(1);

      long until = contract.worker(1).admittedUntil();
      assertThat(contract.registration(1, until - 1, _ -> true, OptionalLong.of(block))).isEmpty();
      assertThat(contract.registration(1, until, _ -> false, OptionalLong.of(block))).isEmpty();
      endpoint.searches();

      // Wrong and impossible hints cost a search, and no more.
      for (long hint : new long[] {-1, block + 1, Long.MAX_VALUE}) {
        assertThat(registration(contract, OptionalLong.of(hint))).isPresent();
      }
      Enigma.Event.KeyManagerAdded listing =
          contract.listing(listed, OptionalLong.empty()).orElseThrow();
      assertThat(Bytes.of(listing.evidence())).isEqualTo(EVIDENCE);
      assertThat(contract.listing(user.address(), OptionalLong.empty())).isEmpty();
    }
  }

  private static long registrationBlock(long upTo) {
    for (EthereumLog log : rpc.logs(List.of(enigma.address()), 0, upTo)) {
      if (enigma.event(log).filter(Enigma.Event.WorkerRegistered.class::isInstance).isPresent()) {
        return log.blockNumber();
      }
    }
    throw new AssertionError("the worker was not registered");
  }

  @Test
  void tellsWhatTheContractObjectsToByCodeAndByItsOwnError() {
    Bytes32 unknown = Bytes32.ofUnsigned(0xbad);
    assertRefused(
        enigma.assign(unknown), ErrorCode.UNKNOWN_REALM, Enigma.Failure.UnknownRealm.class);
    assertRefused(
        enigma.postSeed(3, unknown, List.of()),
        ErrorCode.WRONG_EPOCH,
        Enigma.Failure.WrongEpoch.class);
    assertRefused(
        enigma.call(Enigma.setNetworkHash(unknown.toByteArray())), ErrorCode.NOT_PERMITTED, null);
    assertRefused(
        enigma.withdraw(user.address(), Long.MAX_VALUE),
        ErrorCode.BALANCE_TOO_SMALL,
        Enigma.Failure.InsufficientBalance.class);
    assertThatThrownBy(() -> user.send(enigma.postSeed(3, unknown, List.of())))
        .isInstanceOfSatisfying(
            EnigmaException.class,
            e ->
                assertThat(Revert.failureOf(e))
                    .hasValueSatisfying(failure -> {
                      Enigma.Failure.WrongEpoch wrong = (Enigma.Failure.WrongEpoch) failure;
                      assertThat(wrong.expected()).isEqualTo(2);
                      assertThat(wrong.given()).isEqualTo(3);
                    }));
  }

  @Test
  void saysThatThereIsNoContract() {
    EnigmaContract nothing = new EnigmaContract(rpc, Address.fromHex("0x" + "ab".repeat(20)));
    assertThatThrownBy(nothing::network)
        .isInstanceOfSatisfying(
            EnigmaException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.WRONG_ADDRESS_BOOK));
  }

  private static void assertRefused(
      Call call, ErrorCode code, @Nullable Class<? extends Enigma.Failure> failure) {
    assertThatThrownBy(() -> user.send(call))
        .isInstanceOfSatisfying(
            EnigmaException.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              if (failure != null) {
                assertThat(Revert.failureOf(e)).containsInstanceOf(failure);
              }
            });
  }

  private static TaskOrder order(Bytes32 realm) {
    return new TaskOrder(
        user.address(),
        realm,
        Address.fromHex("0x" + "cd".repeat(20)),
        TaskKind.CALL,
        Bytes32.zero(),
        Keccak.hash(new byte[] {9}),
        100_000,
        5,
        rpc.blockNumber() + 50,
        Bytes32.ofUnsigned(99));
  }

  private static List<byte[]> signatures(Eip712Message message) {
    return KEY_MANAGERS.stream()
        .limit(2)
        .map(key -> key.sign(message.digest(domain)).toByteArray())
        .toList();
  }

  private static Address create(byte[] creationCode) {
    return owner.execute(Call.deployment(creationCode)).contractAddress().orElseThrow();
  }

  private static Enigma.Parameters parameters() {
    return new Enigma.Parameters(
        0,
        EPOCH_BLOCKS,
        3,
        10,
        60,
        60,
        20,
        0,
        0,
        0,
        64L << 20,
        100_000_000,
        SEAT,
        100,
        300,
        120,
        1,
        1_000,
        1_000,
        100_000,
        10_000,
        1,
        10_000,
        100_000_000,
        100_000_000,
        0,
        0);
  }
}
