package network.enigma.client;

import java.util.Optional;
import java.util.OptionalLong;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;

/**
 * How a contract is deployed.
 *
 * @param realm an open realm of the deployer; empty for a new one
 * @param opening how a new realm is opened
 * @param authority who may upgrade the contract; zero for nobody, ever
 * @param delay blocks an upgrade is announced before it can be carried out; if empty, a week of
 *     them, and on development networks none
 * @param call how the deployment's task is sent
 */
public record DeployOptions(
    Optional<Bytes32> realm,
    RealmOptions opening,
    Address authority,
    OptionalLong delay,
    CallOptions call) {
  /** Into a new realm, not upgradable. */
  public static final DeployOptions DEFAULT =
      new DeployOptions(
          Optional.empty(),
          RealmOptions.DEFAULT,
          Address.zero(),
          OptionalLong.empty(),
          CallOptions.DEFAULT);

  public DeployOptions inRealm(Bytes32 existing) {
    return new DeployOptions(Optional.of(existing), opening, authority, delay, call);
  }

  /** Into a new realm that is opened so. */
  public DeployOptions opening(RealmOptions options) {
    return new DeployOptions(Optional.empty(), options, authority, delay, call);
  }

  /** Lets an account change the contract's code, after the usual delay; users are warned of it. */
  public DeployOptions upgradableBy(Address account) {
    return new DeployOptions(realm, opening, account, OptionalLong.empty(), call);
  }

  /**
   * Lets an account change the contract's code.
   *
   * @param blocks for which a change is announced before it can be carried out; never less than the
   *     network's {@code minUpgradeDelay}
   */
  public DeployOptions upgradableBy(Address account, long blocks) {
    return new DeployOptions(realm, opening, account, OptionalLong.of(blocks), call);
  }

  public DeployOptions withCall(CallOptions options) {
    return new DeployOptions(realm, opening, authority, delay, options);
  }
}
