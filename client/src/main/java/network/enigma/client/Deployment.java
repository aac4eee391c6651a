package network.enigma.client;

/**
 * A deployment, or an upgrade, on its way.
 *
 * @param contract the handle, usable when the task is ANCHORED; its address is known before
 * @param task the order's task
 */
public record Deployment(SecretContract contract, Task task) {
  /**
   * Waits until the contract has its code.
   *
   * @throws network.enigma.protocol.EnigmaException CONSTRUCTOR_REVERTED with the reason, or
   *     another failure
   */
  public SecretContract await() {
    task.await(TaskStage.ANCHORED).orThrow();
    return contract;
  }
}
