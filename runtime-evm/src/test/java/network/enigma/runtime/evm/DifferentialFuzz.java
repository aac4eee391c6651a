package network.enigma.runtime.evm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Hex;
import network.enigma.protocol.Keccak;
import org.jspecify.annotations.Nullable;

/**
 * Differential fuzzing: random programs and spoiled Solidity contracts run interpreted, compiled,
 * and in revm (inside anvil); result, gas, logs and storage must be equal.
 *
 * <p>Every program lies at an address of its own and is called by a contract that delegates to it
 * with a limit of gas and then returns whether it succeeded, the gas it took, the hash of what it
 * gave back, eight storage slots and four transient ones. The calls of a batch follow one another
 * in one block, so that what one leaves behind is seen by the next.
 *
 * <pre>DifferentialFuzz [--runs N] [--seed N] [--seconds N]</pre>
 */
final class DifferentialFuzz {
  /**
   * What was done.
   *
   * @param longRuns runs of more than fifty instructions
   * @param executed how often each instruction ran
   * @param mismatches a description of each difference
   */
  record Report(long runs, long longRuns, long[] executed, List<String> mismatches) {
    List<String> missing() {
      List<String> missing = new ArrayList<>();
      for (int op = 0; op < 256; op++) {
        if (Op.isDefined(op) && executed[op] == 0) {
          missing.add("0x%02x".formatted(op));
        }
      }
      return missing;
    }
  }

  private static final int PROGRAMS_IN_A_BATCH = 50;
  private static final int CALLS_OF_A_PROGRAM = 16;
  private static final int MANY_INSTRUCTIONS = 50;
  private static final int MAXIMUM_MISMATCHES = 5;
  private static final long OUTER_GAS = 1_500_000;
  private static final long WRAPPERS = 0x10_0000;
  private static final long TARGETS = 0x20_0000;
  private static final BigInteger FUNDS = BigInteger.valueOf(1_000);
  private static final Address SENDER =
      Address.fromHex("0x00000000000000000000000000000000000a11ce");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final AnvilOracle oracle;
  private final long seed;
  private final List<byte[]> solidity;
  private final BlockContext block;
  private final Compilation compiling = Compilation.ofAllCode();
  private final Compilation interpreting = Compilation.none();
  private final CodeCache codes = new CodeCache(1 << 20);
  private final Workspace.Pool workspaces = new Workspace.Pool();

  private long runs;
  private long longRuns;
  private final long[] executed = new long[256];
  private final List<String> mismatches = new ArrayList<>();

  private DifferentialFuzz(AnvilOracle oracle, long seed) throws IOException, InterruptedException {
    this.oracle = oracle;
    this.seed = seed;
    this.solidity = solidity();
    this.block = surroundings();
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    long runs = 1_000_000;
    long seed = 1;
    long seconds = Long.MAX_VALUE;
    for (int i = 0; i + 1 < arguments.length; i += 2) {
      switch (arguments[i]) {
        case "--runs" -> runs = Long.parseLong(arguments[i + 1]);
        case "--seconds" -> seconds = Long.parseLong(arguments[i + 1]);
        case "--seed" -> seed = Long.parseLong(arguments[i + 1]);
        default -> throw new IllegalArgumentException("unknown option " + arguments[i]);
      }
    }
    Report report = run(runs, seed, seconds);
    print(report, seed);
    System.exit(report.mismatches().isEmpty() && report.missing().isEmpty() ? 0 : 1);
  }

  static void print(Report report, long seed) {
    report.mismatches().forEach(System.out::println);
    System.out.printf(
        "Differential fuzzing, seed %d: %d runs, %d differences, %.1f %% of more than %d"
            + " instructions, instructions never executed: %s%n",
        seed,
        report.runs(),
        report.mismatches().size(),
        100.0 * report.longRuns() / report.runs(),
        MANY_INSTRUCTIONS,
        report.missing());
  }

  /** Fuzzes until so many runs are done or so many seconds are over. */
  static Report run(long runs, long seed, long seconds) throws IOException, InterruptedException {
    try (AnvilOracle oracle = AnvilOracle.start()) {
      DifferentialFuzz fuzz = new DifferentialFuzz(oracle, seed);
      long begin = System.nanoTime();
      for (long batch = 0; fuzz.runs < runs && elapsed(begin) < seconds; batch++) {
        fuzz.batch(batch);
        if (fuzz.mismatches.size() >= MAXIMUM_MISMATCHES) {
          break;
        }
      }
      return new Report(fuzz.runs, fuzz.longRuns, fuzz.executed, fuzz.mismatches);
    }
  }

  private static long elapsed(long begin) {
    return (System.nanoTime() - begin) / 1_000_000_000;
  }

  /** Runtime code of the contracts that the build has compiled, if it is there. */
  private static List<byte[]> solidity() throws IOException {
    List<byte[]> found = new ArrayList<>();
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path folder = at.resolve("contracts/target/classes/network/enigma/contracts/artifacts");
      if (!Files.isDirectory(folder)) {
        continue;
      }
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
          byte[] code = Hex.decode(JSON.readTree(file.toFile()).get("deployedBytecode").asText());
          if (code.length > 100 && code.length < 8_000) {
            found.add(code);
          }
        }
      }
      break;
    }
    return found;
  }

  // ---- one batch

  private record Run(int program, Address wrapper, byte[] input) {}

  private void batch(long number) throws IOException, InterruptedException {
    Random random = new Random(seed * 1_000_003 + number);
    ObjectNode overrides = AnvilOracle.object();
    Ledgers ledgers = new Ledgers();
    List<byte[]> programs = new ArrayList<>();
    List<Run> calls = new ArrayList<>();
    for (int i = 0; i < PROGRAMS_IN_A_BATCH; i++) {
      Address target = address(TARGETS + i);
      boolean isSolidity = !solidity.isEmpty() && random.nextInt(5) == 0;
      byte[] program;
      if (isSolidity) {
        program = solidity.get(random.nextInt(solidity.size())).clone();
        FuzzPrograms.spoil(random, program, random.nextInt(4));
      } else {
        program = FuzzPrograms.next(random, target.toBigInteger());
      }
      if (program.length > 0 && program[0] == (byte) 0xef) {
        program[0] = (byte) Op.JUMPDEST;
      }
      programs.add(program);
      ledgers.add(target, program, 0);
      overrides.set(target.toString(), account(program, 0));
      for (int k = 0; k < CALLS_OF_A_PROGRAM; k++) {
        // Calls of Solidity code share their storage.
        int wrapper = CALLS_OF_A_PROGRAM * i + (isSolidity ? 0 : k);
        calls.add(
            new Run(
                i,
                address(WRAPPERS + wrapper),
                input(random, target, isSolidity ? program : null)));
      }
    }
    byte[] wrapper = wrapper();
    for (int i = 0; i < PROGRAMS_IN_A_BATCH * CALLS_OF_A_PROGRAM; i++) {
      Address address = address(WRAPPERS + i);
      ledgers.add(address, wrapper, FUNDS.longValue());
      overrides.set(address.toString(), account(wrapper, FUNDS.longValue()));
    }
    JsonNode theirs = simulate(overrides, calls);
    for (int i = 0; i < calls.size(); i++) {
      Run call = calls.get(i);
      Steps steps = new Steps();
      String interpreted = execute(ledgers.interpreted, call, interpreting, steps);
      String compiled = execute(ledgers.compiled, call, compiling, null);
      String expected = describe(theirs.get(i));
      runs++;
      longRuns += steps.count > MANY_INSTRUCTIONS ? 1 : 0;
      if (!interpreted.equals(expected) || !compiled.equals(expected)) {
        mismatches.add(
            "seed %d batch %d call %d%n code %s%n input %s%n revm        %s%n interpreted %s%n compiled    %s"
                .formatted(
                    seed,
                    number,
                    i,
                    Hex.encode(programs.get(call.program())),
                    Hex.encode(call.input()),
                    expected,
                    interpreted,
                    compiled));
        return;
      }
    }
    if (!ledgers.interpreted.equals(ledgers.compiled)) {
      mismatches.add("seed %d batch %d: the states differ".formatted(seed, number));
    }
  }

  private static Address address(long number) {
    return Address.of(Arrays.copyOfRange(Bytes32.ofUnsigned(number).toByteArray(), 12, 32));
  }

  private static ObjectNode account(byte[] code, long balance) {
    return AnvilOracle.object()
        .put("code", Hex.encode(code))
        .put("balance", "0x" + Long.toHexString(balance));
  }

  private static byte[] input(Random random, Address target, byte @Nullable [] solidity) {
    byte[] payload = new byte[random.nextInt(5) == 0 ? 0 : 4 + 32 * random.nextInt(5)];
    if (random.nextBoolean()) {
      random.nextBytes(payload);
    }
    if (solidity != null && payload.length >= 4) {
      selector(random, solidity, payload);
      for (int at = 35; at < payload.length; at += 32) {
        if (random.nextInt(4) != 0) {
          Arrays.fill(payload, at - 31, at, (byte) 0);
          payload[at] = (byte) random.nextInt(200);
        }
      }
    }
    long gas =
        switch (random.nextInt(10)) {
          case 0 -> random.nextInt(3_000);
          case 1, 2 -> random.nextInt(60_000);
          default -> 300_000 + random.nextInt(100_000);
        };
    byte[] input = new byte[64 + payload.length];
    System.arraycopy(target.toByteArray(), 0, input, 12, 20);
    System.arraycopy(Bytes32.ofUnsigned(gas).toByteArray(), 0, input, 32, 32);
    System.arraycopy(payload, 0, input, 64, payload.length);
    return input;
  }

  /** Some number of four bytes that the code compares with, most likely a selector. */
  private static void selector(Random random, byte[] code, byte[] payload) {
    List<Integer> places = new ArrayList<>();
    for (int at = 0; at + 4 < code.length; ) {
      int op = code[at] & 0xff;
      if (op == Op.PUSH4) {
        places.add(at + 1);
      }
      at += Op.length(op);
    }
    if (!places.isEmpty()) {
      System.arraycopy(code, places.get(random.nextInt(places.size())), payload, 0, 4);
    }
  }

  /** The contract that calls a program and tells what happened. */
  private static byte[] wrapper() {
    Assembler code =
        new Assembler()
            .push(64)
            .op(Op.CALLDATASIZE, Op.SUB, Op.DUP1)
            .push(64)
            .push(0)
            .op(Op.CALLDATACOPY, Op.GAS, Op.SWAP1)
            // gas before, payload length
            .push(0)
            .push(0)
            .op(Op.DUP1 + 2)
            .push(0)
            .push(0)
            .op(Op.CALLDATALOAD)
            .push(32)
            .op(Op.CALLDATALOAD, Op.DELEGATECALL)
            // gas before, payload length, success
            .store(0)
            .op(Op.POP, Op.GAS, Op.SWAP1, Op.SUB)
            .store(32)
            .op(Op.RETURNDATASIZE)
            .store(64)
            .op(Op.RETURNDATASIZE)
            .push(0)
            .push(1_024)
            .op(Op.RETURNDATACOPY, Op.RETURNDATASIZE)
            .push(1_024)
            .op(Op.KECCAK256)
            .store(96);
    for (int i = 0; i < 8; i++) {
      code.push(i).op(Op.SLOAD).store(128 + 32 * i);
    }
    for (int i = 0; i < 4; i++) {
      code.push(i).op(Op.TLOAD).store(384 + 32 * i);
    }
    return code.giveBack(512).code().toByteArray();
  }

  // ---- revm

  private static ObjectNode blockOverrides() {
    return AnvilOracle.object()
        .put("number", "0x64")
        .put("time", "0x77359400")
        .put("gasLimit", "0x2540be400")
        .put("feeRecipient", Address.zero().toString())
        .put("prevRandao", Bytes32.ofUnsigned(7).toString())
        .put("baseFeePerGas", "0x0");
  }

  private static ObjectNode message(Address to, byte[] input) {
    return AnvilOracle.object()
        .put("from", SENDER.toString())
        .put("to", to.toString())
        .put("gas", "0x" + Long.toHexString(OUTER_GAS))
        .put("input", Hex.encode(input));
  }

  private JsonNode simulate(ObjectNode overrides, List<Run> calls)
      throws IOException, InterruptedException {
    ObjectNode parameters = AnvilOracle.object().put("validation", false);
    ObjectNode blockCalls = parameters.putArray("blockStateCalls").addObject();
    blockCalls.set("blockOverrides", blockOverrides());
    blockCalls.set("stateOverrides", overrides);
    ArrayNode messages = blockCalls.putArray("calls");
    calls.forEach(call -> messages.add(message(call.wrapper(), call.input())));
    return Objects.requireNonNull(
        oracle.call("eth_simulateV1", parameters, "latest").get(0).get("calls"));
  }

  private static String describe(JsonNode call) {
    StringBuilder text =
        new StringBuilder()
            .append(call.get("status").asText().equals("0x1"))
            .append(' ')
            .append(Long.decode(call.get("gasUsed").asText()))
            .append(' ')
            .append(call.get("returnData").asText());
    for (JsonNode log : call.get("logs")) {
      text.append(" log ").append(log.get("address").asText());
      log.get("topics").forEach(topic -> text.append(' ').append(topic.asText()));
      text.append(' ').append(log.get("data").asText());
    }
    return text.toString();
  }

  /** The block that the oracle's calls see, as it tells itself. */
  private BlockContext surroundings() throws IOException, InterruptedException {
    int[] asked = {
      Op.CHAINID,
      Op.COINBASE,
      Op.NUMBER,
      Op.TIMESTAMP,
      Op.GASLIMIT,
      Op.BASEFEE,
      Op.BLOBBASEFEE,
      Op.PREVRANDAO,
      Op.GASPRICE
    };
    Assembler code = new Assembler();
    for (int i = 0; i < asked.length; i++) {
      code.op(asked[i]).store(32 * i);
    }
    int hashesFrom = 32 * asked.length;
    for (int i = 0; i < 101; i++) {
      code.push(i).op(Op.BLOCKHASH).store(hashesFrom + 32 * i);
    }
    byte[] program = code.giveBack(hashesFrom + 32 * 101).code().toByteArray();
    ObjectNode overrides = AnvilOracle.object();
    overrides.set(address(TARGETS).toString(), account(program, 0));
    String answer =
        simulate(overrides, List.of(new Run(0, address(TARGETS), new byte[0])))
            .get(0)
            .get("returnData")
            .asText();
    byte[] words = Hex.decode(answer);
    Bytes32[] word = new Bytes32[asked.length + 101];
    Arrays.setAll(word, i -> Bytes32.of(Arrays.copyOfRange(words, 32 * i, 32 * i + 32)));
    return new BlockContext(
        word[0],
        Address.of(Arrays.copyOfRange(word[1].toByteArray(), 12, 32)),
        word[2],
        word[3],
        word[4],
        word[5],
        word[6],
        word[7],
        word[8],
        SENDER,
        n -> word[asked.length + (int) n],
        List.of());
  }

  // ---- our runtime

  /** Counts the instructions of a run. */
  private final class Steps implements StepListener {
    int count;

    @Override
    public void step(Machine machine, Frame frame) {
      if (machine.depth() > 0) {
        count++;
        executed[frame.code.bytes[frame.pc] & 0xff]++;
      }
    }
  }

  private String execute(
      MemoryLedger ledger, Run call, Compilation compilation, @Nullable Steps steps) {
    World world = new World(ledger, codes);
    Machine machine =
        new Machine(
            world,
            block,
            new EthereumPorts(Fork.PRAGUE),
            false,
            true,
            Long.MAX_VALUE,
            1 << 28,
            compilation,
            workspaces.take());
    machine.listener = steps;
    Account sender = world.account(SENDER.toByteArray());
    world.setNonce(sender, sender.nonce + 1);
    world.warm(sender);
    world.warm(world.account(block.coinbase().toByteArray()));
    Account target = world.account(call.wrapper().toByteArray());
    world.warm(target);
    long zeros = 0;
    for (byte b : call.input()) {
      zeros += b == 0 ? 1 : 0;
    }
    long others = call.input().length - zeros;
    long intrinsic = 21_000 + 4 * zeros + 16 * others;
    Outcome outcome =
        machine.call(sender, target, call.input(), new long[4], OUTER_GAS - intrinsic);
    long used = OUTER_GAS - outcome.gasLeft();
    used -= Math.min(outcome.refund(), used / 5);
    used = Math.max(used, 21_000 + 10 * (zeros + 4 * others));
    ledger.apply(world);
    StringBuilder text =
        new StringBuilder()
            .append(outcome.succeeded())
            .append(' ')
            .append(used)
            .append(' ')
            .append(Hex.encode(outcome.output()));
    for (Log log : machine.logs) {
      text.append(" log ").append(log.contract());
      log.topics().forEach(topic -> text.append(' ').append(topic));
      text.append(' ').append(Hex.encode(log.data().toByteArray()));
    }
    machine.release(workspaces);
    return text.toString();
  }

  /** The same accounts for both ways to run. */
  private static final class Ledgers {
    final MemoryLedger interpreted = new MemoryLedger();
    final MemoryLedger compiled = new MemoryLedger();

    void add(Address address, byte[] code, long balance) {
      interpreted.add(address, code, balance);
      compiled.add(address, code, balance);
    }
  }

  /** Committed accounts in memory. */
  private static final class MemoryLedger implements Ledger {
    private record Stored(long nonce, Bytes balance, Bytes codeHash) {}

    private final Map<Bytes, Stored> accounts = new HashMap<>();
    private final Map<Bytes, Map<Bytes, Bytes>> storage = new HashMap<>();
    private final Map<Bytes, byte[]> codes = new HashMap<>();

    void add(Address address, byte[] code, long balance) {
      Bytes hash = Keccak.hash(code).bytes();
      codes.put(hash, code);
      accounts.put(
          Bytes.of(address.toByteArray()),
          new Stored(0, Bytes32.ofUnsigned(balance).bytes(), hash));
    }

    void apply(World world) {
      world.forEachAccount(account -> {
        Bytes address = Bytes.of(account.address());
        if (!account.remains()) {
          accounts.remove(address);
          storage.remove(address);
          return;
        }
        if (!account.hasNoCode()) {
          codes.putIfAbsent(Bytes.of(account.codeHash), world.code(account).toByteArray());
        }
        byte[] balance = new byte[32];
        Words.write(account.balance, 0, balance, 0);
        accounts.put(
            address, new Stored(account.nonce, Bytes.of(balance), Bytes.of(account.codeHash)));
        Map<Bytes, Bytes> slots = storage.computeIfAbsent(address, key -> new HashMap<>());
        account.slots.forEach(slot -> {
          if (slot.valueIsZero()) {
            slots.remove(Bytes.of(slot.key()));
          } else {
            slots.put(Bytes.of(slot.key()), Bytes.of(slot.value()));
          }
        });
      });
    }

    @Override
    public @Nullable Entry account(byte[] address) {
      Stored stored = accounts.get(Bytes.of(address));
      return stored == null
          ? null
          : new Entry(
              stored.nonce(), stored.balance().toByteArray(), stored.codeHash().toByteArray());
    }

    @Override
    public byte @Nullable [] slot(byte[] address, byte[] key) {
      Bytes value = storage.getOrDefault(Bytes.of(address), Map.of()).get(Bytes.of(key));
      return value == null ? null : value.toByteArray();
    }

    @Override
    public boolean hasCode(byte[] hash) {
      return codes.containsKey(Bytes.of(hash));
    }

    @Override
    public byte[] code(byte[] hash) {
      return Objects.requireNonNull(codes.get(Bytes.of(hash)));
    }

    @Override
    public boolean hasStorage(byte[] address) {
      return !storage.getOrDefault(Bytes.of(address), Map.of()).isEmpty();
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof MemoryLedger that
          && accounts.equals(that.accounts)
          && storage.equals(that.storage);
    }

    @Override
    public int hashCode() {
      return Objects.hash(accounts, storage);
    }
  }
}
