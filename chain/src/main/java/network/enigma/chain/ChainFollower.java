package network.enigma.chain;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import network.enigma.ethereum.BlockHeader;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a chain block by block and tells a {@link ChainListener} of every block, of
 * reorganisations, and of what has become final.
 *
 * <p>Works on one virtual thread by asking the endpoint at an interval. An endpoint that fails is
 * asked again, with growing pauses up to five seconds, for as long as it takes. Reorganisations of
 * up to {@link #REMEMBERED_BLOCKS} blocks are seen as such; deeper ones roll back to before the
 * oldest block it remembers.
 */
public final class ChainFollower implements AutoCloseable {
  /** How many blocks back it knows the hashes of what it delivered. */
  public static final int REMEMBERED_BLOCKS = 10_000;

  private static final Logger LOG = LoggerFactory.getLogger(ChainFollower.class);
  private static final int BLOCKS_AT_ONCE = 50;
  private static final int LOWER_TIPS_BELIEVED = 3;
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private final EthereumRpc rpc;
  private final List<Address> contracts;
  private final Finality finality;
  private final Duration interval;
  private final ChainListener listener;
  private final Thread thread;

  // Used by the follower's thread only.
  private final TreeMap<Long, Bytes32> delivered = new TreeMap<>();
  private long nextNumber;
  private int lowerTips;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by `lock`.
  private @Nullable BlockHeader tip;
  private long finalNumber = -1;
  private @Nullable EnigmaException outage;
  private boolean closed;

  /**
   * Where to begin.
   *
   * @param number the first block to deliver
   * @param before blocks delivered in an earlier life, in ascending order, newest last; empty when
   *     there was none. If the newest is no longer on the chain, the listener first hears of a
   *     rollback.
   */
  public record Start(long number, List<BlockReference> before) {
    public Start {
      before = List.copyOf(before);
      if (!before.isEmpty() && before.getLast().number() + 1 != number) {
        throw new IllegalArgumentException("the first block follows the last one delivered");
      }
    }

    /** At a block, with no earlier life. */
    public static Start at(long number) {
      return new Start(number, List.of());
    }

    /** After the blocks delivered in an earlier life, of which there is one at least. */
    public static Start after(List<BlockReference> delivered) {
      return new Start(delivered.getLast().number() + 1, delivered);
    }
  }

  private ChainFollower(
      EthereumRpc rpc,
      List<Address> contracts,
      Finality finality,
      Start start,
      Duration interval,
      ChainListener listener) {
    this.rpc = rpc;
    this.contracts = List.copyOf(contracts);
    this.finality = finality;
    this.interval = interval;
    this.listener = listener;
    this.nextNumber = start.number();
    start.before().forEach(block -> delivered.put(block.number(), block.hash()));
    this.thread = Thread.ofVirtual().name("chain-follower").unstarted(this::run);
  }

  /**
   * Starts to follow.
   *
   * @param contracts whose logs are delivered
   * @param interval between two looks at the endpoint
   */
  public static ChainFollower follow(
      EthereumRpc rpc,
      List<Address> contracts,
      Finality finality,
      Start start,
      Duration interval,
      ChainListener listener) {
    ChainFollower follower = new ChainFollower(rpc, contracts, finality, start, interval, listener);
    follower.thread.start();
    return follower;
  }

  /** The block delivered last. */
  public Optional<BlockHeader> tip() {
    lock.lock();
    try {
      return Optional.ofNullable(tip);
    } finally {
      lock.unlock();
    }
  }

  /** The newest final block delivered, -1 before the first. */
  public long finalNumber() {
    lock.lock();
    try {
      return finalNumber;
    } finally {
      lock.unlock();
    }
  }

  /** Why the endpoint cannot be followed at this moment, if it cannot. */
  public Optional<EnigmaException> outage() {
    lock.lock();
    try {
      return Optional.ofNullable(outage);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until a block of that number, or a later one, was delivered.
   *
   * @throws EnigmaException {@link ErrorCode#TIMEOUT}
   */
  public void awaitBlock(long number, Duration most) {
    await(number, most, false);
  }

  /**
   * Waits until the block of that number is delivered and final.
   *
   * @throws EnigmaException {@link ErrorCode#TIMEOUT}
   */
  public void awaitFinal(long number, Duration most) {
    await(number, most, true);
  }

  private void await(long number, Duration most, boolean untilFinal) {
    long remaining = most.toNanos();
    lock.lock();
    try {
      while (untilFinal ? finalNumber < number : tip == null || tip.number() < number) {
        if (remaining <= 0 || closed) {
          throw new EnigmaException(
              ErrorCode.TIMEOUT, "block " + number + " did not come in " + most, outage);
        }
        remaining = changed.awaitNanos(remaining);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EnigmaException(
          ErrorCode.TIMEOUT, "the wait for block " + number + " was interrupted", e);
    } finally {
      lock.unlock();
    }
  }

  /** Stops following and waits until the listener is not called any more. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (Thread.currentThread() == thread) {
      return;
    }
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  // ------------------------------------------------------------------------------------- the loop

  private void run() {
    Duration pause = interval;
    while (true) {
      boolean progress = false;
      try {
        progress = step();
        pause = interval;
        report(null);
      } catch (EnigmaException e) {
        pause = longer(pause);
        report(e);
      } catch (ListenerFailed e) {
        pause = longer(pause);
        LOG.error("a block could not be taken in and is delivered again", e.getCause());
      } catch (RuntimeException e) {
        // Whatever an endpoint answers, it is asked again.
        pause = longer(pause);
        report(
            new EnigmaException(
                ErrorCode.CHAIN_UNREACHABLE,
                "the Ethereum endpoint's answer is nonsense: " + e,
                e));
      }
      if (!pauseUnless(progress, pause)) {
        return;
      }
    }
  }

  private static Duration longer(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
  }

  /** Returns false when it is time to end. */
  private boolean pauseUnless(boolean progress, Duration pause) {
    lock.lock();
    try {
      long remaining = progress ? 0 : pause.toNanos();
      while (!closed && remaining > 0) {
        remaining = changed.awaitNanos(remaining);
      }
      return !closed;
    } catch (InterruptedException e) {
      return false;
    } finally {
      lock.unlock();
    }
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  private void report(@Nullable EnigmaException failure) {
    lock.lock();
    try {
      if (failure != null && outage == null) {
        LOG.warn("the chain cannot be followed at the moment: {}", failure.getMessage());
      } else if (failure == null && outage != null) {
        LOG.info("the chain can be followed again");
      }
      outage = failure;
    } finally {
      lock.unlock();
    }
  }

  /** One look at the endpoint. Returns whether another is worth while at once. */
  private boolean step() {
    List<EthereumRpc.Request> requests = new ArrayList<>();
    requests.add(EthereumRpc.Request.of("eth_getBlockByNumber", "latest", false));
    switch (finality.rule()) {
      case LATEST_K, SIGNED_K -> {}
      case SAFE -> requests.add(EthereumRpc.Request.of("eth_getBlockByNumber", "safe", false));
      case FINALIZED ->
          requests.add(EthereumRpc.Request.of("eth_getBlockByNumber", "finalized", false));
    }
    List<RpcReply> replies = rpc.exchange(requests);
    BlockHeader latest = HeaderJson.read(replies.getFirst().orThrow());

    if (latest.number() < nextNumber - 1 || !agrees(latest)) {
      // Either the endpoint is behind, or the blocks above are gone.
      Bytes32 known = delivered.get(latest.number());
      boolean maybeBehind = latest.number() < nextNumber - 1 && latest.hash().equals(known);
      if (maybeBehind && ++lowerTips < LOWER_TIPS_BELIEVED) {
        return false;
      }
      lowerTips = 0;
      return rollBack(latest.number());
    }
    lowerTips = 0;

    long last = Math.min(latest.number(), nextNumber + BLOCKS_AT_ONCE - 1);
    if (last >= nextNumber) {
      deliver(last == nextNumber ? List.of(latest) : rpc.headers(nextNumber, last));
    }
    announceFinal(latest, replies);
    return nextNumber <= latest.number();
  }

  /**
   * Whether the block, if it is one that was delivered or the next one, fits to what was delivered.
   */
  private boolean agrees(BlockHeader block) {
    Bytes32 same = delivered.get(block.number());
    Bytes32 parent = delivered.get(block.number() - 1);
    return (same == null || same.equals(block.hash()))
        && (block.number() != nextNumber || parent == null || parent.equals(block.parentHash()));
  }

  private void deliver(List<BlockHeader> headers) {
    List<List<EthereumLog>> logs = logs(headers);
    for (int i = 0; i < headers.size() && !isClosed(); i++) {
      BlockHeader header = headers.get(i);
      Bytes32 parent = delivered.get(header.number() - 1);
      if (parent != null && !parent.equals(header.parentHash())) {
        rollBack(header.number() - 1);
        return;
      }
      FollowedBlock block = new FollowedBlock(header, logs.get(i));
      tell(() -> listener.block(block));
      delivered.put(header.number(), header.hash());
      if (delivered.size() > REMEMBERED_BLOCKS) {
        delivered.pollFirstEntry();
      }
      nextNumber = header.number() + 1;
      lock.lock();
      try {
        tip = header;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * The logs of each block; blocks whose bloom filter rules the contracts out are not asked for.
   */
  private List<List<EthereumLog>> logs(List<BlockHeader> headers) {
    List<EthereumRpc.Request> requests = new ArrayList<>();
    List<Integer> asked = new ArrayList<>();
    List<List<EthereumLog>> logs = new ArrayList<>();
    for (BlockHeader header : headers) {
      if (contracts.stream().anyMatch(contract -> mayHaveLogs(header, contract))) {
        asked.add(logs.size());
        requests.add(rpc.logsRequest(contracts, header.hash()));
      }
      logs.add(List.of());
    }
    List<JsonNode> answers = rpc.batch(requests);
    for (int i = 0; i < answers.size(); i++) {
      BlockHeader header = headers.get(asked.get(i));
      List<EthereumLog> found = logs(header, answers.get(i));
      logs.set(asked.get(i), found.isEmpty() ? logsIfPresent(header) : found);
    }
    return logs;
  }

  private List<EthereumLog> logs(BlockHeader header, JsonNode answer) {
    List<EthereumLog> logs = EthereumLog.readAll(answer);
    for (EthereumLog log : logs) {
      if (!log.blockHash().equals(header.hash())
          || log.blockNumber() != header.number()
          || !contracts.contains(log.address())) {
        throw new EnigmaException(
            ErrorCode.CHAIN_UNREACHABLE,
            "the Ethereum endpoint answered logs that " + header + " does not hold for us");
      }
    }
    return logs;
  }

  /**
   * The logs of a block that should hold some. One of several nodes behind an endpoint that does
   * not have the block yet may answer with none: they count only beside the block itself.
   */
  private List<EthereumLog> logsIfPresent(BlockHeader header) {
    List<JsonNode> answers =
        rpc.batch(
            List.of(
                EthereumRpc.Request.of("eth_getBlockByHash", header.hash().hex(), false),
                rpc.logsRequest(contracts, header.hash())));
    Quantity.required(answers.getFirst(), "hash");
    return logs(header, answers.getLast());
  }

  /** The three bits of an address in a block's bloom filter (Yellow Paper, 4.3.1). */
  private static boolean mayHaveLogs(BlockHeader header, Address contract) {
    Bytes bloom = header.fields().logsBloom();
    byte[] hash = Keccak.hash(contract.toByteArray()).toByteArray();
    for (int i = 0; i < 6; i += 2) {
      int bit = ((hash[i] & 0xff) << 8 | (hash[i + 1] & 0xff)) & 0x7ff;
      if ((bloom.get(bloom.length() - 1 - bit / 8) & (1 << (bit % 8))) == 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Finds the newest delivered block, not above the limit, that is still on the chain, and tells
   * the listener. Returns whether there was anything to roll back.
   */
  private boolean rollBack(long limit) {
    long ancestor = Long.MIN_VALUE;
    Long candidate = delivered.floorKey(limit);
    long oldest = delivered.isEmpty() ? nextNumber : delivered.firstKey();
    int width = 1;
    while (candidate != null && ancestor == Long.MIN_VALUE) {
      List<Long> numbers =
          List.copyOf(delivered.headMap(candidate, true).descendingMap().keySet())
              .subList(0, Math.min(width, delivered.headMap(candidate, true).size()));
      List<JsonNode> blocks =
          rpc.batch(
              numbers.stream()
                  .map(number ->
                      EthereumRpc.Request.of("eth_getBlockByNumber", Quantity.of(number), false))
                  .toList());
      for (int i = 0; i < blocks.size() && ancestor == Long.MIN_VALUE; i++) {
        if (!blocks.get(i).isNull()
            && Quantity.hash(Quantity.required(blocks.get(i), "hash"))
                .equals(delivered.get(numbers.get(i)))) {
          ancestor = numbers.get(i);
        }
      }
      candidate = delivered.lowerKey(numbers.getLast());
      width = Math.min(width * 2, BLOCKS_AT_ONCE);
    }
    if (ancestor == Long.MIN_VALUE) {
      ancestor = oldest - 1;
    }
    if (ancestor >= nextNumber - 1) {
      return false;
    }
    LOG.info("the chain was reorganised: back from block {} to {}", nextNumber - 1, ancestor);
    long toNumber = ancestor;
    tell(() -> listener.rolledBack(toNumber));
    delivered.tailMap(ancestor, false).clear();
    nextNumber = ancestor + 1;
    lock.lock();
    try {
      tip = null;
      finalNumber = Math.min(finalNumber, ancestor);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    return true;
  }

  private static void tell(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      throw new ListenerFailed(e);
    }
  }

  /** Keeps what goes wrong in the listener apart from what goes wrong at the endpoint. */
  private static final class ListenerFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ListenerFailed(RuntimeException cause) {
      super(cause);
    }
  }

  private void announceFinal(BlockHeader latest, List<RpcReply> replies) {
    long byRule =
        switch (finality.rule()) {
          case LATEST_K, SIGNED_K -> latest.number() - finality.depth();
          case SAFE, FINALIZED -> {
            // A young chain has neither.
            JsonNode block =
                replies.getLast() instanceof RpcReply.Result(JsonNode value) ? value : null;
            yield block == null || block.isNull()
                ? -1
                : Quantity.number(Quantity.required(block, "number"));
          }
        };
    long number = Math.min(byRule, nextNumber - 1);
    if (number > finalNumber()) {
      tell(() -> listener.finalized(number));
      lock.lock();
      try {
        finalNumber = number;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }
}
