package network.enigma.runtime;

/** How a call ended. */
public enum Status {
  /** It ran to its end; its changes and callbacks hold. */
  SUCCESS,
  /** The contract undid everything and said why in the output. */
  REVERTED,
  /** The call was stopped for the reason in {@link Failure}. */
  FAILED
}
