package network.enigma.node.follow;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import network.enigma.chain.ChainFollower;
import network.enigma.chain.ChainListener;
import network.enigma.chain.EnigmaContract;
import network.enigma.chain.EthereumLog;
import network.enigma.chain.EthereumRpc;
import network.enigma.chain.Finality;
import network.enigma.chain.FollowedBlock;
import network.enigma.contracts.Enigma;
import network.enigma.node.enclave.WorkerEnclave;

/**
 * Follows the chain for a host: the enclave gets the headers, {@link ChainState} the events, and
 * then the host's own parts hear of both, in this order.
 */
public final class ChainWatch implements AutoCloseable {
  private static final long LOGS_AT_ONCE = 5_000;

  /** A part of the host that acts on the chain. */
  public interface Observer {
    /** An event of a block that is on the chain now; {@link ChainState} knows it. */
    default void event(Enigma.Event event, EthereumLog log) {}

    /** Blocks above this one are void; events of the blocks that replace them follow. */
    default void rolledBack(long toNumber) {}

    /** A block and its events are taken in and the enclave has the newest header that counts. */
    default void caughtUp(long blockNumber, long finalNumber) {}
  }

  private final ChainFollower follower;

  private ChainWatch(ChainFollower follower) {
    this.follower = follower;
  }

  /**
   * Reads the past, then follows.
   *
   * @param fromBlock the block that created the contract, or any before it
   */
  public static ChainWatch start(
      EthereumRpc rpc,
      EnigmaContract contract,
      ChainState state,
      WorkerEnclave enclave,
      long fromBlock,
      Duration interval,
      Observer observer) {
    var parameters = enclave.network().parameters();
    long window = parameters.maxBatchAge() + parameters.maxHeaderLag() + 32;
    long tip = rpc.blockNumber();
    long first = Math.max(fromBlock, tip - window);
    for (long from = fromBlock; from < first; from += LOGS_AT_ONCE) {
      long to = Math.min(first - 1, from + LOGS_AT_ONCE - 1);
      for (EthereumLog log : rpc.logs(List.of(contract.address()), from, to)) {
        contract.event(log).ifPresent(event -> tell(state, observer, event, log));
      }
    }
    state.refresh(first);
    ChainListener listener = new Listener(contract, state, enclave, observer);
    return new ChainWatch(
        ChainFollower.follow(
            rpc,
            List.of(contract.address()),
            Finality.of(enclave.network()),
            ChainFollower.Start.at(first),
            interval,
            listener));
  }

  private static void tell(
      ChainState state, Observer observer, Enigma.Event event, EthereumLog log) {
    state.take(event, log);
    observer.event(event, log);
  }

  /** Waits until a block is taken in. */
  public void awaitBlock(long number, Duration most) {
    follower.awaitBlock(number, most);
  }

  /** Why the chain cannot be followed, if it cannot. */
  public Optional<String> outage() {
    return follower.outage().map(failure -> String.valueOf(failure.getMessage()));
  }

  /** Newest block taken in, −1 before the first. */
  public long blockNumber() {
    return follower.tip().map(header -> header.number()).orElse(-1L);
  }

  public long finalNumber() {
    return follower.finalNumber();
  }

  @Override
  public void close() {
    follower.close();
  }

  private static final class Listener implements ChainListener {
    private final EnigmaContract contract;
    private final ChainState state;
    private final WorkerEnclave enclave;
    private final Observer observer;
    private long newest = -1;

    Listener(EnigmaContract contract, ChainState state, WorkerEnclave enclave, Observer observer) {
      this.contract = contract;
      this.state = state;
      this.enclave = enclave;
      this.observer = observer;
    }

    @Override
    public void block(FollowedBlock block) {
      enclave.offer(block.header());
      for (EthereumLog log : block.logs()) {
        contract.event(log).ifPresent(event -> state.take(event, log));
      }
      state.refresh(block.number());
      for (EthereumLog log : block.logs()) {
        contract.event(log).ifPresent(event -> observer.event(event, log));
      }
      newest = block.number();
    }

    @Override
    public void rolledBack(long toNumber) {
      enclave.rollBack(toNumber);
      state.rollBack(toNumber);
      state.refresh(toNumber);
      observer.rolledBack(toNumber);
      newest = toNumber;
    }

    @Override
    public void finalized(long number) {
      enclave.advance(number);
      observer.caughtUp(newest, number);
    }
  }
}
