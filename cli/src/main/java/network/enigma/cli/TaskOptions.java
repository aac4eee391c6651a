package network.enigma.cli;

import java.util.OptionalLong;
import java.util.function.Supplier;
import network.enigma.client.CallOptions;
import network.enigma.client.TaskStage;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of commands that send a task to a node or post it. */
final class TaskOptions {
  @Mixin OrderOptions order = new OrderOptions();

  @Option(
      names = "--post",
      description = "Send it in an Ethereum transaction instead of to a node.")
  boolean post;

  /** How far to wait. */
  TaskStage stage() {
    return order.stage;
  }

  /** The options of a call whose past may be known. */
  CallOptions callOptions(Supplier<OptionalLong> past) {
    return routed(order.callOptions(past));
  }

  CallOptions callOptions() {
    return routed(order.callOptions());
  }

  private CallOptions routed(CallOptions options) {
    return post ? options.withRoute(CallOptions.Route.POSTED) : options;
  }
}
