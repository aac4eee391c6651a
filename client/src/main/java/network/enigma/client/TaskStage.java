package network.enigma.client;

/** How far a task has come; the four words every part of Enigma uses. */
public enum TaskStage {
  /** The lease holder's enclave signed that it took the order, or the order's post is on chain. */
  ACCEPTED,
  /**
   * It ran, and a quorum of key managers acknowledged the new state: the result can be opened and
   * will not change.
   */
  ANCHORED,
  /** Its batch is on Ethereum: the worker is paid, callbacks have run. */
  COMMITTED,
  /** The batch's block is final by the network's rule. */
  FINAL;

  /** Whether this stage includes the other. */
  public boolean includes(TaskStage other) {
    return compareTo(other) >= 0;
  }
}
