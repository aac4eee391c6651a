package network.enigma.node.follow;

import network.enigma.protocol.Bytes32;
import network.enigma.protocol.TaskOrder;

/**
 * A task posted on Ethereum that is not settled yet.
 *
 * @param withEnvelope whether the envelope is in the transaction
 * @param transaction that posted it
 * @param postedAt block
 * @param settledAt block that settled or refunded it, −1 while it is open
 */
public record PostedOrder(
    Bytes32 taskId,
    TaskOrder order,
    boolean withEnvelope,
    Bytes32 transaction,
    long postedAt,
    long settledAt) {
  PostedOrder settled(long block) {
    return new PostedOrder(taskId, order, withEnvelope, transaction, postedAt, block);
  }

  /** Whether Ethereum has all of it: code travels beside the order (Rule C7). */
  public boolean whole() {
    return switch (order.kind()) {
      case DEPLOY, UPGRADE -> false;
      case CALL, CALLABLE, QUERY -> withEnvelope;
    };
  }

  public boolean open() {
    return settledAt < 0;
  }
}
