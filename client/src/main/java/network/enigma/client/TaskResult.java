package network.enigma.client;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Outcome;

/**
 * How a task ended. Everything here was checked: the enclave's signature, the receipt's place in
 * the batch, the result's hash.
 *
 * @param taskId its id
 * @param outcome the public word
 * @param failure why it was refused, or how the executed call failed; empty on success
 * @param reason in words, where there is a failure
 * @param values what the function returned, by its ABI; empty on failure
 * @param output what it returned, encoded
 * @param console lines the contract logged, also where the call failed; on development networks
 *     only
 * @param sequence its place in the realm's history
 * @param gasUsed what the execution used exactly; only the sender knows it
 * @param gasCharged what it was charged for, public
 * @param fee in units of 10⁻⁸ ENG
 * @param transaction that committed it, from COMMITTED on
 * @param block that holds the transaction, from COMMITTED on
 */
public record TaskResult(
    Bytes32 taskId,
    Outcome outcome,
    Optional<ErrorCode> failure,
    String reason,
    List<Object> values,
    Bytes output,
    List<String> console,
    long sequence,
    long gasUsed,
    long gasCharged,
    long fee,
    Optional<Bytes32> transaction,
    OptionalLong block) {
  public TaskResult {
    values = List.copyOf(values);
    console = List.copyOf(console);
  }

  /** Whether the call ran and did not fail. */
  public boolean succeeded() {
    return failure.isEmpty() && outcome == Outcome.EXECUTED;
  }

  /**
   * This result if the call succeeded.
   *
   * @throws EnigmaException the refusal or the contract's failure, with its reason in words
   */
  public TaskResult orThrow() {
    if (failure.isPresent()) {
      throw new EnigmaException(failure.get(), reason);
    }
    if (outcome == Outcome.DUPLICATE) {
      throw new EnigmaException(
          ErrorCode.USED_SALT, "the order had run before; its result is the first run's");
    }
    return this;
  }

  /** The only or first returned value, as the type it has. */
  public <T> T value(Class<T> type) {
    return values(0, type);
  }

  /** The returned value at a position, as the type it has. */
  public <T> T values(int index, Class<T> type) {
    orThrow();
    if (index >= values.size() || !type.isInstance(values.get(index))) {
      throw new EnigmaException(
          ErrorCode.ABI_MISMATCH,
          "result %d is %s, not %s"
              .formatted(
                  index,
                  index < values.size() ? values.get(index).getClass().getSimpleName() : "absent",
                  type.getSimpleName()));
    }
    return type.cast(values.get(index));
  }

  TaskResult committed(Bytes32 inTransaction, long inBlock) {
    return new TaskResult(
        taskId,
        outcome,
        failure,
        reason,
        values,
        output,
        console,
        sequence,
        gasUsed,
        gasCharged,
        fee,
        Optional.of(inTransaction),
        OptionalLong.of(inBlock));
  }

  /** Without the secret values. */
  @Override
  public String toString() {
    return "TaskResult[%s, %s%s]"
        .formatted(taskId.hex(), outcome, failure.map(code -> " " + code).orElse(""));
  }
}
