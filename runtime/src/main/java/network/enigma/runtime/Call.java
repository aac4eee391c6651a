package network.enigma.runtime;

import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;

/** What a runtime is asked to run. */
public sealed interface Call {

  /** The contract that is created, replaced or called. */
  Address target();

  /** Who asks, as the enclave authenticated it; the zero address for an anonymous query. */
  Address sender();

  /**
   * Creates a contract at a known address (Rule K1): the creation code runs with the arguments
   * appended and gives the code to store.
   *
   * @param code creation code
   * @param arguments constructor arguments in the dialect's own encoding
   */
  record Deploy(Address target, Address sender, Bytes code, Bytes arguments) implements Call {}

  /**
   * Replaces the code of an existing contract (Rule C7): the new creation code runs with the
   * arguments appended on the contract's own state, which it may migrate, and gives the new code.
   *
   * @param code creation code
   * @param arguments constructor arguments in the dialect's own encoding
   */
  record Upgrade(Address target, Address sender, Bytes code, Bytes arguments) implements Call {}

  /**
   * Calls a contract.
   *
   * @param input the call in the dialect's own encoding
   * @param readOnly whether this is a query (Rule E4): any write, log or callback ends it with
   *     {@link Failure#READ_ONLY}
   */
  record Invoke(Address target, Address sender, Bytes input, boolean readOnly) implements Call {}

  /**
   * Calls code that is given with the call, on empty state (Rule C7, kind CALLABLE). It is read
   * only: any write, log or callback ends it with {@link Failure#READ_ONLY}.
   *
   * @param target the address at which the code sees itself
   * @param code the code as it is deployed, public
   * @param input the call in the dialect's own encoding
   */
  record Stateless(Address target, Address sender, Bytes code, Bytes input) implements Call {}
}
