package network.enigma.node.schedule;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import network.enigma.node.follow.ChainState;
import network.enigma.node.replicate.PeerCall;
import network.enigma.node.storage.Changes;
import network.enigma.node.storage.NodeStore;
import network.enigma.node.storage.StoredOrder;
import network.enigma.node.storage.StoredResult;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Orders that a worker accepted and can no longer run go to the realm's new holder (Rule S2). */
final class OrderHandOver {
  private static final Logger log = LoggerFactory.getLogger(OrderHandOver.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /**
   * What became of the orders.
   *
   * @param over handed over, or refused for good
   * @param left to be tried again
   */
  record Outcome(List<Bytes32> over, List<StoredOrder> left) {}

  private final Bytes32 realm;
  private final WorkerParts parts;

  OrderHandOver(Bytes32 realm, WorkerParts parts) {
    this.realm = realm;
    this.parts = parts;
  }

  Outcome to(long holder, List<StoredOrder> orders) {
    Address operator =
        parts
            .state()
            .worker(holder)
            .map(ChainState.WorkerFacts::operator)
            .orElseThrow(() ->
                new EnigmaException(
                    ErrorCode.HOLDER_UNREACHABLE, "worker " + holder + " is not known"));
    List<Bytes32> over = new ArrayList<>();
    List<StoredOrder> left = new ArrayList<>();
    Changes changes = new Changes();
    for (StoredOrder order : orders) {
      try {
        parts.peers().call(operator, new PeerCall.Submit(order.task()).encode(), TIMEOUT);
        over.add(order.taskId());
        NodeStore.removeOrder(changes, realm, order.taskId());
        log.info("task {} goes to worker {}", order.taskId(), holder);
      } catch (EnigmaException e) {
        if (isOver(e, order, parts.enclave().heldTip())) {
          over.add(order.taskId());
          NodeStore.removeOrder(changes, realm, order.taskId());
          end(parts, realm, order, e);
        } else {
          left.add(order);
        }
      }
    }
    parts.store().write(changes);
    return new Outcome(over, left);
  }

  /** Whether an order that was refused will be refused for good. */
  static boolean isOver(EnigmaException refusal, StoredOrder order, long tip) {
    return refusal.code().kind() == ErrorCode.Kind.USER
        || Long.compareUnsigned(order.task().order().expiry(), tip) < 0;
  }

  /** Writes down why an order will not run, unless it did run under another holder. */
  static void end(WorkerParts parts, Bytes32 realm, StoredOrder order, EnigmaException refusal) {
    boolean ran = refusal.code() == ErrorCode.USED_SALT || refusal.code() == ErrorCode.TASK_CLOSED;
    if (ran || parts.store().result(realm, order.taskId()).isPresent()) {
      return;
    }
    log.info("task {} of realm {} is over: {}", order.taskId(), realm, refusal.getMessage());
    parts
        .store()
        .write(
            NodeStore.putResult(
                new Changes(),
                realm,
                StoredResult.expired(
                    order.taskId(),
                    parts.enclave().heldTip(),
                    refusal.code() + ": " + refusal.getMessage())));
    parts.board().taskChanged(realm, order.taskId());
  }
}
