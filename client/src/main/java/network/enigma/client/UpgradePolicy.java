package network.enigma.client;

/**
 * What a client does before it first sends something to a contract whose code somebody else than
 * the client's account may change (rule C7).
 */
public enum UpgradePolicy {
  /** Nothing. */
  ACCEPT,
  /** Tells the listener, {@link ClientEvent.CodeMayChange}, and goes on. */
  WARN,
  /**
   * Sends nothing: {@link network.enigma.protocol.ErrorCode#CODE_MAY_CHANGE}. Nothing is sent
   * either when nobody can tell who may change the code.
   */
  REFUSE
}
