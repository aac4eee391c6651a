package network.enigma.runtime;

import java.util.List;
import network.enigma.attestation.DevelopmentNetwork;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;

/**
 * Runs contracts of one dialect (Rules E1 and E2).
 *
 * <p>An implementation keeps nothing between calls that could change a result, is safe for use by
 * several threads, and never throws for anything a contract or its caller did: what goes wrong in a
 * contract is an {@link ExecutionResult} that says so.
 */
public interface Runtime {

  /** The contract language this runtime understands. */
  Dialect dialect();

  /**
   * Runs one call to its end.
   *
   * @param call what to run
   * @param state the realm's committed contract state; it is only read
   * @param environment what the contract may know and ask for
   * @param gasLimit the most gas the call may use, as an unsigned number
   * @return what happened; changes and callbacks are to be applied only if it succeeded, and are
   *     empty otherwise
   */
  ExecutionResult execute(Call call, StateView state, Environment environment, long gasLimit);

  /**
   * Runs one call as {@link #execute} does, with the same result to the last unit of gas, and notes
   * what it does.
   *
   * @param observation takes what is noted, of this call only
   */
  ExecutionResult observe(
      Call call, StateView state, Environment environment, long gasLimit, Observation observation);

  /** Whether there is a contract of this dialect at an address. */
  boolean hasCode(StateView state, Address contract);

  /**
   * Values of a contract's storage, for its author.
   *
   * @param network shows that this is a development network
   * @param slots as the dialect numbers them
   * @return the value of each slot, zero where nothing is stored
   */
  List<Bytes32> storage(
      StateView state, Address contract, List<Bytes32> slots, DevelopmentNetwork network);
}
