package network.enigma.chain;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import network.enigma.contracts.Enigma;
import network.enigma.contracts.EnigmaToken;
import network.enigma.ethereum.storage.RecordedIncarnation;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Eip712Domain;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.TaskOrder;
import network.enigma.protocol.crypto.Signature;

/**
 * The Enigma contract of a network as hosts and clients read it, what they send to it, and its
 * events.
 *
 * <p>Reads are of the latest block unless a block is given, and throw as {@link EthereumRpc} does.
 * Sends come as {@link Call} for an {@link EthereumAccount} to execute, alone or in a {@link
 * #multicall}; addresses and hashes go in and come out as protocol values where this class names
 * them, the generated {@link Enigma} has the rest.
 */
public final class EnigmaContract {
  /** Longest admission in seconds (rule C1). */
  private static final long LONGEST_ADMISSION = 30L * 24 * 3_600;

  private final EthereumRpc rpc;
  private final Address address;

  public EnigmaContract(EthereumRpc rpc, Address address) {
    this.rpc = rpc;
    this.address = address;
  }

  public Address address() {
    return address;
  }

  public EthereumRpc rpc() {
    return rpc;
  }

  /** The domain of every signature in this network. */
  public Eip712Domain domain() {
    return new Eip712Domain(rpc.chainId(), address);
  }

  // -------------------------------------------------------------------------------------- reading

  /** What the contract returns to a read, given as calldata of {@link Enigma}. */
  public byte[] read(byte[] calldata) {
    return read(calldata, BlockTag.LATEST);
  }

  /** What the contract returns to a read at a block, given as calldata of {@link Enigma}. */
  public byte[] read(byte[] calldata, BlockTag block) {
    byte[] output = rpc.callContract(address, Bytes.of(calldata), block).toByteArray();
    if (output.length == 0) {
      // Every read returns something; only an account without code answers with nothing.
      throw new EnigmaException(
          ErrorCode.WRONG_ADDRESS_BOOK, "there is no Enigma contract at " + address);
    }
    return output;
  }

  public Enigma.Parameters parameters() {
    return Enigma.Results.parameters(read(Enigma.parameters()));
  }

  public Enigma.NetworkView network() {
    return Enigma.Results.network(read(Enigma.network()));
  }

  public Bytes32 networkHash() {
    return Bytes32.of(Enigma.Results.networkHash(read(Enigma.networkHash())));
  }

  /** The ENG token. */
  public Address token() {
    return Address.of(Enigma.Results.token(read(Enigma.token())));
  }

  /** The contract that makes the callbacks. */
  public Address forwarder() {
    return Address.of(Enigma.Results.forwarder(read(Enigma.forwarder())));
  }

  public Enigma.RealmView realm(Bytes32 realm) {
    return realm(realm, BlockTag.LATEST);
  }

  public Enigma.RealmView realm(Bytes32 realm, BlockTag block) {
    return Enigma.Results.getRealm(read(Enigma.getRealm(realm.toByteArray()), block));
  }

  public Enigma.TaskView task(Bytes32 realm, Bytes32 taskId) {
    return Enigma.Results.getTask(read(Enigma.getTask(realm.toByteArray(), taskId.toByteArray())));
  }

  public Enigma.AllocationView allocation(Bytes32 realm, Address payer) {
    return Enigma.Results.getAllocation(
        read(Enigma.getAllocation(realm.toByteArray(), payer.toByteArray())));
  }

  /** ENG units an account has in the contract and not allocated. */
  public long balance(Address account) {
    return Enigma.Results.balanceOf(read(Enigma.balanceOf(account.toByteArray())));
  }

  public Enigma.WorkerView worker(long worker) {
    return Enigma.Results.getWorker(read(Enigma.getWorker(worker)));
  }

  /** The number of the worker with that enclave; 0 for none. */
  public long workerOf(Address enclave) {
    return Enigma.Results.workerOf(read(Enigma.workerOf(enclave.toByteArray())));
  }

  /**
   * The latest registration of a worker whose admission ends at a time, with the evidence published
   * then. Asks for logs of at most {@link LogSearch#RANGE} blocks at once.
   *
   * @param until the end of the worker's present admission, seconds since 1970; 0 finds none
   * @param wanted which of several such registrations will do
   * @param hint a block that may hold it, from anybody; looked at first
   */
  public Optional<Enigma.Event.WorkerRegistered> registration(
      long worker, long until, Predicate<Enigma.Event.WorkerRegistered> wanted, OptionalLong hint) {
    if (until == 0) {
      return Optional.empty();
    }
    LogSearch search =
        new LogSearch(
            rpc,
            address,
            List.of(
                Bytes32.fromHex(Enigma.Event.WorkerRegistered.TOPIC), Bytes32.ofUnsigned(worker)));
    // No admission is longer: before that there is nothing to find.
    return search.latest(
        hint,
        () -> search.firstBlockSince(until - LONGEST_ADMISSION),
        log ->
            event(log)
                .filter(Enigma.Event.WorkerRegistered.class::isInstance)
                .map(Enigma.Event.WorkerRegistered.class::cast)
                .filter(registered -> registered.notAfter() == until)
                .filter(wanted));
  }

  /**
   * The latest listing of a key manager, with the evidence published then. Nothing says when it
   * was: without a good hint all blocks are searched, the newest first.
   *
   * @param hint a block that may hold it, from anybody; looked at first
   */
  public Optional<Enigma.Event.KeyManagerAdded> listing(Address enclave, OptionalLong hint) {
    return new LogSearch(
            rpc,
            address,
            List.of(
                Bytes32.fromHex(Enigma.Event.KeyManagerAdded.TOPIC),
                Bytes32.of(new BigInteger(1, enclave.toByteArray()))))
        .latest(
            hint,
            () -> 0,
            log ->
                event(log)
                    .filter(Enigma.Event.KeyManagerAdded.class::isInstance)
                    .map(Enigma.Event.KeyManagerAdded.class::cast));
  }

  /** Where the host of an enclave says it is reached; empty texts where it says nothing. */
  public Enigma.Endpoint endpoint(Address enclave) {
    return Enigma.Results.getEndpoint(read(Enigma.getEndpoint(enclave.toByteArray())));
  }

  /** Enclaves whose hosts said where they are reached, from a block on. */
  public List<Address> enclavesWithEndpoints(long fromBlock, long toBlock) {
    return rpc
        .logs(address, List.of(Bytes32.fromHex(Enigma.Event.EndpointSet.TOPIC)), fromBlock, toBlock)
        .stream()
        .map(this::event)
        .flatMap(Optional::stream)
        .filter(Enigma.Event.EndpointSet.class::isInstance)
        .map(event -> Address.of(((Enigma.Event.EndpointSet) event).enclave()))
        .distinct()
        .toList();
  }

  public Enigma.SeatView seat(long index) {
    return Enigma.Results.getSeat(read(Enigma.getSeat(index)));
  }

  public Enigma.EpochView epoch(long epoch) {
    return Enigma.Results.getEpoch(read(Enigma.getEpoch(epoch)));
  }

  public Enigma.Generation generation(long generation) {
    return Enigma.Results.getGeneration(read(Enigma.getGeneration(generation)));
  }

  public Enigma.KeyManagerView keyManager(Address enclave) {
    return Enigma.Results.getKeyManager(read(Enigma.getKeyManager(enclave.toByteArray())));
  }

  /** The latest life of a key manager that is on chain; of number 0 where none is. */
  public RecordedIncarnation incarnation(Address keyManager) {
    Enigma.Results.GetIncarnationResult latest =
        Enigma.Results.getIncarnation(read(Enigma.getIncarnation(keyManager.toByteArray())));
    return new RecordedIncarnation(
        Bytes32.of(Arrays.copyOf(latest.nonce(), Bytes32.LENGTH)),
        latest.number(),
        latest.recordedAt());
  }

  /** ENG units an account has in the token, outside this contract. */
  public BigInteger tokenBalance(Address account) {
    return EnigmaToken.Results.balanceOf(
        rpc.callContract(
                token(), Bytes.of(EnigmaToken.balanceOf(account.toByteArray())), BlockTag.LATEST)
            .toByteArray());
  }

  // -------------------------------------------------------------------------------------- sending

  /** Any call of the contract, given as calldata of {@link Enigma}. */
  public Call call(byte[] calldata) {
    return Call.of(address, calldata);
  }

  /** Several calls of the contract in one transaction: all or none. */
  public Call multicall(List<byte[]> calldata) {
    return call(Enigma.multicall(calldata));
  }

  /** Lets the contract take ENG from the sender's tokens. */
  public Call approve(long amount) {
    return Call.of(token(), EnigmaToken.approve(address.toByteArray(), BigInteger.valueOf(amount)));
  }

  /** Opens a realm of the sender; its id is {@link network.enigma.protocol.Realms#realmId}. */
  public Call open(Bytes32 salt, int options) {
    return call(Enigma.open(salt.toByteArray(), options));
  }

  public Call assign(Bytes32 realm) {
    return call(Enigma.assign(realm.toByteArray()));
  }

  /** Opens a realm and draws its worker. */
  public Call openAndAssign(Bytes32 realm, Bytes32 salt, int options) {
    return multicall(
        List.of(Enigma.open(salt.toByteArray(), options), Enigma.assign(realm.toByteArray())));
  }

  public Call renew(Bytes32 realm) {
    return call(Enigma.renew(realm.toByteArray()));
  }

  public Call announce(
      Bytes32 realm,
      long tenure,
      int suite,
      byte[] inputKey,
      long lease,
      long worker,
      List<byte[]> grants,
      byte[] signature) {
    return call(
        Enigma.announce(
            realm.toByteArray(), tenure, suite, inputKey, lease, worker, grants, signature));
  }

  /** Posts an order whose envelope goes to the nodes. */
  public Call post(TaskOrder order) {
    return call(Enigma.post(order(order)));
  }

  /** Posts an order with its envelope. */
  public Call post(TaskOrder order, byte[] envelope) {
    return call(Enigma.post(order(order), envelope));
  }

  /** Refunds a posted task that was not committed in time. */
  public Call expire(Bytes32 realm, Bytes32 taskId) {
    return call(Enigma.expire(realm.toByteArray(), taskId.toByteArray()));
  }

  public Call challenge(Bytes32 realm) {
    return call(Enigma.challenge(realm.toByteArray()));
  }

  public Call commit(List<Enigma.Commitment> commitments) {
    return call(Enigma.commit(commitments));
  }

  public Call deposit(long amount) {
    return call(Enigma.deposit(amount));
  }

  public Call depositFor(Address account, long amount) {
    return call(Enigma.depositFor(account.toByteArray(), amount));
  }

  public Call allocate(Bytes32 realm, long amount) {
    return call(Enigma.allocate(realm.toByteArray(), amount));
  }

  public Call leave(Bytes32 realm, long amount) {
    return call(Enigma.leave(realm.toByteArray(), amount));
  }

  public Call finishLeave(Bytes32 realm) {
    return call(Enigma.finishLeave(realm.toByteArray()));
  }

  public Call withdraw(Address to, long amount) {
    return call(Enigma.withdraw(to.toByteArray(), amount));
  }

  public Call revokeSessions(Bytes32 realm) {
    return call(Enigma.revokeSessions(realm.toByteArray()));
  }

  public Call register(Enigma.Admission admission, List<byte[]> signatures, byte[] evidence) {
    return call(Enigma.register(admission, signatures, evidence));
  }

  public Call takeSeats(long worker, int count) {
    return call(Enigma.takeSeats(worker, count));
  }

  public Call logIn(long worker) {
    return call(Enigma.logIn(worker));
  }

  public Call logOut(long worker) {
    return call(Enigma.logOut(worker));
  }

  /** Says where the host of an enclave is reached; its operator sends it. */
  public Call setEndpoint(Address enclave, String url, String peer) {
    return call(Enigma.setEndpoint(enclave.toByteArray(), url, peer));
  }

  public Call postSeed(long epoch, Bytes32 seed, List<byte[]> signatures) {
    return call(Enigma.postSeed(epoch, seed.toByteArray(), signatures));
  }

  public Call claimPool(Address keyManager) {
    return call(Enigma.claimPool(keyManager.toByteArray()));
  }

  public Call recordNonce(long number, Bytes32 nonce, Signature signature) {
    return call(Enigma.recordNonce(number, nonce.toByteArray(), signature.toByteArray()));
  }

  // ---------------------------------------------------------------------------------------- events

  /** The event in a log, if it is one of this contract. */
  public Optional<Enigma.Event> event(EthereumLog log) {
    if (!log.address().equals(address)) {
      return Optional.empty();
    }
    return Enigma.Event.decode(
        log.topics().stream().map(Bytes32::toByteArray).toList(), log.data().toByteArray());
  }

  /** The events of a transaction, in their order. */
  public List<Enigma.Event> events(TransactionReceipt receipt) {
    return receipt.logs().stream().map(this::event).flatMap(Optional::stream).toList();
  }

  /** The first event of that kind in a transaction. */
  public <E extends Enigma.Event> Optional<E> event(TransactionReceipt receipt, Class<E> kind) {
    return events(receipt).stream().filter(kind::isInstance).map(kind::cast).findFirst();
  }

  private static Enigma.TaskOrder order(TaskOrder order) {
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
}
