package network.enigma.node.enclave;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import network.enigma.ethereum.BlockHeader;
import network.enigma.platform.EnclaveChannel;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.NetworkConfig;
import network.enigma.protocol.channel.SharedRequest;
import network.enigma.protocol.channel.SharedResponse;
import network.enigma.protocol.channel.WorkerRequest;
import network.enigma.protocol.channel.WorkerResponse;

/**
 * An enclave that is configured and follows the chain. When the enclave behind the channel was
 * started anew, it is configured again and given the headers again before the next request; {@link
 * #lives} tells its users to begin anew too.
 */
public final class WorkerEnclave implements AutoCloseable {
  /** Where the host keeps what the enclave sealed for its next life. */
  public interface SealedStateStore {
    Bytes load();

    void save(Bytes sealedState);
  }

  private static final int HEADERS_AT_ONCE = 4_096;

  private final EnclaveChannel channel;
  private final NetworkConfig network;
  private final SealedStateStore store;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition advanced = lock.newCondition();

  // Guarded by `lock`.
  private final NavigableMap<Long, BlockHeader> headers = new TreeMap<>();
  private long tip = -1;
  private long finalNumber = -1;
  private long lives;
  private SharedResponse.Identity identity;

  /** Configures the enclave behind a channel, which is closed with this. */
  public WorkerEnclave(EnclaveChannel channel, NetworkConfig network, SealedStateStore store) {
    this.channel = channel;
    this.network = network;
    this.store = store;
    this.identity = configure();
    this.lives = 1;
  }

  private SharedResponse.Identity configure() {
    SharedResponse.Identity answer =
        SharedAnswers.identity(
            channel.call(new SharedRequest.Configure(network, store.load()).encode()));
    if (!answer.sealedState().isEmpty()) {
      store.save(answer.sealedState());
    }
    return answer;
  }

  public Address enclave() {
    lock.lock();
    try {
      return identity.enclave();
    } finally {
      lock.unlock();
    }
  }

  public NetworkConfig network() {
    return network;
  }

  /** Counts how often the enclave began anew, from 1. */
  public long lives() {
    lock.lock();
    try {
      return lives;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Sends a request that has one kind of answer.
   *
   * @throws EnigmaException the enclave's refusal
   */
  public <T extends WorkerResponse> T call(WorkerRequest request, Class<T> kind) {
    WorkerResponse response = call(request);
    if (!kind.isInstance(response)) {
      throw new EnigmaException(
          ErrorCode.MALFORMED_MESSAGE,
          "the enclave answered " + response.getClass().getSimpleName());
    }
    return kind.cast(response);
  }

  /**
   * Sends a request.
   *
   * @throws EnigmaException the enclave's refusal
   */
  public WorkerResponse call(WorkerRequest request) {
    byte[] encoded = request.encode();
    try {
      return once(encoded);
    } catch (EnigmaException e) {
      if (e.code() == ErrorCode.NOT_CONFIGURED || e.code() == ErrorCode.ENCLAVE_STOPPED) {
        beginAnew(e);
        return once(encoded);
      }
      throw e;
    }
  }

  private WorkerResponse once(byte[] encoded) {
    WorkerResponse answer = WorkerResponse.decode(channel.call(encoded));
    if (answer instanceof SharedResponse.Failure failure) {
      throw failure.toException();
    }
    return answer;
  }

  private void beginAnew(EnigmaException cause) {
    lock.lock();
    try {
      try {
        identity = configure();
      } catch (EnigmaException e) {
        if (e.code() != ErrorCode.ALREADY_CONFIGURED) {
          e.addSuppressed(cause);
          throw e;
        }
        return;
      }
      lives++;
      tip = -1;
      feed();
    } finally {
      lock.unlock();
    }
  }

  // --------------------------------------------------------------------------------------- headers

  /** Takes a header in; it reaches the enclave with {@link #advance}. */
  public void offer(BlockHeader header) {
    lock.lock();
    try {
      headers.tailMap(header.number(), true).clear();
      headers.put(header.number(), header);
      headers.headMap(header.number() - window(), false).clear();
    } finally {
      lock.unlock();
    }
  }

  /** Headers above a number are void. */
  public void rollBack(long toNumber) {
    lock.lock();
    try {
      headers.tailMap(toNumber, false).clear();
      // The next headers lead the enclave from the fork on.
      tip = Math.min(tip, toNumber);
    } finally {
      lock.unlock();
    }
  }

  /** Moves the enclave to a header that satisfies the finality rule. */
  public void advance(long toNumber) {
    lock.lock();
    try {
      finalNumber = Math.max(finalNumber, toNumber);
      feed();
    } finally {
      lock.unlock();
    }
  }

  private void feed() {
    NavigableMap<Long, BlockHeader> due = headers.subMap(tip, false, finalNumber, true);
    while (!due.isEmpty()) {
      List<Bytes> next = new ArrayList<>();
      long last = tip;
      for (BlockHeader header : due.values()) {
        if (next.size() == HEADERS_AT_ONCE) {
          break;
        }
        next.add(header.rlp());
        last = header.number();
      }
      try {
        SharedAnswers.tip(channel.call(new SharedRequest.AdvanceHeaders(next).encode()));
      } catch (EnigmaException e) {
        if (e.code() == ErrorCode.BAD_HEADER) {
          // A shorter fork than what the enclave has: it follows once the fork is longer.
          return;
        }
        throw e;
      }
      tip = last;
      due = headers.subMap(tip, false, finalNumber, true);
    }
    advanced.signalAll();
  }

  private long window() {
    return network.parameters().maxBatchAge() + network.parameters().maxHeaderLag() + 32;
  }

  /** The newest header the enclave holds. */
  public BlockHeader tip() {
    lock.lock();
    try {
      BlockHeader header = headers.get(tip);
      if (header == null) {
        throw new EnigmaException(
            ErrorCode.NODE_NOT_READY, "the enclave has not seen the chain yet");
      }
      return header;
    } finally {
      lock.unlock();
    }
  }

  /** Number of the newest header the enclave holds, −1 for none. */
  public long heldTip() {
    lock.lock();
    try {
      return tip;
    } finally {
      lock.unlock();
    }
  }

  /** A header the enclave holds. */
  public BlockHeader header(long number) {
    lock.lock();
    try {
      BlockHeader header = headers.get(number);
      if (header == null || number > tip) {
        throw new EnigmaException(
            ErrorCode.UNKNOWN_HEADER, "the enclave does not hold block " + number);
      }
      return header;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until the enclave holds a block; false if it does not in time. */
  public boolean awaitHeader(long number, Duration most) {
    long remaining = most.toNanos();
    lock.lock();
    try {
      while (tip < number && remaining > 0) {
        remaining = advanced.awaitNanos(remaining);
      }
      return tip >= number;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    channel.close();
  }
}
