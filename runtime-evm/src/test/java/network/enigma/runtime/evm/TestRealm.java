package network.enigma.runtime.evm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Keccak;
import network.enigma.runtime.Call;
import network.enigma.runtime.Environment;
import network.enigma.runtime.ExecutionResult;
import network.enigma.runtime.Limits;
import network.enigma.runtime.Observation;
import network.enigma.runtime.RandomSource;
import network.enigma.runtime.StateView;
import org.jspecify.annotations.Nullable;

/** A realm's state for tests: runs calls and keeps what successful ones change. */
final class TestRealm implements StateView {
  static final Address USER = Address.fromHex("0x00000000000000000000000000000000000a11ce");
  static final Address CONTRACT = Address.fromHex("0x1000000000000000000000000000000000000001");
  static final Address OTHER = Address.fromHex("0x2000000000000000000000000000000000000002");
  static final long GAS = 5_000_000;

  private final EvmRuntime runtime;
  private final @Nullable Supplier<Observation> observations;
  private final TreeMap<Bytes, byte[]> state = new TreeMap<>();
  private long size;

  Limits limits = Limits.network(64 << 20);
  long callbackRate = 2;
  Bytes32 taskSecret = Bytes32.ofUnsigned(1);

  TestRealm() {
    this(Compilation.none());
  }

  TestRealm(Compilation compilation) {
    this(compilation, null);
  }

  /** A realm whose every call is observed. */
  TestRealm(Compilation compilation, @Nullable Supplier<Observation> observations) {
    this.runtime = new EvmRuntime(compilation);
    this.observations = observations;
  }

  @Override
  public byte @Nullable [] get(Bytes key) {
    return state.get(key);
  }

  @Override
  public long sizeInBytes() {
    return size;
  }

  Environment environment() {
    Bytes32 secret = taskSecret;
    RandomSource random =
        (stream, length) -> {
          byte[] bytes = new byte[length];
          for (int at = 0; at < length; at += 32) {
            byte[] block =
                Keccak.hash(
                        secret.toByteArray(),
                        Bytes32.ofUnsigned(stream).toByteArray(),
                        Bytes32.ofUnsigned(at).toByteArray())
                    .toByteArray();
            System.arraycopy(block, 0, bytes, at, Math.min(32, length - at));
          }
          return bytes;
        };
    return new Environment(
        Bytes32.zero(), 31_337, 1_234, 1_700_000_000, 77, callbackRate, random, limits);
  }

  ExecutionResult run(Call call, long gas) {
    ExecutionResult result = execute(call, gas);
    result
        .changes()
        .forEach((key, value) -> {
          byte[] old =
              value.isPresent() ? state.put(key, value.get().toByteArray()) : state.remove(key);
          size -= old == null ? 0 : key.length() + old.length;
          size += value.map(bytes -> (long) key.length() + bytes.length()).orElse(0L);
        });
    return result;
  }

  private ExecutionResult execute(Call call, long gas) {
    return observations == null
        ? runtime.execute(call, this, environment(), gas)
        : runtime.observe(call, this, environment(), gas, observations.get());
  }

  /** A call whose changes are not kept, and what is noted of it. */
  ExecutionResult observe(Address target, Bytes input, Observation observation) {
    return runtime.observe(
        new Call.Invoke(target, USER, input, false), this, environment(), GAS, observation);
  }

  ExecutionResult deploy(Address target, Bytes creation) {
    return run(new Call.Deploy(target, USER, creation, Bytes.empty()), GAS);
  }

  /** Deploys code that must be accepted. */
  TestRealm with(Address target, Assembler code) {
    assertThat(deploy(target, code.creation()).failure()).isNull();
    return this;
  }

  ExecutionResult call(Address target, Bytes input) {
    return call(target, input, GAS);
  }

  ExecutionResult call(Address target, Bytes input, long gas) {
    return run(new Call.Invoke(target, USER, input, false), gas);
  }

  /** A call whose changes are not kept. */
  ExecutionResult peek(Address target, long gas) {
    return runtime.execute(
        new Call.Invoke(target, USER, Bytes.empty(), false), this, environment(), gas);
  }

  /** The analysed code that calls of a contract use. */
  Code code(Address contract) {
    return runtime.cached(this, contract);
  }

  ExecutionResult call(Address target) {
    return call(target, Bytes.empty());
  }

  ExecutionResult query(Address target) {
    return run(new Call.Invoke(target, USER, Bytes.empty(), true), GAS);
  }

  ExecutionResult stateless(Address target, Bytes code, Bytes input, long gas) {
    return run(new Call.Stateless(target, USER, code, input), gas);
  }

  static Bytes word(long number) {
    return Bytes32.ofUnsigned(number).bytes();
  }

  Optional<Bytes> slot(Address contract, long key) {
    return Optional.ofNullable(
            get(RealmLedger.slotKey(contract.toByteArray(), Bytes32.ofUnsigned(key).toByteArray())))
        .map(Bytes::of);
  }

  boolean hasCode(Address contract) {
    return runtime.hasCode(this, contract);
  }

  int entries() {
    return state.size();
  }
}
