package network.enigma.enclave;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.CallableInput;
import network.enigma.protocol.CallbackCall;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;
import network.enigma.protocol.TaskOrder;
import network.enigma.runtime.Call;
import network.enigma.runtime.CallbackRequest;
import network.enigma.runtime.Environment;
import network.enigma.runtime.ExecutionResult;
import network.enigma.runtime.Failure;
import network.enigma.runtime.Runtime;
import network.enigma.runtime.StateView;
import org.jspecify.annotations.Nullable;

/**
 * Tasks of kind CALLABLE (Rule C7): they run the code of an Ethereum contract on empty state, and
 * what the code returns goes into a callback to that contract.
 *
 * <p>Two things are wanted of the host, the code and a proof of the account that names its hash at
 * the header of the batch. A proof that shows another code is a public fact and refuses the task;
 * what the host did not deliver leaves it to expire (Rule C10).
 */
final class Callables {
  private static final StateView NOTHING =
      new StateView() {
        @Override
        public byte @Nullable [] get(Bytes key) {
          return null;
        }

        @Override
        public long sizeInBytes() {
          return 0;
        }
      };

  /** The code that came with the request, by its hash. */
  private final Map<Bytes32, Bytes> codes = new HashMap<>();

  private final RealmFacts.Reader facts;
  private final long headerNumber;

  /**
   * @param codes what the host delivered, not trusted in any respect
   * @param headerNumber of the batch
   */
  Callables(List<Bytes> codes, RealmFacts.Reader facts, long headerNumber) {
    codes.forEach(code -> this.codes.put(Keccak.hash(code), code));
    this.facts = facts;
    this.headerNumber = headerNumber;
  }

  /**
   * Checks what the task needs for its run or refusal.
   *
   * @throws EnigmaException {@link ErrorCode#BAD_STATE_PROOF} if the account is not proved at the
   *     header of the batch, {@link ErrorCode#CODE_MISMATCH} if the code did not come, {@link
   *     ErrorCode#CALLABLE_CODE_MISMATCH} for a direct task whose target has no code yet
   */
  void requireDelivered(OpenedTask task) {
    TaskOrder order = task.order();
    Optional<Bytes32> proved = provedCodeHash(order);
    if (proved.isEmpty() && !task.task().posted()) {
      // A direct order can be older than its target: the header may not show what the sender saw.
      throw mismatch(order, proved, headerNumber);
    }
    if (matches(order, proved) && !codes.containsKey(order.codeHash())) {
      throw new EnigmaException(
          ErrorCode.CODE_MISMATCH, "the code of " + order.target() + " did not come with the task");
    }
  }

  /** Whether the target is proved to have other code than the order names, or none. */
  boolean isRefused(TaskOrder order) {
    return !matches(order, provedCodeHash(order));
  }

  private Optional<Bytes32> provedCodeHash(TaskOrder order) {
    RealmFacts.ProvenCode code = facts.code(order.target());
    if (code.headerNumber() != headerNumber) {
      throw new EnigmaException(
          ErrorCode.BAD_STATE_PROOF,
          "the code of "
              + order.target()
              + " is proved at block "
              + code.headerNumber()
              + " and the batch runs at block "
              + headerNumber);
    }
    return code.codeHash();
  }

  private static boolean matches(TaskOrder order, Optional<Bytes32> proved) {
    return proved.isPresent() && proved.get().equals(order.codeHash());
  }

  /**
   * Checks an order before it is accepted: as far as the chain shows by now, its target has the
   * code that it names.
   *
   * @throws EnigmaException {@link ErrorCode#BAD_STATE_PROOF} or {@link
   *     ErrorCode#CALLABLE_CODE_MISMATCH}
   */
  static void requireCode(TaskOrder order, RealmFacts.Reader facts) {
    RealmFacts.ProvenCode code = facts.code(order.target());
    if (!matches(order, code.codeHash())) {
      throw mismatch(order, code.codeHash(), code.headerNumber());
    }
  }

  private static EnigmaException mismatch(
      TaskOrder order, Optional<Bytes32> proved, long headerNumber) {
    return new EnigmaException(
        ErrorCode.CALLABLE_CODE_MISMATCH,
        "at block "
            + headerNumber
            + " the account "
            + order.target()
            + proved.map(hash -> " has code " + hash).orElse(" has no code")
            + ", the order names code "
            + order.codeHash());
  }

  /**
   * Runs a task whose code was checked.
   *
   * @return the result with the callback that delivers it, if one is wanted
   */
  ExecutionResult run(TaskOrder order, Bytes payload, Runtime runtime, Environment environment) {
    CallableInput input;
    try {
      input = CallableInput.decode(payload.toByteArray());
    } catch (EnigmaException e) {
      return ExecutionResult.failed(Failure.MALFORMED_INPUT, 0, false);
    }
    // The callback's gas is set aside first: a callable cannot use it up.
    long callbackGas =
        input
            .callback()
            .map(callback -> CallbackRequest.taskGas(callback.gas(), 0, environment.callbackRate()))
            .orElse(0L);
    long gasLimit = order.gasLimit();
    if (Long.compareUnsigned(callbackGas, gasLimit) > 0) {
      return ExecutionResult.failed(Failure.OUT_OF_GAS, gasLimit, false);
    }
    Bytes code = codes.get(order.codeHash());
    if (code == null) {
      throw new IllegalStateException("the code is required before the run");
    }
    ExecutionResult executed =
        runtime.execute(
            new Call.Stateless(order.target(), order.sender(), code, input.call()),
            NOTHING,
            environment,
            gasLimit - callbackGas);
    if (!executed.succeeded()) {
      return executed;
    }
    return input
        .callback()
        .map(callback -> delivered(order, executed, input, callback, environment))
        .orElse(executed);
  }

  private static ExecutionResult delivered(
      TaskOrder order,
      ExecutionResult executed,
      CallableInput input,
      CallableInput.Callback callback,
      Environment environment) {
    Bytes data = input.data(executed.output()).orElseThrow();
    if (data.length() > CallbackCall.MAXIMUM_DATA) {
      return ExecutionResult.failed(
          Failure.OUTPUT_TOO_LARGE, order.gasLimit(), executed.chargeFullLimit());
    }
    long gasUsed =
        executed.gasUsed()
            + CallbackRequest.taskGas(callback.gas(), data.length(), environment.callbackRate());
    if (Long.compareUnsigned(gasUsed, order.gasLimit()) > 0) {
      return ExecutionResult.failed(
          Failure.OUT_OF_GAS, order.gasLimit(), executed.chargeFullLimit());
    }
    // The contract calls itself back: that secretContract is its own address tells it that the
    // network ran its own code.
    return ExecutionResult.success(
        executed.output(),
        Collections.emptySortedMap(),
        List.of(new CallbackRequest(order.target(), order.target(), callback.gas(), data)),
        gasUsed,
        executed.chargeFullLimit());
  }
}
