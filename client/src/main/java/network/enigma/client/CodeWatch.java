package network.enigma.client;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;

/**
 * Looks, before an account first sends something to a contract, who may change its code, and does
 * what the client's policy says. Once is enough: the address commits to the answer.
 */
final class CodeWatch {
  /** How long a warning may hold up what it warns of. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private record Place(Bytes32 realm, Address address) {}

  private final Upgrades upgrades;
  private final Address owner;
  private final UpgradePolicy policy;
  private final Consumer<ClientEvent> listener;
  private final ExecutorService threads;
  private final Set<Place> seen = ConcurrentHashMap.newKeySet();

  CodeWatch(
      Upgrades upgrades,
      Address owner,
      UpgradePolicy policy,
      Consumer<ClientEvent> listener,
      ExecutorService threads) {
    this.upgrades = upgrades;
    this.owner = owner;
    this.policy = policy;
    this.listener = listener;
    this.threads = threads;
  }

  /** The account deploys the contract itself. */
  void deployed(SecretContract contract, Optional<UpgradeAuthority> authority) {
    seen.add(place(contract));
    authority.ifPresent(each -> tell(contract, each));
  }

  /**
   * Something is about to be sent to the contract.
   *
   * @throws EnigmaException CODE_MAY_CHANGE and what {@link Upgrades#authority} throws, where the
   *     policy is to refuse
   */
  void look(SecretContract contract) {
    switch (policy) {
      case ACCEPT -> {}
      case WARN -> warn(contract);
      case REFUSE -> refuse(contract);
    }
  }

  private void warn(SecretContract contract) {
    Place place = place(contract);
    if (!seen.add(place)) {
      return;
    }
    Future<?> looking =
        threads.submit(() -> {
          try {
            stranger(contract).ifPresent(authority -> tell(contract, authority));
          } catch (EnigmaException e) {
            // Whoever sends the next one is told.
            seen.remove(place);
          }
        });
    try {
      looking.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // The warning comes when it comes.
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EnigmaException(ErrorCode.TIMEOUT, "interrupted while waiting");
    } catch (ExecutionException e) {
      throw new IllegalStateException("the listener failed", e.getCause());
    }
  }

  private void refuse(SecretContract contract) {
    Place place = place(contract);
    if (seen.contains(place)) {
      return;
    }
    Optional<UpgradeAuthority> authority = stranger(contract);
    if (authority.isPresent()) {
      throw new EnigmaException(
          ErrorCode.CODE_MAY_CHANGE,
          "nothing was sent to %s: %s".formatted(contract.name(), authority.get().warning()));
    }
    seen.add(place);
  }

  /** The authority, if it is somebody else. */
  private Optional<UpgradeAuthority> stranger(SecretContract contract) {
    return upgrades.authority(contract).filter(authority -> !authority.account().equals(owner));
  }

  private void tell(SecretContract contract, UpgradeAuthority authority) {
    listener.accept(new ClientEvent.CodeMayChange(contract.address(), authority));
  }

  private static Place place(SecretContract contract) {
    return new Place(contract.realm(), contract.address());
  }
}
