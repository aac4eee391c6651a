package network.enigma.runtime;

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
}
