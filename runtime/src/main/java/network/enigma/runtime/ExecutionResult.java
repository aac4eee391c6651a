package network.enigma.runtime;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import network.enigma.protocol.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * How a call ended and what it leaves behind.
 *
 * @param status success, reverted or failed
 * @param failure the reason if failed, null otherwise
 * @param output return data on success, the reason in the dialect's encoding if reverted, empty if
 *     failed
 * @param changes the net difference to the committed state: a new value, or empty for a key that is
 *     gone; empty unless successful
 * @param callbacks the callbacks asked for, in order; empty unless successful
 * @param gasUsed gas used after refunds, unsigned, at most the limit
 * @param chargeFullLimit whether the contract asks that its gas limit be charged so that the charge
 *     tells nothing (Rule C10); kept also when the call reverts
 */
public record ExecutionResult(
    Status status,
    @Nullable Failure failure,
    Bytes output,
    SortedMap<Bytes, Optional<Bytes>> changes,
    List<CallbackRequest> callbacks,
    long gasUsed,
    boolean chargeFullLimit) {

  /** Keeps the parts consistent with the status. */
  public ExecutionResult {
    if ((status == Status.FAILED) != (failure != null)) {
      throw new IllegalArgumentException("a failure goes with status FAILED and only with it");
    }
    if (status != Status.SUCCESS && !(changes.isEmpty() && callbacks.isEmpty())) {
      throw new IllegalArgumentException("only a successful call leaves changes or callbacks");
    }
    changes = Collections.unmodifiableSortedMap(new TreeMap<>(changes));
    callbacks = List.copyOf(callbacks);
  }

  /** A call that ran to its end. */
  public static ExecutionResult success(
      Bytes output,
      SortedMap<Bytes, Optional<Bytes>> changes,
      List<CallbackRequest> callbacks,
      long gasUsed,
      boolean chargeFullLimit) {
    return new ExecutionResult(
        Status.SUCCESS, null, output, changes, callbacks, gasUsed, chargeFullLimit);
  }

  /** A call that undid everything and gave a reason. */
  public static ExecutionResult reverted(Bytes reason, long gasUsed, boolean chargeFullLimit) {
    return new ExecutionResult(
        Status.REVERTED,
        null,
        reason,
        Collections.emptySortedMap(),
        List.of(),
        gasUsed,
        chargeFullLimit);
  }

  /** A call that was stopped. */
  public static ExecutionResult failed(Failure failure, long gasUsed, boolean chargeFullLimit) {
    return new ExecutionResult(
        Status.FAILED,
        failure,
        Bytes.of(new byte[0]),
        Collections.emptySortedMap(),
        List.of(),
        gasUsed,
        chargeFullLimit);
  }

  /** Whether the call ran to its end. */
  public boolean succeeded() {
    return status == Status.SUCCESS;
  }
}
