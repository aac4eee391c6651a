package network.enigma.node.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.function.Consumer;

/** What can be subscribed to. */
@FunctionalInterface
public interface RpcSubscriptions {
  /** Ends a subscription. */
  @FunctionalInterface
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Begins a subscription.
   *
   * @param params of {@code enigma_subscribe}
   * @param sink takes events; it may be called from any thread and never blocks for long
   */
  Subscription subscribe(JsonNode params, Consumer<JsonNode> sink);
}
