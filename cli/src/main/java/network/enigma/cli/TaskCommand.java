package network.enigma.cli;

import java.time.Duration;
import java.util.concurrent.Callable;
import network.enigma.client.EnigmaClient;
import network.enigma.client.TaskStage;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code enigma task}: goes on with a task that was sent before. */
@Command(
    name = "task",
    mixinStandardHelpOptions = true,
    description =
        "Open the result of a task this user sent and has not seen to its end, also after a"
            + " restart.")
final class TaskCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin Connection connection = new Connection();

  @Parameters(paramLabel = "ID", description = "The task's id, 32 bytes in hex.")
  String id = "";

  @Option(
      names = "--wait",
      paramLabel = "STAGE",
      defaultValue = "ANCHORED",
      description = "Wait until ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  TaskStage stage = TaskStage.ANCHORED;

  @Override
  public Integer call() {
    try (EnigmaClient client = connection.connect()) {
      return new TaskReport(EnigmaCommand.terminal(spec))
          .show(client, client.resume(taskId()), stage, Duration.ofSeconds(connection.timeout));
    }
  }

  private Bytes32 taskId() {
    try {
      return Bytes32.fromHex(id);
    } catch (EnigmaException e) {
      throw new EnigmaException(
          ErrorCode.INVALID_ARGUMENT, "'%s' is not 32 bytes in hex".formatted(id), e);
    }
  }
}
