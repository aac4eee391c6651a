package network.enigma.client;

import java.util.Optional;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;

/**
 * How a contract is deployed.
 *
 * @param realm an open realm of the deployer; empty for a new one
 * @param authority who may upgrade the contract; zero for nobody, ever
 * @param delay blocks an upgrade waits
 * @param call how the deployment's task is sent
 */
public record DeployOptions(
    Optional<Bytes32> realm, Address authority, long delay, CallOptions call) {
  /** Into a new realm, not upgradable. */
  public static final DeployOptions DEFAULT =
      new DeployOptions(Optional.empty(), Address.zero(), 0, CallOptions.DEFAULT);

  public DeployOptions inRealm(Bytes32 existing) {
    return new DeployOptions(Optional.of(existing), authority, delay, call);
  }

  public DeployOptions withCall(CallOptions options) {
    return new DeployOptions(realm, authority, delay, options);
  }
}
