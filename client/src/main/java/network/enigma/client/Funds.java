package network.enigma.client;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import network.enigma.contracts.Enigma;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;

/**
 * Whether what an account set aside in a realm covers its next order. What the chain says is
 * believed for a second, less what was sent since; the holder's enclave has the last word.
 */
final class Funds {
  private static final Duration FRESH = Duration.ofSeconds(1);

  private final Lately<Bytes32, AtomicLong> free;

  Funds(Ledger ledger, Address owner) {
    this.free =
        new Lately<>(
            FRESH,
            realm -> {
              Enigma.AllocationView view = ledger.allocation(realm, owner);
              return new AtomicLong(view.allocated() - view.charged() - view.left());
            });
  }

  /** Counts an order's highest fee in, unless the allocation is too small for it. */
  boolean cover(Bytes32 realm, long fee) {
    AtomicLong left = free.get(realm, known -> known.get() >= fee);
    return left.getAndAdd(-fee) >= fee;
  }

  /** The allocation was changed. */
  void changed(Bytes32 realm) {
    free.forget(realm);
  }
}
