package network.enigma.cli;

import java.util.OptionalLong;
import java.util.function.Supplier;
import network.enigma.client.CallOptions;
import network.enigma.client.TaskStage;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What an order may use and cost, and how long to wait for it. */
final class OrderOptions {
  private static final String PAST = "past";

  @Option(
      names = "--gas-limit",
      paramLabel = "GAS",
      description =
          "Most gas it may use, or 'past' for what past calls of the function used and a quarter"
              + " more; default: chosen by the client.")
  @Nullable String gasLimit;

  @Option(
      names = "--gas-price",
      paramLabel = "PRICE",
      description = "In 10^-8 ENG per 1,000 gas; default: the network's minimum.")
  @Nullable String gasPrice;

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

  /** How far to wait where the result is needed: ANCHORED at least. */
  TaskStage stageWithResult() {
    return stage.includes(TaskStage.ANCHORED) ? stage : TaskStage.ANCHORED;
  }

  /** The options of a call whose past may be known. */
  CallOptions callOptions(Supplier<OptionalLong> past) {
    if (!PAST.equals(gasLimit)) {
      return callOptions();
    }
    gasLimit = null;
    OptionalLong known = past.get();
    return known.isEmpty() ? callOptions() : callOptions().withGasLimit(known.getAsLong());
  }

  CallOptions callOptions() {
    return new CallOptions(
        unsigned("--gas-limit", gasLimit),
        unsigned("--gas-price", gasPrice),
        CallOptions.Route.DIRECT_ELSE_POSTED,
        life);
  }

  /** A number that may be missing. */
  static OptionalLong unsigned(String option, @Nullable String text) {
    if (text == null) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseUnsignedLong(text));
    } catch (NumberFormatException e) {
      throw new EnigmaException(
          ErrorCode.INVALID_ARGUMENT,
          "%s takes a number from 0 to 2^64 - 1, not '%s'".formatted(option, text),
          e);
    }
  }
}
