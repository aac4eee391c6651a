package network.enigma.cli;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import network.enigma.client.Eng;
import network.enigma.client.EnigmaClient;
import network.enigma.client.Task;
import network.enigma.client.TaskProgress;
import network.enigma.client.TaskResult;
import network.enigma.client.TaskStage;
import network.enigma.client.store.TaskRecord;
import network.enigma.protocol.EnigmaException;

/** Waits for a task and shows how it ended, and what an observer saw of it. */
final class TaskReport {
  private static final int SHOWN_BYTES = 24;

  private final Terminal terminal;
  private final Optional<TraceReport> trace;

  TaskReport(Terminal terminal) {
    this(terminal, Optional.empty());
  }

  /**
   * @param trace of the same call, taken just before it was sent
   */
  TaskReport(Terminal terminal, Optional<TraceReport> trace) {
    this.terminal = terminal;
    this.trace = trace;
  }

  /** What the contract logged; nothing where it logged nothing. */
  static void showConsole(Terminal terminal, List<String> lines) {
    if (!lines.isEmpty()) {
      terminal.line(terminal.bold("Console"));
      lines.forEach(line -> terminal.line("  " + line));
    }
  }

  /**
   * Waits until the stage is reached and tells the result.
   *
   * @return the exit code
   * @throws EnigmaException when the call was refused or failed, unless that was told as JSON
   */
  int show(EnigmaClient client, Task task, TaskStage until, Duration atMost) {
    Optional<TaskRecord> record = client.record(task.taskId());
    TaskProgress progress = task.awaitProgress(until, atMost);
    if (progress.result().isEmpty()) {
      terminal.object(Map.of("taskId", task.taskId().hex(), "stage", progress.stage().name()));
      terminal.line("task " + task.taskId().hex() + " " + progress.stage());
      return ExitCode.OK;
    }
    TaskResult result = progress.result().get();
    if (terminal.json()) {
      Map<String, Object> fields = fields(progress, result);
      trace.ifPresent(each -> fields.put("trace", each.fields()));
      terminal.object(fields);
      return result.failure().map(ExitCode::of).orElse(ExitCode.OK);
    }
    trace.ifPresent(each -> each.compare(terminal, result));
    showConsole(terminal, result.console());
    result.orThrow();
    terminal.line(terminal.bold("What you see"));
    terminal.field("result", Values.text(result.values()));
    terminal.field("outcome", result.outcome() + ", " + progress.stage());
    terminal.field("gas", result.gasUsed() + " used, " + result.gasCharged() + " charged");
    terminal.field("fee", Eng.text(result.fee()) + " ENG");
    result.transaction().ifPresent(hash -> terminal.field("committed by", hash.hex()));
    record.ifPresent(sent -> {
      terminal.line(terminal.bold("What the node and the chain see"));
      terminal.field("task", sent.taskId().hex());
      terminal.field("sender", sent.order().sender().checksummed());
      terminal.field("contract", sent.order().target().checksummed());
      terminal.field(
          "input",
          "%d sealed bytes %s…"
              .formatted(
                  sent.envelope().length(),
                  sent.envelope().slice(0, Math.min(SHOWN_BYTES, sent.envelope().length())).hex()));
      terminal.field("outcome", result.outcome() + ", " + result.gasCharged() + " gas charged");
    });
    return ExitCode.OK;
  }

  static Map<String, Object> fields(TaskProgress progress, TaskResult result) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("taskId", result.taskId().hex());
    fields.put("stage", progress.stage().name());
    fields.put("outcome", result.outcome().name());
    fields.put("succeeded", result.succeeded());
    result.failure().ifPresent(code -> fields.put("failure", code.name()));
    if (!result.reason().isEmpty()) {
      fields.put("reason", result.reason());
    }
    fields.put("values", Values.json(List.copyOf(result.values())));
    if (!result.console().isEmpty()) {
      fields.put("console", result.console());
    }
    fields.put("sequence", result.sequence());
    fields.put("gasUsed", result.gasUsed());
    fields.put("gasCharged", result.gasCharged());
    fields.put("fee", Eng.text(result.fee()));
    result.transaction().ifPresent(hash -> fields.put("transaction", hash.hex()));
    result.block().ifPresent(block -> fields.put("block", block));
    fields.put("millis", progress.elapsed().toMillis());
    return fields;
  }
}
