package network.enigma.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import network.enigma.client.SecretContract;
import network.enigma.client.TaskResult;
import network.enigma.client.author.Trace;
import network.enigma.client.author.TraceTree;
import network.enigma.client.store.ContractRecord;
import network.enigma.protocol.CallResult;
import network.enigma.protocol.ErrorCode;

/** Shows the trace of a call, and how it compares with the call itself. */
final class TraceReport {
  private final Trace trace;
  private final SecretContract contract;
  private final TraceTree.Step root;

  /**
   * @param contracts whose names the trace may use
   */
  TraceReport(Trace trace, SecretContract contract, List<ContractRecord> contracts) {
    this.trace = trace;
    this.contract = contract;
    this.root = TraceTree.of(trace.trace(), contracts);
  }

  /** The tree, in words. */
  void show(Terminal terminal) {
    terminal.line(terminal.bold("Trace") + " on the state after task " + trace.sequence());
    TraceTree.lines(root).forEach(line -> terminal.line("  " + line));
  }

  /** What a command that only traces ends with: the answer as JSON, and the exit code. */
  int end(Terminal terminal) {
    terminal.object(Map.of("trace", fields()));
    terminal.field("gas", trace.result().gasUsed() + " used");
    return trace.result().failure().map(ExitCode::of).orElse(ExitCode.OK);
  }

  /** Says where the trace may tell something else than what the call did. */
  void compare(Terminal terminal, TaskResult real) {
    CallResult traced = trace.result();
    long between = real.sequence() - trace.sequence() - 1;
    boolean same = traced.failure().equals(real.failure()) && traced.output().equals(real.output());
    if (!same) {
      terminal.warning(
          between > 0
              ? "the call ended otherwise than its trace: "
                  + between
                  + " other tasks ran between them"
              : "the call ended otherwise than its trace: it depends on the block, on random bytes"
                  + " or on the gas price");
    } else if (between > 0) {
      terminal.progress(
          "  " + between + " other tasks ran between the trace and the call; both ended alike");
    }
  }

  Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("sequence", trace.sequence());
    Optional<ErrorCode> failure = trace.result().failure();
    fields.put("succeeded", failure.isEmpty());
    failure.ifPresent(code -> {
      fields.put("failure", code.name());
      fields.put(
          "reason",
          code == ErrorCode.EXECUTION_REVERTED
              ? contract.abi().revertReason(trace.result().output())
              : code.explanation());
    });
    fields.put("gasUsed", trace.result().gasUsed());
    fields.put("complete", trace.trace().complete());
    fields.put("call", nested(root));
    return fields;
  }

  private static Map<String, Object> nested(TraceTree.Step step) {
    Map<String, Object> fields = new LinkedHashMap<>(step.fields());
    if (!step.steps().isEmpty()) {
      fields.put("steps", step.steps().stream().map(TraceReport::nested).toList());
    }
    return fields;
  }
}
