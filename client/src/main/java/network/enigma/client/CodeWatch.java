package network.enigma.client;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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
  private final Map<Place, Future<Optional<UpgradeAuthority>>> seen = new ConcurrentHashMap<>();

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
    seen.put(place(contract), CompletableFuture.completedFuture(authority));
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
    try {
      found(contract).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      // The warning comes when it comes, or whoever sends the next one is told.
      return;
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private void refuse(SecretContract contract) {
    try {
      Optional<UpgradeAuthority> authority = found(contract).get().filter(this::isOther);
      if (authority.isPresent()) {
        throw new EnigmaException(
            ErrorCode.CODE_MAY_CHANGE,
            "nothing was sent to %s: %s".formatted(contract.name(), authority.get().warning()));
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof EnigmaException failure) {
        throw new EnigmaException(failure.code(), String.valueOf(failure.getMessage()), failure);
      }
      throw new IllegalStateException("nobody can tell who may change the code", e.getCause());
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  /** Asks once; all who send something meanwhile wait for the one answer. */
  private Future<Optional<UpgradeAuthority>> found(SecretContract contract) {
    Place place = place(contract);
    return seen.computeIfAbsent(
        place,
        unused ->
            threads.submit(() -> {
              try {
                Optional<UpgradeAuthority> authority = upgrades.authority(contract);
                if (policy == UpgradePolicy.WARN) {
                  authority.filter(this::isOther).ifPresent(each -> tell(contract, each));
                }
                return authority;
              } catch (EnigmaException e) {
                seen.remove(place);
                throw e;
              }
            }));
  }

  private boolean isOther(UpgradeAuthority authority) {
    return !authority.account().equals(owner);
  }

  private static EnigmaException interrupted() {
    Thread.currentThread().interrupt();
    return new EnigmaException(ErrorCode.TIMEOUT, "interrupted while waiting");
  }

  private void tell(SecretContract contract, UpgradeAuthority authority) {
    listener.accept(new ClientEvent.CodeMayChange(contract.address(), authority));
  }

  private static Place place(SecretContract contract) {
    return new Place(contract.realm(), contract.address());
  }
}
