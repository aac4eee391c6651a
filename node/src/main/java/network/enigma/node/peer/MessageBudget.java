package network.enigma.node.peer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How many bytes of others' messages may be in memory at one time: of all together, and of each
 * one. Who waits for room is served in turn, so that no stream of short messages keeps a long one
 * out. May be used by many threads.
 */
public final class MessageBudget {
  /** Room that is taken until it is closed; closing it again does nothing. */
  public final class Reservation implements AutoCloseable {
    private final Object peer;
    private long bytes;
    private boolean granted;

    private Reservation(Object peer, long bytes) {
      this.peer = peer;
      this.bytes = bytes;
    }

    /** Gives back what is more than so many bytes: the message turned out to be no longer. */
    public void keep(long atMost) {
      shrink(this, atMost);
    }

    @Override
    public void close() {
      shrink(this, 0);
    }
  }

  private final long total;
  private final long share;

  // Guarded by this object.
  private long used;
  private final Map<Object, Long> usedBy = new HashMap<>();
  private final List<Reservation> waiting = new ArrayList<>();

  /**
   * @param total bytes of all peers
   * @param share bytes of one peer; one message of a peer that has no other may be longer
   */
  public MessageBudget(long total, long share) {
    if (share < 1 || total < share) {
      throw new IllegalArgumentException("a share of " + share + " bytes of " + total);
    }
    this.total = total;
    this.share = share;
  }

  /** Longest message that it ever has room for. */
  long total() {
    return total;
  }

  /**
   * Takes room for a message.
   *
   * @param patience how long to wait for it
   * @return nothing if there was no room in that time
   */
  public Optional<Reservation> reserve(Object peer, long bytes, Duration patience) {
    Reservation wanted = new Reservation(peer, bytes);
    if (bytes > total) {
      return Optional.empty();
    }
    long until = System.nanoTime() + patience.toNanos();
    synchronized (this) {
      waiting.add(wanted);
      admit();
      try {
        while (!wanted.granted) {
          long left = (until - System.nanoTime()) / 1_000_000;
          if (left <= 0) {
            return Optional.empty();
          }
          wait(left);
        }
        return Optional.of(wanted);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Optional.empty();
      } finally {
        if (!wanted.granted) {
          waiting.remove(wanted);
          admit();
        }
      }
    }
  }

  private synchronized void shrink(Reservation reservation, long atMost) {
    long released = reservation.bytes - atMost;
    if (released <= 0) {
      return;
    }
    reservation.bytes = atMost;
    used -= released;
    usedBy.computeIfPresent(
        reservation.peer, (peer, bytes) -> bytes == released ? null : bytes - released);
    admit();
  }

  /** Serves those who wait, in turn; who has used up the own share lets the others pass. */
  private synchronized void admit() {
    boolean some = false;
    for (int i = 0; i < waiting.size(); ) {
      Reservation next = waiting.get(i);
      long own = usedBy.getOrDefault(next.peer, 0L);
      if (own > 0 && own + next.bytes > share) {
        i++;
      } else if (used + next.bytes > total) {
        break;
      } else {
        waiting.remove(i);
        used += next.bytes;
        if (next.bytes > 0) {
          usedBy.put(next.peer, own + next.bytes);
        }
        next.granted = true;
        some = true;
      }
    }
    if (some) {
      notifyAll();
    }
  }
}
