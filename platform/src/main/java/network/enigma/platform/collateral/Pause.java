package network.enigma.platform.collateral;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/** Waiting between two requests. */
@FunctionalInterface
public interface Pause {
  /**
   * Returns when the time is over.
   *
   * @throws EnigmaException {@link ErrorCode#COLLATERAL_UNAVAILABLE} if the thread is interrupted
   */
  void of(Duration duration);

  /** Parks the thread. */
  static Pause parking() {
    return duration -> {
      long end = System.nanoTime() + duration.toNanos();
      while (true) {
        if (Thread.currentThread().isInterrupted()) {
          throw new EnigmaException(
              ErrorCode.COLLATERAL_UNAVAILABLE, "interrupted while waiting for a service");
        }
        long left = end - System.nanoTime();
        if (left <= 0) {
          return;
        }
        LockSupport.parkNanos(left);
      }
    };
  }
}
