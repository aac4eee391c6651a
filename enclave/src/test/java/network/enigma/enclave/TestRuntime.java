package network.enigma.enclave;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import network.enigma.attestation.DevelopmentNetwork;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.wire.WireReader;
import network.enigma.protocol.wire.WireWriter;
import network.enigma.runtime.Call;
import network.enigma.runtime.CallbackRequest;
import network.enigma.runtime.Dialect;
import network.enigma.runtime.Environment;
import network.enigma.runtime.ExecutionResult;
import network.enigma.runtime.Failure;
import network.enigma.runtime.Observation;
import network.enigma.runtime.Runtime;
import network.enigma.runtime.StateView;

/** A small engine whose contracts do what the first byte of their input says. */
final class TestRuntime implements Runtime {
  static final long GAS = 30_000;

  private enum Operation {
    SET,
    GET,
    REVERT,
    OUT_OF_GAS,
    CALLBACKS,
    RANDOM,
    SENDER,
    OUTPUT,
    COUNT,
    FULL_CHARGE
  }

  static Bytes set(String key, String value) {
    return input(Operation.SET).text(key).text(value).toBytes();
  }

  static Bytes get(String key) {
    return input(Operation.GET).text(key).toBytes();
  }

  static Bytes revert(String reason) {
    return input(Operation.REVERT).text(reason).toBytes();
  }

  /** Writes, then runs out of gas. */
  static Bytes outOfGas() {
    return input(Operation.OUT_OF_GAS).toBytes();
  }

  static Bytes callbacks(int count, long gas, int dataLength) {
    return input(Operation.CALLBACKS).uint8(count).uint64(gas).uint32(dataLength).toBytes();
  }

  static Bytes random() {
    return input(Operation.RANDOM).toBytes();
  }

  static Bytes sender() {
    return input(Operation.SENDER).toBytes();
  }

  static Bytes output(int length) {
    return input(Operation.OUTPUT).uint32(length).toBytes();
  }

  /** Adds one to a counter and returns it. */
  static Bytes count() {
    return input(Operation.COUNT).toBytes();
  }

  static Bytes fullCharge() {
    return input(Operation.FULL_CHARGE).toBytes();
  }

  private static WireWriter input(Operation operation) {
    return new WireWriter().uint8(operation.ordinal());
  }

  @Override
  public Dialect dialect() {
    return Dialect.EVM;
  }

  @Override
  public ExecutionResult execute(
      Call call, StateView state, Environment environment, long gasLimit) {
    if (Long.compareUnsigned(gasLimit, GAS) < 0) {
      return ExecutionResult.failed(Failure.OUT_OF_GAS, gasLimit, false);
    }
    Bytes codeKey = codeKey(call.target());
    byte[] code = state.get(codeKey);
    return switch (call) {
      case Call.Deploy(Address target, Address sender, Bytes creation, Bytes arguments) -> {
        if (code != null) {
          yield ExecutionResult.failed(Failure.ADDRESS_TAKEN, gasLimit, false);
        }
        if (!arguments.isEmpty()) {
          yield ExecutionResult.reverted(arguments, GAS, false);
        }
        yield changed(codeKey, creation, Bytes.empty());
      }
      case Call.Upgrade(Address target, Address sender, Bytes creation, Bytes arguments) ->
          arguments.isEmpty()
              ? changed(codeKey, creation, Bytes.empty())
              : ExecutionResult.reverted(arguments, GAS, false);
      case Call.Invoke invoke ->
          code == null
              ? ExecutionResult.failed(Failure.UNKNOWN_CONTRACT, gasLimit, false)
              : invoke(invoke, state, environment, gasLimit);
      case Call.Stateless stateless -> unchanged(stateless.input());
    };
  }

  @Override
  public ExecutionResult observe(
      Call call, StateView state, Environment environment, long gasLimit, Observation observation) {
    return execute(call, state, environment, gasLimit);
  }

  @Override
  public boolean hasCode(StateView state, Address contract) {
    return state.get(codeKey(contract)) != null;
  }

  private static Bytes codeKey(Address contract) {
    return Bytes.concat(Bytes.ofText("code"), contract.bytes());
  }

  @Override
  public List<Bytes32> storage(
      StateView state, Address contract, List<Bytes32> slots, DevelopmentNetwork network) {
    throw new UnsupportedOperationException("its contracts have no numbered slots");
  }

  private static ExecutionResult invoke(
      Call.Invoke call, StateView state, Environment environment, long gasLimit) {
    WireReader reader = new WireReader(call.input());
    Operation operation = Operation.values()[reader.uint8()];
    return switch (operation) {
      case SET -> {
        if (call.readOnly()) {
          yield ExecutionResult.failed(Failure.READ_ONLY, gasLimit, false);
        }
        yield call.input().length() + state.sizeInBytes() > environment.limits().stateBytes()
            ? ExecutionResult.failed(Failure.STATE_TOO_LARGE, gasLimit, false)
            : changed(key(call, reader.text()), Bytes.ofText(reader.text()), Bytes.empty());
      }
      case GET -> {
        byte[] value = state.get(key(call, reader.text()));
        yield unchanged(value == null ? Bytes.empty() : Bytes.of(value));
      }
      case REVERT -> ExecutionResult.reverted(Bytes.ofText(reader.text()), GAS, false);
      case OUT_OF_GAS -> ExecutionResult.failed(Failure.OUT_OF_GAS, gasLimit, false);
      case CALLBACKS -> {
        int count = reader.uint8();
        long gas = reader.uint64();
        byte[] data = new byte[(int) reader.uint32()];
        List<CallbackRequest> callbacks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          Arrays.fill(data, (byte) i);
          callbacks.add(new CallbackRequest(call.target(), call.sender(), gas, Bytes.of(data)));
        }
        yield ExecutionResult.success(Bytes.empty(), none(), callbacks, GAS, false);
      }
      case RANDOM -> unchanged(Bytes.of(environment.random().bytes(1, 32)));
      case SENDER -> unchanged(call.sender().bytes());
      case OUTPUT -> {
        int length = (int) reader.uint32();
        yield length > environment.limits().outputBytes()
            ? ExecutionResult.failed(Failure.OUTPUT_TOO_LARGE, gasLimit, false)
            : unchanged(Bytes.of(new byte[length]));
      }
      case COUNT -> {
        byte[] before = state.get(key(call, "counter"));
        long next = before == null ? 1 : new WireReader(before).uint64() + 1;
        Bytes value = new WireWriter().uint64(next).toBytes();
        yield changed(key(call, "counter"), value, value);
      }
      case FULL_CHARGE -> ExecutionResult.success(Bytes.empty(), none(), List.of(), GAS, true);
    };
  }

  private static Bytes key(Call.Invoke call, String name) {
    return Bytes.concat(call.target().bytes(), Bytes.ofText(name));
  }

  private static SortedMap<Bytes, Optional<Bytes>> none() {
    return new TreeMap<>();
  }

  private static ExecutionResult unchanged(Bytes output) {
    return ExecutionResult.success(output, none(), List.of(), GAS, false);
  }

  private static ExecutionResult changed(Bytes key, Bytes value, Bytes output) {
    return ExecutionResult.success(
        output, new TreeMap<>(java.util.Map.of(key, Optional.of(value))), List.of(), GAS, false);
  }
}
