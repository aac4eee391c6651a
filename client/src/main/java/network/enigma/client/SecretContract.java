package network.enigma.client;

import java.util.List;
import java.util.OptionalLong;
import network.enigma.client.abi.ContractAbi;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;

/** A contract on the network, as one account sees it. Immutable; usable by many threads. */
public final class SecretContract {
  private final EnigmaClient client;
  private final String name;
  private final Address address;
  private final Bytes32 realm;
  private final ContractAbi abi;

  SecretContract(
      EnigmaClient client, String name, Address address, Bytes32 realm, ContractAbi abi) {
    this.client = client;
    this.name = name;
    this.address = address;
    this.realm = realm;
    this.abi = abi;
  }

  public String name() {
    return name;
  }

  public Address address() {
    return address;
  }

  public Bytes32 realm() {
    return realm;
  }

  public ContractAbi abi() {
    return abi;
  }

  /** The same contract as another account sees it. */
  public SecretContract as(EnigmaClient other) {
    return new SecretContract(other, name, address, realm, abi);
  }

  /**
   * Seals the call and sends it with default options.
   *
   * @throws network.enigma.protocol.EnigmaException ABI_MISMATCH, BALANCE_TOO_SMALL,
   *     HOLDER_UNREACHABLE and others
   */
  public Task call(String function, Object... arguments) {
    return call(CallOptions.DEFAULT, function, List.of(arguments));
  }

  /** Seals the call and sends it. */
  public Task call(CallOptions options, String function, List<?> arguments) {
    return client.send(this, abi.encodeCall(function, arguments), options);
  }

  /**
   * A gas limit for a call, from what this account's past calls of the same function used, with a
   * quarter more; empty if there were none. Nobody can estimate gas on secret state: another input
   * may need more.
   */
  public OptionalLong gasOfPastCalls(String function, List<?> arguments) {
    return client.gasOfPastCalls(address, abi.encodeCall(function, arguments).signature());
  }

  /**
   * Asks in this account's name, proved by a permit; the contract sees the account as msg.sender.
   * Free of charge.
   */
  public QueryResult query(String function, Object... arguments) {
    return client.query(this, abi.encodeCall(function, List.of(arguments)), true);
  }

  /** Asks in nobody's name: the contract sees msg.sender zero. */
  public QueryResult queryAnonymously(String function, Object... arguments) {
    return client.query(this, abi.encodeCall(function, List.of(arguments)), false);
  }

  @Override
  public String toString() {
    return "SecretContract[" + name + " " + address.hex() + "]";
  }
}
