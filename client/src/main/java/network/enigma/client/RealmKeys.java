package network.enigma.client;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import network.enigma.contracts.Enigma;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Realms;
import network.enigma.protocol.crypto.Suite;

/**
 * Finds the key that inputs for a realm are sealed to, on the user's own Ethereum endpoint (rule
 * K2).
 */
final class RealmKeys {
  private static final Duration FRESH = Duration.ofSeconds(1);
  private static final Duration TELL = Duration.ofSeconds(1);

  private final Ledger ledger;
  private final Duration patience;
  private final Consumer<ClientEvent> listener;
  private final Lately<Bytes32, RealmKey> cache = new Lately<>(FRESH, this::readOrAwait);

  /** The last key read of each realm: it is not looked for again while the chain names it. */
  private final Map<Bytes32, RealmKey> last = new ConcurrentHashMap<>();

  RealmKeys(Ledger ledger, Duration patience, Consumer<ClientEvent> listener) {
    this.ledger = ledger;
    this.patience = patience;
    this.listener = listener;
  }

  /** Makes the next question read the chain again. */
  void forget(Bytes32 realm) {
    cache.forget(realm);
  }

  /**
   * The realm's current key; waits for it, assigning the realm if nobody has.
   *
   * @throws EnigmaException UNKNOWN_REALM, NO_WORKERS, or KEY_PENDING when the wait is over
   */
  RealmKey current(Bytes32 realm) {
    return cache.get(realm);
  }

  private RealmKey readOrAwait(Bytes32 realm) {
    RealmKey key = read(realm).orElseGet(() -> await(realm));
    last.put(realm, key);
    return key;
  }

  private Optional<RealmKey> read(Bytes32 realm) {
    Enigma.RealmView view = ledger.realm(realm);
    if (view.tenure() == 0) {
      return Optional.empty();
    }
    Bytes32 hash = Bytes32.of(view.inputKeyHash());
    RealmKey known = last.get(realm);
    if (known != null
        && known.tenure() == view.tenure()
        && Realms.inputKeyHash(known.suite(), known.inputKey()).equals(hash)) {
      return Optional.of(known);
    }
    for (Enigma.Event.KeyAnnounced event : ledger.announcements(realm)) {
      Optional<Suite> suite = Suite.fromId(event.suite());
      Bytes inputKey = Bytes.of(event.inputKey());
      if (event.tenure() == view.tenure()
          && suite.isPresent()
          && Realms.inputKeyHash(suite.get(), inputKey).equals(hash)) {
        return Optional.of(
            new RealmKey(realm, suite.get(), event.generation(), event.tenure(), inputKey));
      }
    }
    throw new EnigmaException(
        ErrorCode.BAD_PROOF,
        "no announcement on chain matches the input key hash of realm " + realm.hex());
  }

  private RealmKey await(Bytes32 realm) {
    Instant start = Instant.now();
    Instant told = Instant.EPOCH;
    while (true) {
      Duration waited = Duration.between(start, Instant.now());
      if (waited.compareTo(patience) > 0) {
        throw new EnigmaException(
            ErrorCode.KEY_PENDING,
            "realm %s has no key after %d s".formatted(realm.hex(), waited.toSeconds()));
      }
      if (Duration.between(told, Instant.now()).compareTo(TELL) >= 0) {
        told = Instant.now();
        listener.accept(new ClientEvent.KeyPending(realm, waited));
      }
      Enigma.RealmView view = ledger.realm(realm);
      if (view.tenure() == 0 && !view.pending()) {
        ledger.tryAssign(realm);
      }
      Optional<RealmKey> key = read(realm);
      if (key.isPresent()) {
        listener.accept(new ClientEvent.KeyKnown(realm, key.get().tenure()));
        return key.get();
      }
      Pause.of(Duration.ofMillis(50));
    }
  }
}
