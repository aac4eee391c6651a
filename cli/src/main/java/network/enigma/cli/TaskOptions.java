package network.enigma.cli;

import network.enigma.client.CallOptions;
import network.enigma.client.TaskStage;
import picocli.CommandLine.Option;

/** Options of commands that send a task. */
final class TaskOptions {
  @Option(
      names = "--gas-limit",
      paramLabel = "GAS",
      defaultValue = "0",
      description = "Most gas it may use; 0 for the default.")
  long gasLimit;

  @Option(
      names = "--gas-price",
      paramLabel = "PRICE",
      defaultValue = "0",
      description = "In 10^-8 ENG per 1,000 gas; 0 for the network's minimum.")
  long gasPrice;

  @Option(
      names = "--post",
      description = "Send it in an Ethereum transaction instead of to a node.")
  boolean post;

  @Option(
      names = "--life",
      paramLabel = "BLOCKS",
      defaultValue = "0",
      description = "Blocks after which it must not run any more; 0 for the default.")
  int life;

  @Option(
      names = "--wait",
      paramLabel = "STAGE",
      defaultValue = "COMMITTED",
      description = "Wait until ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  TaskStage stage = TaskStage.COMMITTED;

  CallOptions callOptions() {
    return new CallOptions(
        gasLimit,
        gasPrice,
        post ? CallOptions.Route.POSTED : CallOptions.Route.DIRECT_ELSE_POSTED,
        life);
  }
}
