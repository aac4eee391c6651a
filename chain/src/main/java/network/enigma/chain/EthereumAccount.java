package network.enigma.chain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import network.enigma.ethereum.Transaction;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.crypto.SigningKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A key that sends transactions, from any number of threads at once.
 *
 * <p>Nonces are given out in order without asking the node each time. A transaction is kept until
 * it is in a block: one that the node forgot is sent again, a nonce that was given out in vain is
 * used for the next transaction or, when later ones wait for it, for an empty payment to oneself.
 * After a restart the account goes on at the first nonce that neither the chain nor the node's pool
 * knows. A transaction that the base fee has outgrown is offered for more after half a minute. Two
 * accounts of one key in two processes disturb each other no worse than that some sends are
 * refused.
 */
public final class EthereumAccount {
  private static final Logger LOG = LoggerFactory.getLogger(EthereumAccount.class);

  private static final Duration HEALING_INTERVAL = Duration.ofMillis(500);
  private static final Duration FIRST_POLL = Duration.ofMillis(10);
  private static final Duration LAST_POLL = Duration.ofMillis(400);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration DEFAULT_WAIT = Duration.ofMinutes(3);
  private static final int OVERTAKEN_LIMIT = 4;
  private static final int MOST_NONCE_CONFLICTS = 1_000;
  private static final long EMPTY_PAYMENT_GAS = 21_000;
  private static final BigInteger LEAST_TIP = BigInteger.valueOf(1_000_000_000L);

  private final EthereumRpc rpc;
  private final SigningKey key;
  private final Duration patience;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by `lock`.
  private final TreeMap<Long, Outgoing> unmined = new TreeMap<>();
  private final TreeSet<Long> unused = new TreeSet<>();
  private final Set<Long> foreign = new HashSet<>();
  private long next = -1;
  private long lastHealing = System.nanoTime();

  private volatile long chainId = -1;

  /** The price of gas to offer. */
  private record Fees(BigInteger tip, BigInteger most) {}

  /**
   * What was handed to the network with one nonce: a transaction, and dearer versions of it that
   * were sent when it stayed out of the blocks. One of them at most gets into a block.
   */
  private final class Outgoing {
    private final List<Transaction.Signed> versions = new CopyOnWriteArrayList<>();
    private volatile Transaction dearest;
    private volatile long signedAt;

    Outgoing(Transaction transaction) {
      dearest = transaction;
      sign(transaction);
    }

    final Transaction.Signed sign(Transaction transaction) {
      Transaction.Signed signed = transaction.sign(key);
      dearest = transaction;
      signedAt = System.nanoTime();
      versions.add(signed);
      return signed;
    }

    Transaction.Signed latest() {
      return versions.getLast();
    }

    Bytes32 hash() {
      return versions.getFirst().hash();
    }

    boolean isOld() {
      return System.nanoTime() - signedAt > patience.toNanos();
    }
  }

  /** The account of a key at an endpoint. */
  public EthereumAccount(EthereumRpc rpc, SigningKey key) {
    this(rpc, key, PATIENCE);
  }

  /** With a time after which a transaction is offered for more, if the base fee has outgrown it. */
  EthereumAccount(EthereumRpc rpc, SigningKey key, Duration patience) {
    this.rpc = rpc;
    this.key = key;
    this.patience = patience;
  }

  public Address address() {
    return key.address();
  }

  /** The endpoint it sends through. */
  public EthereumRpc rpc() {
    return rpc;
  }

  /**
   * Sends a transaction and waits until it is in a block; throws as {@link #send} and {@link
   * Sent#await()} do.
   */
  public TransactionReceipt execute(Call call) {
    return send(call).await();
  }

  /** Sends several transactions, in their order, and waits until all are in blocks. */
  public List<TransactionReceipt> execute(Collection<Call> calls) {
    List<Sent> sent = new ArrayList<>();
    for (Call call : calls) {
      sent.add(send(call));
    }
    return sent.stream().map(Sent::await).toList();
  }

  /**
   * Sends a transaction. Gas, unless given, is estimated on the pending state, so a call that would
   * revert is refused here.
   *
   * <p>When the endpoint fails after the transaction was signed it is not known whether it was
   * received: it counts as sent, and waiting for it sends it again.
   *
   * @throws EnigmaException the contract's error when the call would revert; {@link
   *     ErrorCode#CHAIN_UNREACHABLE}; {@link ErrorCode#TRANSACTION_FAILED} when the node refuses
   *     the transaction
   */
  public Sent send(Call call) {
    Prepared prepared = prepare(call);
    for (int attempt = 0; attempt < MOST_NONCE_CONFLICTS; attempt++) {
      long nonce;
      Outgoing outgoing;
      lock.lock();
      try {
        nonce = allocate();
        outgoing = new Outgoing(prepared.transaction(nonce));
        unmined.put(nonce, outgoing);
      } finally {
        lock.unlock();
      }
      Optional<RpcReply.Failure> failure = submit(outgoing.latest());
      if (failure.isEmpty()) {
        return new Sent(call, nonce, outgoing);
      }
      RpcReply.Failure refused = failure.get();
      boolean conflict = isNonceConflict(refused.message());
      lock.lock();
      try {
        unmined.remove(nonce, outgoing);
        if (conflict) {
          next = -1;
          foreign.add(nonce);
        } else {
          unused.add(nonce);
        }
      } finally {
        lock.unlock();
      }
      if (!conflict) {
        fillGaps();
        throw refused.isRevert()
            ? refused.toException()
            : new EnigmaException(
                ErrorCode.TRANSACTION_FAILED, "the transaction was refused: " + refused.message());
      }
    }
    throw new EnigmaException(
        ErrorCode.TRANSACTION_FAILED, "another process keeps sending with the key of " + address());
  }

  /** A transaction that was handed to the network. */
  public final class Sent {
    private final Call call;
    private final long nonce;
    private final Outgoing outgoing;

    private Sent(Call call, long nonce, Outgoing outgoing) {
      this.call = call;
      this.nonce = nonce;
      this.outgoing = outgoing;
    }

    /**
     * The hash it was first sent with. The receipt names another if it got into a block only for a
     * higher fee.
     */
    public Bytes32 hash() {
      return outgoing.hash();
    }

    public long nonce() {
      return nonce;
    }

    /** Where the contract will be, if this makes one. */
    public Address contractAddress() {
      return Transaction.contractAddress(address(), nonce);
    }

    /** Waits three minutes at most. */
    public TransactionReceipt await() {
      return await(DEFAULT_WAIT);
    }

    /**
     * Waits until the transaction is in a block. It may leave it again in a reorganisation: who
     * must know follows the chain.
     *
     * @throws EnigmaException the contract's error when it reverted, {@link
     *     ErrorCode#TRANSACTION_FAILED} when it failed otherwise or another transaction took its
     *     nonce, {@link ErrorCode#TIMEOUT}
     */
    public TransactionReceipt await(Duration most) {
      long deadline = System.nanoTime() + most.toNanos();
      Duration pause = FIRST_POLL;
      EnigmaException outage = null;
      int overtaken = 0;
      while (true) {
        try {
          Optional<TransactionReceipt> receipt = receipt();
          if (receipt.isPresent()) {
            return settled(receipt.get());
          }
          // An endpoint made of several nodes may know of the nonce before it has the receipt.
          if (heal(nonce) && ++overtaken == OVERTAKEN_LIMIT) {
            throw new EnigmaException(
                ErrorCode.TRANSACTION_FAILED,
                "another transaction of " + address() + " took the nonce " + nonce);
          }
          outage = null;
        } catch (EnigmaException e) {
          if (e.code() != ErrorCode.CHAIN_UNREACHABLE || Thread.currentThread().isInterrupted()) {
            throw e;
          }
          outage = e;
        }
        if (System.nanoTime() - deadline > 0) {
          throw new EnigmaException(
              ErrorCode.TIMEOUT,
              "transaction " + hash() + " is not in a block after " + most,
              outage);
        }
        pause(pause);
        Duration longer = pause.multipliedBy(3).dividedBy(2);
        pause = longer.compareTo(LAST_POLL) < 0 ? longer : LAST_POLL;
      }
    }

    private Optional<TransactionReceipt> receipt() {
      for (Transaction.Signed version : outgoing.versions) {
        Optional<TransactionReceipt> receipt = rpc.receipt(version.hash());
        if (receipt.isPresent()) {
          return receipt;
        }
      }
      return Optional.empty();
    }

    private TransactionReceipt settled(TransactionReceipt receipt) {
      lock.lock();
      try {
        unmined.remove(nonce);
      } finally {
        lock.unlock();
      }
      if (receipt.succeeded()) {
        return receipt;
      }
      // The reason is not kept on chain: it shows when the call is made again on the state before
      // the block.
      RpcReply reply =
          rpc.exchange(
              EthereumRpc.Request.of(
                  "eth_call",
                  callObject(call).put("gas", Quantity.of(receipt.gasUsed() * 2)),
                  Quantity.of(receipt.blockNumber() - 1)));
      if (reply instanceof RpcReply.Failure failure && failure.isRevert()) {
        throw failure.toException();
      }
      throw new EnigmaException(
          ErrorCode.TRANSACTION_FAILED,
          "transaction " + hash() + " failed in block " + receipt.blockNumber());
    }
  }

  // ------------------------------------------------------------------------------------ preparing

  private record Prepared(Call call, long chainId, long gasLimit, Fees fees) {
    Transaction transaction(long nonce) {
      return new Transaction(
          chainId,
          nonce,
          fees.tip(),
          fees.most(),
          gasLimit,
          call.to().orElse(null),
          call.value(),
          call.data());
    }
  }

  private Prepared prepare(Call call) {
    List<EthereumRpc.Request> requests = new ArrayList<>(feeRequests());
    if (call.gasLimit().isEmpty()) {
      requests.add(EthereumRpc.Request.of("eth_estimateGas", callObject(call), "pending"));
    }
    List<RpcReply> replies = rpc.exchange(requests);
    long gasLimit =
        call.gasLimit().isPresent()
            ? call.gasLimit().getAsLong()
            : withMargin(Quantity.number(replies.getLast().orThrow()), replies.getFirst());
    return new Prepared(call, chainId(), gasLimit, fees(replies));
  }

  /**
   * A third above the estimate, as the state may change until the block, within half of what a
   * block holds.
   */
  private static long withMargin(long estimate, RpcReply block) {
    long blockLimit = Quantity.number(Quantity.required(block.orThrow(), "gasLimit"));
    return Math.max(estimate, Math.min(estimate + estimate / 3, blockLimit / 2));
  }

  private static List<EthereumRpc.Request> feeRequests() {
    return List.of(
        EthereumRpc.Request.of("eth_getBlockByNumber", "latest", false),
        EthereumRpc.Request.of("eth_maxPriorityFeePerGas"));
  }

  /** Offers twice the last block's base fee, which covers six full blocks in a row. */
  private static Fees fees(List<RpcReply> replies) {
    JsonNode block = replies.get(0).orThrow();
    BigInteger base =
        block.hasNonNull("baseFeePerGas")
            ? Quantity.big(block.get("baseFeePerGas"))
            : BigInteger.ZERO;
    BigInteger tip =
        replies.get(1) instanceof RpcReply.Result(JsonNode value) && value.isTextual()
            ? Quantity.big(value)
            : LEAST_TIP;
    return new Fees(tip, base.shiftLeft(1).add(tip));
  }

  private ObjectNode callObject(Call call) {
    ObjectNode object = rpc.callObject(address(), call.to().orElse(null), call.data());
    if (call.value().signum() != 0) {
      object.put("value", Quantity.of(call.value()));
    }
    return object;
  }

  private long chainId() {
    long known = chainId;
    if (known < 0) {
      known = rpc.chainId();
      chainId = known;
    }
    return known;
  }

  // ---------------------------------------------------------------------------------------- nonces

  /** The next nonce; called with the lock held. */
  private long allocate() {
    Long gap = unused.pollFirst();
    if (gap != null) {
      return gap;
    }
    if (next < 0) {
      long mined = rpc.transactionCount(address(), BlockTag.LATEST);
      foreign.addAll(pooled());
      foreign.removeIf(nonce -> nonce < mined);
      next = mined;
    }
    while (foreign.contains(next) || unmined.containsKey(next)) {
      next++;
    }
    return next++;
  }

  /** Nonces of this account's transactions in the node's pool, as far as the node tells. */
  private Set<Long> pooled() {
    Set<Long> nonces = new HashSet<>();
    Optional<JsonNode> own = pool("txpool_contentFrom", address().hex());
    if (own.isPresent()) {
      for (JsonNode part : own.get()) {
        nonces(part, nonces);
      }
      return nonces;
    }
    Optional<JsonNode> all = pool("txpool_content");
    if (all.isPresent()) {
      for (JsonNode part : all.get()) {
        for (Map.Entry<String, JsonNode> sender : part.properties()) {
          if (sender.getKey().equalsIgnoreCase(address().hex())) {
            nonces(sender.getValue(), nonces);
          }
        }
      }
      return nonces;
    }
    long pending = rpc.transactionCount(address(), BlockTag.PENDING);
    for (long nonce = rpc.transactionCount(address(), BlockTag.LATEST); nonce < pending; nonce++) {
      nonces.add(nonce);
    }
    return nonces;
  }

  private Optional<JsonNode> pool(String method, Object... parameters) {
    return rpc.exchange(EthereumRpc.Request.of(method, parameters))
            instanceof RpcReply.Result(JsonNode pool)
        ? Optional.of(pool)
        : Optional.empty();
  }

  private static void nonces(JsonNode byNonce, Set<Long> into) {
    byNonce.fieldNames().forEachRemaining(nonce -> into.add(Long.parseUnsignedLong(nonce)));
  }

  /**
   * Hands the transaction to the node; a failure is the node's refusal, an outage counts as sent.
   */
  private Optional<RpcReply.Failure> submit(Transaction.Signed signed) {
    RpcReply reply;
    try {
      reply = rpc.exchange(EthereumRpc.Request.of("eth_sendRawTransaction", signed.raw().hex()));
    } catch (EnigmaException e) {
      LOG.debug("transaction {} may not have reached the node", signed.hash(), e);
      return Optional.empty();
    }
    return reply instanceof RpcReply.Failure failure && !isKnown(failure.message())
        ? Optional.of(failure)
        : Optional.empty();
  }

  /**
   * Sends again what the node does not have, and fills nonces that were given out in vain while
   * later ones wait.
   *
   * @return whether the chain is past the nonce
   */
  private boolean heal(long nonce) {
    lock.lock();
    try {
      if (System.nanoTime() - lastHealing < HEALING_INTERVAL.toNanos()) {
        return false;
      }
      lastHealing = System.nanoTime();
    } finally {
      lock.unlock();
    }
    long mined = rpc.transactionCount(address(), BlockTag.LATEST);
    List<Outgoing> waiting;
    boolean blocked;
    lock.lock();
    try {
      unmined.headMap(mined).clear();
      unused.headSet(mined).clear();
      waiting = List.copyOf(unmined.values());
      blocked = !waiting.isEmpty() && !unmined.containsKey(mined) && !unused.contains(mined);
    } finally {
      lock.unlock();
    }
    if (blocked && !pooled().contains(mined)) {
      // What an earlier process sent with this nonce is gone, and ours wait behind it.
      lock.lock();
      try {
        foreign.remove(mined);
        unused.add(mined);
      } finally {
        lock.unlock();
      }
    }
    List<RpcReply> known =
        rpc.exchange(
            waiting.stream()
                .map(outgoing ->
                    EthereumRpc.Request.of(
                        "eth_getTransactionByHash", outgoing.latest().hash().hex()))
                .toList());
    Fees fees = null;
    for (int i = 0; i < waiting.size(); i++) {
      Outgoing outgoing = waiting.get(i);
      if (!(known.get(i) instanceof RpcReply.Result(JsonNode value))) {
        continue;
      }
      if (value.hasNonNull("blockNumber")) {
        continue;
      }
      if (outgoing.isOld()) {
        fees = fees == null ? fees(rpc.exchange(feeRequests())) : fees;
        if (offerMore(outgoing, fees)) {
          continue;
        }
      }
      if (value.isNull()) {
        LOG.info(
            "the node does not have transaction {} any more: sending it again",
            outgoing.latest().hash());
        submit(outgoing.latest());
      }
    }
    fillGaps();
    return mined > nonce;
  }

  /**
   * Replaces a transaction by the same one for more. Returns false when the base fee has not
   * outgrown it.
   */
  private boolean offerMore(Outgoing outgoing, Fees fees) {
    Transaction.Signed dearer;
    lock.lock();
    try {
      Transaction old = outgoing.dearest;
      if (fees.most().compareTo(old.maxFeePerGas()) <= 0) {
        return false;
      }
      dearer =
          outgoing.sign(
              new Transaction(
                  old.chainId(),
                  old.nonce(),
                  fees.tip().max(aboveReplacementBound(old.maxPriorityFeePerGas())),
                  fees.most().max(aboveReplacementBound(old.maxFeePerGas())),
                  old.gasLimit(),
                  old.to(),
                  old.value(),
                  old.data()));
    } finally {
      lock.unlock();
    }
    LOG.info("transaction {} is offered for more, as {}", outgoing.hash(), dearer.hash());
    submit(dearer)
        .ifPresent(failure -> LOG.info("the node does not take it: {}", failure.message()));
    return true;
  }

  /** Nodes replace a transaction by one that pays a tenth more at least. */
  private static BigInteger aboveReplacementBound(BigInteger fee) {
    return fee.add(fee.shiftRight(3)).add(BigInteger.ONE);
  }

  private void fillGaps() {
    while (true) {
      long nonce;
      Outgoing outgoing;
      if (!hasGap()) {
        return;
      }
      Fees fees = fees(rpc.exchange(feeRequests()));
      long chain = chainId();
      lock.lock();
      try {
        if (!hasGap()) {
          return;
        }
        nonce = unused.removeFirst();
        outgoing =
            new Outgoing(
                new Transaction(
                    chain,
                    nonce,
                    fees.tip(),
                    fees.most(),
                    EMPTY_PAYMENT_GAS,
                    address(),
                    BigInteger.ZERO,
                    Bytes.empty()));
        unmined.put(nonce, outgoing);
      } finally {
        lock.unlock();
      }
      LOG.info("filling the unused nonce {} of {}", nonce, address());
      Optional<RpcReply.Failure> failure = submit(outgoing.latest());
      if (failure.isPresent()) {
        lock.lock();
        try {
          unmined.remove(nonce, outgoing);
          if (!isNonceConflict(failure.get().message())) {
            unused.add(nonce);
          }
        } finally {
          lock.unlock();
        }
        return;
      }
    }
  }

  private boolean hasGap() {
    lock.lock();
    try {
      return !unused.isEmpty() && !unmined.tailMap(unused.first()).isEmpty();
    } finally {
      lock.unlock();
    }
  }

  private static boolean isKnown(String message) {
    String text = message.toLowerCase(Locale.ROOT);
    return text.contains("already known") || text.contains("already imported");
  }

  private static boolean isNonceConflict(String message) {
    String text = message.toLowerCase(Locale.ROOT);
    return text.contains("nonce too low") || text.contains("replacement transaction underpriced");
  }

  static void pause(Duration duration) {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EnigmaException(ErrorCode.TIMEOUT, "the wait was interrupted", e);
    }
  }
}
