package network.enigma.enclave;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import network.enigma.attestation.DevelopmentNetwork;
import network.enigma.ethereum.BlockHeader;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.CallResult;
import network.enigma.protocol.CallbackCall;
import network.enigma.protocol.ContractDescription;
import network.enigma.protocol.ContractTerms;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Gas;
import network.enigma.protocol.PublicResult;
import network.enigma.protocol.ResponseKey;
import network.enigma.protocol.SealedResult;
import network.enigma.protocol.TaskKind;
import network.enigma.protocol.TaskOrder;
import network.enigma.protocol.author.AuthorRequest;
import network.enigma.protocol.author.StorageValues;
import network.enigma.protocol.author.TracedCall;
import network.enigma.protocol.crypto.Hkdf;
import network.enigma.protocol.crypto.SecretAccess;
import network.enigma.protocol.crypto.SecretBytes;
import network.enigma.protocol.wire.WireWriter;
import network.enigma.runtime.Call;
import network.enigma.runtime.CallbackRequest;
import network.enigma.runtime.Dialect;
import network.enigma.runtime.Environment;
import network.enigma.runtime.ExecutionResult;
import network.enigma.runtime.Failure;
import network.enigma.runtime.Limits;
import network.enigma.runtime.Observation;
import network.enigma.runtime.RandomSource;
import network.enigma.runtime.Runtime;
import network.enigma.tee.RealmKeys;
import org.jspecify.annotations.Nullable;

/**
 * Runs calls in the runtime of their contract's dialect and seals what they give (Rules C10, K9).
 */
final class Execution {
  private static final int EVM = Dialect.EVM.number();

  private final Network network;
  private final Development development;
  private final Map<Dialect, Runtime> runtimes;
  private final Limits limits;

  Execution(Network network, Development development, List<Runtime> runtimes) {
    this.network = network;
    this.development = development;
    this.runtimes =
        runtimes.stream()
            .collect(Collectors.toUnmodifiableMap(Runtime::dialect, Function.identity()));
    this.limits = Limits.network(network.parameters().maxStateBytes());
  }

  /** Whether there is a runtime for the dialect of that number. */
  boolean supports(int dialect) {
    return Dialect.ofNumber(dialect).filter(runtimes::containsKey).isPresent();
  }

  /**
   * An executed task.
   *
   * @param result sealed, or for a public input as in {@link PublicResult}
   */
  record Done(long gasCharged, Bytes result, List<CallbackCall> callbacks) {}

  /**
   * Runs a task on the layer, which takes its changes if it succeeds; a CALLABLE has none.
   *
   * @param callables what was delivered for tasks of kind CALLABLE
   */
  Done run(
      OpenedTask task,
      Callables callables,
      RealmKeys keys,
      StateLayer layer,
      BlockHeader header,
      Bytes32 stateHash) {
    TaskOrder order = task.order();
    OpenedTask.Opened input = (OpenedTask.Opened) task.input().orElseThrow();
    SecretBytes seed = keys.taskRandomness(task.taskId(), stateHash);
    Environment environment = environment(order.realm(), header, order.gasPrice(), random(seed));
    Optional<Observation> console = console(input.responseKey(), header);
    Supplier<ExecutionResult> execution =
        order.kind() == TaskKind.CALLABLE
            ? () -> callables.run(order, input.payloadBytes(), runtime(EVM), environment)
            : () ->
                execute(
                    runtime(layer, task),
                    call(task, input),
                    layer,
                    environment,
                    order.gasLimit(),
                    console);
    ExecutionResult executed = guarded(execution, order.gasLimit());
    if (executed.succeeded()) {
      layer.apply(executed.changes());
    }
    enter(task, executed.succeeded(), layer);
    long gasCharged =
        Gas.charged(
            executed.gasUsed(),
            order.gasLimit(),
            executed.chargeFullLimit(),
            network.parameters().baseGas());
    return new Done(
        gasCharged,
        sealed(
            input.responseKey(), task.taskId(), result(order.kind(), executed, console).encode()),
        callbacks(task.taskId(), executed.callbacks()));
  }

  /**
   * Enters a deployed contract into the realm's table, whether its constructor succeeded or not,
   * and the code of one whose constructor did.
   */
  private static void enter(OpenedTask task, boolean succeeded, StateLayer layer) {
    TaskOrder order = task.order();
    ContractEntry entry = layer.contract(order.target());
    switch (order.kind()) {
      case DEPLOY -> {
        if (entry == null || succeeded) {
          layer.contract(
              order.target(),
              new ContractEntry(
                  ContractTerms.of(order, task.task().deploy().orElseThrow()),
                  succeeded ? Optional.of(order.codeHash()) : Optional.empty()));
        }
      }
      case UPGRADE -> {
        if (entry != null && succeeded) {
          layer.contract(
              order.target(), new ContractEntry(entry.terms(), Optional.of(order.codeHash())));
        }
      }
      case CALL, QUERY, CALLABLE -> {}
    }
  }

  private Runtime runtime(StateReader state, OpenedTask task) {
    if (task.order().kind() == TaskKind.DEPLOY) {
      return runtime(task.task().deploy().orElseThrow().dialect());
    }
    return runtime(state, task.order().target());
  }

  /** The runtime of a contract; contracts that other contracts made are of the EVM. */
  private Runtime runtime(StateReader state, Address target) {
    ContractEntry entry = state.contract(target);
    return runtime(entry == null ? EVM : entry.terms().dialect());
  }

  private Runtime runtime(int dialect) {
    return Dialect.ofNumber(dialect)
        .map(runtimes::get)
        .orElseThrow(() -> new IllegalStateException("no runtime for dialect " + dialect));
  }

  private static Call call(OpenedTask task, OpenedTask.Opened input) {
    TaskOrder order = task.order();
    return switch (order.kind()) {
      case DEPLOY ->
          new Call.Deploy(
              order.target(),
              order.sender(),
              task.task().deploy().orElseThrow().code(),
              input.payloadBytes());
      case UPGRADE ->
          new Call.Upgrade(
              order.target(),
              order.sender(),
              task.task().deploy().orElseThrow().code(),
              input.payloadBytes());
      case CALL -> new Call.Invoke(order.target(), order.sender(), input.payloadBytes(), false);
      case QUERY, CALLABLE ->
          throw new IllegalStateException(order.kind() + " does not run on the realm's state");
    };
  }

  /** Runs a query on an anchored state and seals the answer. */
  Bytes query(
      StateReader state,
      BlockHeader header,
      TaskOrder query,
      Bytes32 queryId,
      Address caller,
      Bytes input,
      Optional<ResponseKey> responseKey,
      SecretBytes seed) {
    Optional<Observation> console = console(responseKey, header);
    ExecutionResult executed =
        guarded(
            () ->
                execute(
                    runtime(state, query.target()),
                    new Call.Invoke(query.target(), caller, input, true),
                    state,
                    environment(query.realm(), header, 0, random(seed)),
                    network.parameters().maxTaskGas(),
                    console),
            network.parameters().maxTaskGas());
    return sealed(responseKey, queryId, result(TaskKind.QUERY, executed, console).encode());
  }

  /** What an anchored state has at an address; sealed where it was asked so. */
  Bytes describe(
      StateReader state, Address target, Bytes32 queryId, Optional<ResponseKey> responseKey) {
    ContractEntry entry = state.contract(target);
    ContractDescription description;
    if (entry != null) {
      description = new ContractDescription.Deployed(entry.terms(), entry.codeHash());
    } else if (runtime(EVM).hasCode(state, target)) {
      description = new ContractDescription.Made();
    } else {
      description = new ContractDescription.Nothing();
    }
    return sealed(responseKey, queryId, description.encode());
  }

  /**
   * Runs a call on an anchored state as a task or query would run it, and throws its changes away.
   *
   * @param caller whom the contract sees
   */
  TracedCall trace(
      StateReader state,
      BlockHeader header,
      TaskOrder query,
      AuthorRequest.Trace request,
      Address caller,
      SecretBytes seed,
      DevelopmentNetwork developing) {
    Observation observation = Observation.ofEverything(developing);
    long most = network.parameters().maxTaskGas();
    long gasLimit = Long.compareUnsigned(request.gasLimit(), most) > 0 ? most : request.gasLimit();
    ExecutionResult executed =
        guarded(
            () ->
                execute(
                    runtime(state, query.target()),
                    new Call.Invoke(query.target(), caller, request.input(), request.readOnly()),
                    state,
                    environment(
                        query.realm(),
                        header,
                        request.readOnly() ? 0 : network.parameters().minGasPrice(),
                        random(seed)),
                    gasLimit,
                    Optional.of(observation)),
            gasLimit);
    TaskKind kind = request.readOnly() ? TaskKind.QUERY : TaskKind.CALL;
    return new TracedCall(result(kind, executed, Optional.empty()), observation.trace());
  }

  /** Values of a contract's storage in an anchored state. */
  StorageValues storage(
      StateReader state, AuthorRequest.Storage request, DevelopmentNetwork developing) {
    return new StorageValues(
        runtime(state, request.account())
            .storage(state, request.account(), request.slots(), developing));
  }

  /**
   * Takes what the contract logs to the console, on a development network and where the result is
   * sealed: in a public one it would be everybody's.
   */
  private Optional<Observation> console(Optional<ResponseKey> responseKey, BlockHeader header) {
    return responseKey.flatMap(key -> development.network(header)).map(Observation::ofConsole);
  }

  /**
   * Runs a call. A runtime does not throw; if one does, by a fault of its own, the call fails with
   * its whole limit, so that one task cannot stop its realm.
   */
  private static ExecutionResult guarded(Supplier<ExecutionResult> execution, long gasLimit) {
    try {
      return execution.get();
    } catch (RuntimeException | StackOverflowError e) {
      return ExecutionResult.failed(Failure.INVALID_INSTRUCTION, gasLimit, false);
    }
  }

  private Environment environment(
      Bytes32 realm, BlockHeader header, long gasPrice, RandomSource random) {
    return new Environment(
        realm,
        network.config().chainId(),
        header.number(),
        header.timestamp(),
        gasPrice,
        network.parameters().callbackRate(),
        random,
        limits);
  }

  private static RandomSource random(SecretBytes seed) {
    return (stream, length) ->
        length == 0
            ? new byte[0]
            : Hkdf.derive(seed, new byte[0], new WireWriter().uint64(stream).toByteArray(), length)
                .toByteArray(SecretAccess.granted());
  }

  private Bytes sealed(Optional<ResponseKey> responseKey, Bytes32 taskId, byte[] result) {
    return responseKey
        .map(key -> SealedResult.seal(key, taskId, result))
        .orElseGet(() -> PublicResult.encode(network.nonce(), result));
  }

  private static ExecutionResult execute(
      Runtime runtime,
      Call call,
      StateReader state,
      Environment environment,
      long gasLimit,
      Optional<Observation> observation) {
    return observation.isEmpty()
        ? runtime.execute(call, state, environment, gasLimit)
        : runtime.observe(call, state, environment, gasLimit, observation.get());
  }

  private static CallResult result(
      TaskKind kind, ExecutionResult executed, Optional<Observation> console) {
    CallResult result =
        switch (executed.status()) {
          case SUCCESS -> CallResult.success(executed.gasUsed(), executed.output());
          case REVERTED ->
              CallResult.failed(
                  kind == TaskKind.DEPLOY || kind == TaskKind.UPGRADE
                      ? ErrorCode.CONSTRUCTOR_REVERTED
                      : ErrorCode.EXECUTION_REVERTED,
                  executed.gasUsed(),
                  executed.output());
          case FAILED ->
              CallResult.failed(code(executed.failure()), executed.gasUsed(), executed.output());
        };
    return result.withConsole(console.map(Observation::console).orElse(List.of()));
  }

  private static ErrorCode code(@Nullable Failure failure) {
    if (failure == null) {
      throw new IllegalStateException("a failed call says why");
    }
    return failure.code();
  }

  private static List<CallbackCall> callbacks(Bytes32 taskId, List<CallbackRequest> requests) {
    List<CallbackCall> calls = new ArrayList<>();
    for (CallbackRequest request : requests) {
      calls.add(
          new CallbackCall(
              taskId, request.origin(), request.target(), request.gas(), request.data()));
    }
    return calls;
  }
}
