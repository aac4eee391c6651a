package network.enigma.client;

import network.enigma.client.abi.ContractAbi;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;

/** A contract as one account sees it. Immutable; usable by many threads. */
public abstract sealed class ContractHandle permits SecretContract, CallableContract {
  final EnigmaClient client;
  private final String name;
  private final Address address;
  private final Bytes32 realm;
  private final ContractAbi abi;

  ContractHandle(
      EnigmaClient client, String name, Address address, Bytes32 realm, ContractAbi abi) {
    this.client = client;
    this.name = name;
    this.address = address;
    this.realm = realm;
    this.abi = abi;
  }

  /** For people. */
  public final String name() {
    return name;
  }

  /** Where it lives: in its realm, or for a {@link CallableContract} on Ethereum. */
  public final Address address() {
    return address;
  }

  /** The realm in which its tasks run and are paid. */
  public final Bytes32 realm() {
    return realm;
  }

  public final ContractAbi abi() {
    return abi;
  }

  @Override
  public final String toString() {
    return getClass().getSimpleName() + "[" + name + " " + address.hex() + "]";
  }
}
