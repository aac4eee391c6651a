package network.enigma.node.peer;

import java.time.Duration;
import java.util.Optional;

/**
 * The memory that a host sets aside for what others send it. A message is in memory in up to five
 * copies until it is on disk; the shares leave room for that. Calls and short messages have room of
 * their own, so that long ones never stop them.
 */
final class PeerMemory {
  /** Messages up to this length are sent unasked; longer ones when the other end has room. */
  static final int LONGEST_UNASKED = 1 << 20;

  /** The least a host sets aside: the snapshot of a realm of 64 MiB with its surroundings. */
  private static final long LEAST_FOR_LONG = 96L << 20;

  private static final long LEAST_FOR_SHORT = 16L << 20;
  private static final int MOST_CALLS_OF_A_PEER = 2_048;
  private static final Duration SHORT_PATIENCE = Duration.ofSeconds(1);

  /** How long a long message waits for room on a host. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  private final MessageBudget calls;
  private final MessageBudget shortMessages;
  private final MessageBudget longMessages;
  private final int callsOfAPeer;
  private final Duration patience;

  private PeerMemory(
      MessageBudget calls,
      MessageBudget shortMessages,
      MessageBudget longMessages,
      int callsOfAPeer,
      Duration patience) {
    this.calls = calls;
    this.shortMessages = shortMessages;
    this.longMessages = longMessages;
    this.callsOfAPeer = callsOfAPeer;
    this.patience = patience;
  }

  /**
   * Shares out the memory of a process.
   *
   * @param heap its greatest heap in bytes
   * @param patience how long a long message waits for room
   */
  static PeerMemory of(long heap, Duration patience) {
    long forCalls = Math.max(LEAST_FOR_SHORT, heap / 32) / PeerService.CHUNK;
    long forShort = Math.max(LEAST_FOR_SHORT, heap / 32);
    long forLong = Math.max(LEAST_FOR_LONG, heap / 8);
    long callsOfAPeer = Math.min(MOST_CALLS_OF_A_PEER, forCalls / 2);
    return new PeerMemory(
        new MessageBudget(forCalls, callsOfAPeer),
        new MessageBudget(forShort, forShort / 4),
        new MessageBudget(forLong, forLong / 2),
        (int) callsOfAPeer,
        patience);
  }

  /** Calls of one peer that may be under way on one connection: two of them fit. */
  int callsOfAConnection() {
    return callsOfAPeer / 2;
  }

  /** Longest message that may be read. */
  long longest() {
    return longMessages.total();
  }

  /** Room for one more call with its first part. */
  Optional<MessageBudget.Reservation> call(Object peer) {
    return calls.reserve(peer, 1, Duration.ZERO);
  }

  /** Room for a message; waits a while for it. */
  Optional<MessageBudget.Reservation> message(Object peer, long bytes) {
    return bytes <= LONGEST_UNASKED
        ? shortMessages.reserve(peer, bytes, SHORT_PATIENCE)
        : longMessages.reserve(peer, bytes, patience);
  }
}
