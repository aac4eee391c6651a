package network.enigma.cli.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import network.enigma.chain.EthereumRpc;
import network.enigma.chain.anvil.Anvil;
import network.enigma.contracts.ComputeWorkload;
import network.enigma.contracts.TokenWorkload;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Hex;
import network.enigma.runtime.Call;
import network.enigma.runtime.Environment;
import network.enigma.runtime.ExecutionResult;
import network.enigma.runtime.Limits;
import network.enigma.runtime.StateView;
import network.enigma.runtime.evm.EvmRuntime;
import org.jspecify.annotations.Nullable;

/**
 * Our EVM runtime beside revm, in one run: the same code and calldata, the results compared. Revm
 * runs inside anvil's {@code eth_call} without tracing; the time of a call to an account without
 * code is taken off. Of each side the median counts, the two sides taking turns.
 */
public final class EvmBench implements AutoCloseable {
  /**
   * One workload.
   *
   * @param ours milliseconds of one warm call
   * @param revm milliseconds of the same call in revm
   * @param cold milliseconds of the first call of this workload in this process
   * @param allocated bytes that a warm call allocates
   * @param gas gas the call uses
   */
  public record Row(String name, double ours, double revm, double cold, long allocated, long gas) {
    /** How many times revm's time is ours. */
    public double ratio() {
      return revm / ours;
    }
  }

  /**
   * What the bench found.
   *
   * @param idleBytes memory a deployed contract takes between calls, beside its realm's state
   */
  public record Report(List<Row> rows, long idleBytes) {}

  private record Workload(String name, Address contract, byte[] input) {}

  private static final Address USER = Address.fromHex("0x00000000000000000000000000000000000a11ce");
  private static final Address TOKEN =
      Address.fromHex("0x1000000000000000000000000000000000000001");
  private static final Address COMPUTE =
      Address.fromHex("0x1000000000000000000000000000000000000002");
  private static final Address NOBODY =
      Address.fromHex("0x1000000000000000000000000000000000000003");
  private static final long GAS = 2_000_000_000L;
  private static final String QUANTITY = "0x" + Long.toHexString(GAS);
  private static final int WARM_UP_ROUNDS = 6;
  private static final long WARM_UP_NANOS = 2_500_000_000L;
  private static final int IDLE_CONTRACTS = 1_000;

  private final Anvil anvil = Anvil.start();
  private final EthereumRpc rpc = new EthereumRpc(anvil.url());
  private final EvmRuntime runtime = new EvmRuntime();
  private final Consumer<String> progress;
  private final int rounds;

  private EvmBench(int rounds, Consumer<String> progress) {
    this.rounds = rounds;
    this.progress = progress;
  }

  /**
   * Measures every workload.
   *
   * @param rounds measured calls of each side
   */
  public static Report run(int rounds, Consumer<String> progress) {
    try (EvmBench bench = new EvmBench(rounds, progress)) {
      return bench.measure();
    }
  }

  /**
   * Measures a call of any code.
   *
   * @param code runtime code
   * @param input calldata
   */
  public static Report run(byte[] code, byte[] input, int rounds, Consumer<String> progress) {
    try (EvmBench bench = new EvmBench(rounds, progress)) {
      bench.rpc.call("evm_setBlockGasLimit", QUANTITY);
      Realm realm = new Realm();
      bench.deploy(realm, COMPUTE, creation(Bytes.of(code)).toByteArray());
      return new Report(List.of(bench.measure(new Workload("given", COMPUTE, input), realm)), 0);
    }
  }

  /** Creation code that stores code as it is. */
  private static Bytes creation(Bytes code) {
    int length = code.length();
    byte[] copy = {
      0x61,
      (byte) (length >> 8),
      (byte) length,
      (byte) 0x80,
      0x60,
      10,
      0x5f,
      0x39,
      0x5f,
      (byte) 0xf3
    };
    return Bytes.concat(Bytes.of(copy), code);
  }

  private static BigInteger times(long count) {
    return BigInteger.valueOf(count);
  }

  private static List<Workload> workloads() {
    return List.of(
        new Workload("mint", TOKEN, TokenWorkload.mints(times(5_000))),
        new Workload("transfer", TOKEN, TokenWorkload.transfers(times(5_000))),
        new Workload("approveTransferFrom", TOKEN, TokenWorkload.approvals(times(3_000))),
        new Workload("tenThousandHashes", COMPUTE, ComputeWorkload.hashes(times(10_000))),
        new Workload("arithmetic", COMPUTE, ComputeWorkload.arithmetic(times(10_000))),
        new Workload("rays", COMPUTE, ComputeWorkload.rays(times(1_000))),
        new Workload("storageSort", COMPUTE, ComputeWorkload.sort(times(1_000))));
  }

  private Report measure() {
    rpc.call("evm_setBlockGasLimit", QUANTITY);
    Realm realm = new Realm();
    deploy(realm, TOKEN, TokenWorkload.deployment());
    deploy(realm, COMPUTE, ComputeWorkload.deployment());
    List<Row> rows = new ArrayList<>();
    for (Workload workload : workloads()) {
      rows.add(measure(workload, realm));
    }
    return new Report(rows, idleBytes());
  }

  private void deploy(Realm realm, Address target, byte[] creation) {
    byte[] code = realm.deploy(runtime, target, Bytes.of(creation));
    // Anvil gets the very code that the runtime stored.
    rpc.call("anvil_setCode", target.toString(), Hex.encode(code));
  }

  private Row measure(Workload workload, Realm realm) {
    long begin = System.nanoTime();
    ExecutionResult first = ours(workload, realm);
    double cold = (System.nanoTime() - begin) / 1e6;
    Bytes theirs = revm(workload.contract(), workload.input());
    if (!first.succeeded() || !first.output().equals(theirs)) {
      throw new EnigmaException(
          ErrorCode.INTERNAL,
          "%s: ours gave %s %s, revm %s"
              .formatted(workload.name(), first.status(), first.output(), theirs));
    }
    long warmEnd = System.nanoTime() + WARM_UP_NANOS;
    for (int i = 0; i < WARM_UP_ROUNDS || System.nanoTime() < warmEnd; i++) {
      ours(workload, realm);
    }
    double[] ours = new double[rounds];
    double[] revm = new double[rounds];
    double[] empty = new double[rounds];
    for (int i = 0; i < rounds; i++) {
      begin = System.nanoTime();
      ours(workload, realm);
      long middle = System.nanoTime();
      revm(workload.contract(), workload.input());
      long end = System.nanoTime();
      revm(NOBODY, workload.input());
      empty[i] = (System.nanoTime() - end) / 1e6;
      revm[i] = (end - middle) / 1e6;
      ours[i] = (middle - begin) / 1e6;
    }
    Row row =
        new Row(
            workload.name(),
            median(ours),
            Math.max(0, median(revm) - median(empty)),
            cold,
            allocated(workload, realm),
            first.gasUsed());
    progress.accept(
        "  %-20s ours %8.3f ms   revm %8.3f ms   ratio %5.2f"
            .formatted(row.name(), row.ours(), row.revm(), row.ratio()));
    return row;
  }

  private ExecutionResult ours(Workload workload, Realm realm) {
    return runtime.execute(
        new Call.Invoke(workload.contract(), USER, Bytes.of(workload.input()), false),
        realm,
        realm.environment(),
        GAS);
  }

  private Bytes revm(Address contract, byte[] input) {
    Map<String, Object> call =
        Map.of(
            "from", USER.toString(),
            "to", contract.toString(),
            "gas", QUANTITY,
            "data", Hex.encode(input));
    return Bytes.of(Hex.decode(rpc.call("eth_call", call, "latest").asText()));
  }

  private long allocated(Workload workload, Realm realm) {
    if (!(ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads)) {
      return -1;
    }
    long before = threads.getCurrentThreadAllocatedBytes();
    ours(workload, realm);
    return threads.getCurrentThreadAllocatedBytes() - before;
  }

  /** What the runtime holds for a contract between calls: a thousand tokens, each called once. */
  private static long idleBytes() {
    Realm realm = new Realm();
    EvmRuntime deploying = new EvmRuntime();
    byte[] code = realm.deploy(deploying, TOKEN, Bytes.of(TokenWorkload.deployment()));
    List<Address> tokens = new ArrayList<>();
    for (int i = 0; i < IDLE_CONTRACTS; i++) {
      Address target = Address.fromHex("0x20000000000000000000000000000000000%05x".formatted(i));
      realm.deploy(deploying, target, distinct(code, i));
      tokens.add(target);
    }
    EvmRuntime runtime = new EvmRuntime();
    long before = usedBytes();
    for (Address token : tokens) {
      runtime.execute(
          new Call.Invoke(token, USER, Bytes.of(TokenWorkload.mints(times(1))), false),
          realm,
          realm.environment(),
          GAS);
    }
    long after = usedBytes();
    Reference.reachabilityFence(runtime);
    Reference.reachabilityFence(realm);
    return Math.max(0, after - before) / IDLE_CONTRACTS;
  }

  /** Creation code that stores the code with a number behind it: no two contracts share theirs. */
  private static Bytes distinct(byte[] code, int number) {
    byte[] tail = ByteBuffer.allocate(4).putInt(number).array();
    return creation(Bytes.concat(Bytes.of(code), Bytes.of(tail)));
  }

  private static long usedBytes() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      System.gc();
      Runtime memory = Runtime.getRuntime();
      least = Math.min(least, memory.totalMemory() - memory.freeMemory());
    }
    return least;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  @Override
  public void close() {
    rpc.close();
    anvil.close();
  }

  /** A realm's state in memory. */
  private static final class Realm implements StateView {
    private static final Limits LIMITS = Limits.network(1L << 30);

    private final Map<Bytes, byte[]> entries = new HashMap<>();
    private long size;

    @Override
    public byte @Nullable [] get(Bytes key) {
      return entries.get(key);
    }

    @Override
    public long sizeInBytes() {
      return size;
    }

    Environment environment() {
      return new Environment(
          Bytes32.zero(),
          31_337,
          1,
          1_700_000_000,
          1,
          1,
          (stream, length) -> new byte[length],
          LIMITS);
    }

    /** Deploys a contract; gives the code that is stored. */
    byte[] deploy(EvmRuntime runtime, Address target, Bytes creation) {
      ExecutionResult result =
          runtime.execute(
              new Call.Deploy(target, USER, creation, Bytes.empty()), this, environment(), GAS);
      if (!result.succeeded()) {
        throw new EnigmaException(
            ErrorCode.INTERNAL, "a workload was not deployed: " + result.failure());
      }
      byte[] code = new byte[0];
      for (Map.Entry<Bytes, Optional<Bytes>> change : result.changes().entrySet()) {
        byte[] value = change.getValue().orElseThrow().toByteArray();
        entries.put(change.getKey(), value);
        size += change.getKey().length() + value.length;
        if (change.getKey().toByteArray()[0] == 'c') {
          code = value;
        }
      }
      return code;
    }
  }
}
