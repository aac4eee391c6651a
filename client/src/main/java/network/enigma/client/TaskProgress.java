package network.enigma.client;

import java.time.Duration;
import java.util.Optional;
import network.enigma.protocol.Bytes32;

/**
 * News of a task.
 *
 * @param taskId its id
 * @param stage what it has reached
 * @param elapsed since the order was sent
 * @param result the verified result, from ANCHORED on
 */
public record TaskProgress(
    Bytes32 taskId, TaskStage stage, Duration elapsed, Optional<TaskResult> result) {}
