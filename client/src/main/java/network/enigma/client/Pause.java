package network.enigma.client;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/** Waiting between two looks at something that changes elsewhere. */
final class Pause {
  private Pause() {}

  static void of(Duration duration) {
    LockSupport.parkNanos(duration.toNanos());
    if (Thread.currentThread().isInterrupted()) {
      throw new EnigmaException(ErrorCode.TIMEOUT, "interrupted while waiting");
    }
  }
}
