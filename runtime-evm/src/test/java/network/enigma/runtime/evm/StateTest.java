package network.enigma.runtime.evm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import network.enigma.ethereum.rlp.RlpWriter;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.Hex;
import network.enigma.protocol.Keccak;
import network.enigma.runtime.Failure;
import org.jspecify.annotations.Nullable;

/** One official state test: accounts, a block, a transaction, and the state it must lead to. */
final class StateTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final BigInteger GAS_PER_BLOB = BigInteger.valueOf(131_072);
  private static final int MEMORY_LIMIT = 1 << 30;
  private static final int CODE_CACHE = 64 << 20;

  /**
   * How one case ended.
   *
   * @param name file, test, fork and indexes
   * @param problem null if it passed
   */
  record Result(String name, @Nullable String problem) {
    boolean passed() {
      return problem == null;
    }
  }

  private final String name;
  private final JsonNode test;
  private final JsonNode transaction;
  private final JsonNode env;
  private final Compilation compilation;
  private final CodeCache codes;

  private StateTest(String name, JsonNode test, Compilation compilation, CodeCache codes) {
    this.compilation = compilation;
    this.codes = codes;
    this.name = name;
    this.test = test;
    this.transaction = test.get("transaction");
    this.env = test.get("env");
  }

  /** Runs every case of a file, with code compiled or not. */
  static List<Result> run(StateTestArchive.TestFile file, Compilation compilation)
      throws IOException {
    List<Result> results = new ArrayList<>();
    // A cache of its own: code that was compiled elsewhere would run compiled here too.
    CodeCache codes = new CodeCache(CODE_CACHE);
    Iterator<Map.Entry<String, JsonNode>> tests = JSON.readTree(file.json()).fields();
    while (tests.hasNext()) {
      Map.Entry<String, JsonNode> entry = tests.next();
      new StateTest(file.path() + " " + entry.getKey(), entry.getValue(), compilation, codes)
          .run(results);
    }
    return results;
  }

  private void run(List<Result> results) {
    Iterator<Map.Entry<String, JsonNode>> forks = test.get("post").fields();
    while (forks.hasNext()) {
      Map.Entry<String, JsonNode> entry = forks.next();
      Fork fork =
          name.contains("/stEIP2537/")
              ? Fork.PRAGUE_WITH_DRAFT_CURVE
              : Fork.valueOf(entry.getKey().toUpperCase(Locale.ROOT));
      for (JsonNode expected : entry.getValue()) {
        String label = name + " " + entry.getKey() + " " + expected.get("indexes");
        String problem;
        try {
          problem = new Case(fork, expected).run();
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
          problem = e + " at " + Arrays.stream(e.getStackTrace()).limit(4).toList();
        }
        results.add(new Result(label, problem));
      }
    }
  }

  private static BigInteger number(String text) {
    String digits = text.startsWith("0x:bigint ") ? text.substring(10) : text;
    return digits.equals("0x") ? BigInteger.ZERO : new BigInteger(digits.substring(2), 16);
  }

  private static BigInteger number(JsonNode node) {
    return number(node.asText());
  }

  private static byte[] address(String text) {
    return Hex.decode(text);
  }

  private static byte[] word(BigInteger number) {
    return Bytes32.of(number).toByteArray();
  }

  /** The accounts before the transaction. */
  private static final class Genesis implements Ledger {
    final Map<Bytes, Entry> accounts = new HashMap<>();
    final Map<Bytes, Map<Bytes, byte[]>> storage = new HashMap<>();
    final Map<Bytes, byte[]> codes = new HashMap<>();

    Genesis(JsonNode pre) {
      Iterator<Map.Entry<String, JsonNode>> fields = pre.fields();
      while (fields.hasNext()) {
        Map.Entry<String, JsonNode> field = fields.next();
        JsonNode account = field.getValue();
        Bytes address = Bytes.of(address(field.getKey()));
        byte[] code = Hex.decode(account.get("code").asText());
        byte[] hash = Keccak.hash(code).toByteArray();
        codes.put(Bytes.of(hash), code);
        accounts.put(
            address,
            new Entry(
                number(account.get("nonce")).longValue(),
                word(number(account.get("balance"))),
                hash));
        Map<Bytes, byte[]> slots = new HashMap<>();
        Iterator<Map.Entry<String, JsonNode>> entries = account.get("storage").fields();
        while (entries.hasNext()) {
          Map.Entry<String, JsonNode> slot = entries.next();
          BigInteger value = number(slot.getValue());
          if (value.signum() != 0) {
            slots.put(Bytes.of(word(number(slot.getKey()))), word(value));
          }
        }
        storage.put(address, slots);
      }
    }

    @Override
    public @Nullable Entry account(byte[] address) {
      return accounts.get(Bytes.of(address));
    }

    @Override
    public byte @Nullable [] slot(byte[] address, byte[] key) {
      return storage.getOrDefault(Bytes.of(address), Map.of()).get(Bytes.of(key));
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
  }

  /** The transaction of one combination of data, gas limit and value. */
  private final class Case {
    private final Fork fork;
    private final JsonNode expected;
    private final Genesis genesis;
    private final World world;

    private final byte[] data;
    private final BigInteger gasLimit;
    private final BigInteger value;
    private final BigInteger nonce;
    private final Address sender;
    private final @Nullable Address to;
    private final @Nullable JsonNode accessList;
    private final BigInteger maximumFee;
    private final BigInteger priorityFee;
    private final List<Bytes32> blobHashes = new ArrayList<>();
    private final boolean carriesBlobs;
    private final BigInteger baseFee;
    private final BigInteger blobBaseFee;

    private @Nullable Machine machine;

    Case(Fork fork, JsonNode expected) {
      this.fork = fork;
      this.expected = expected;
      this.genesis = new Genesis(test.get("pre"));
      this.world = new World(genesis, codes);
      JsonNode indexes = expected.get("indexes");
      int dataIndex = indexes.get("data").asInt();
      this.data = Hex.decode(transaction.get("data").get(dataIndex).asText());
      this.gasLimit = number(transaction.get("gasLimit").get(indexes.get("gas").asInt()));
      this.value = number(transaction.get("value").get(indexes.get("value").asInt()));
      this.nonce = number(transaction.get("nonce"));
      this.sender = Address.fromHex(transaction.get("sender").asText());
      String to = transaction.get("to").asText();
      this.to = to.isEmpty() ? null : Address.fromHex(to);
      JsonNode lists = transaction.get("accessLists");
      this.accessList =
          lists == null || lists.get(dataIndex).isNull() ? null : lists.get(dataIndex);
      this.baseFee = number(env.get("currentBaseFee"));
      if (transaction.has("maxFeePerGas")) {
        this.maximumFee = number(transaction.get("maxFeePerGas"));
        this.priorityFee = number(transaction.get("maxPriorityFeePerGas"));
      } else {
        this.maximumFee = number(transaction.get("gasPrice"));
        this.priorityFee = maximumFee;
      }
      this.carriesBlobs = transaction.has("blobVersionedHashes");
      if (carriesBlobs) {
        transaction
            .get("blobVersionedHashes")
            .forEach(hash -> blobHashes.add(Bytes32.fromHex(hash.asText())));
      }
      this.blobBaseFee = blobBaseFee(number(env.get("currentExcessBlobGas")));
    }

    private BigInteger blobBaseFee(BigInteger excess) {
      BigInteger denominator = fork.blobFeeFraction;
      BigInteger output = BigInteger.ZERO;
      BigInteger accumulator = denominator;
      for (int i = 1; accumulator.signum() > 0; i++) {
        output = output.add(accumulator);
        accumulator =
            accumulator.multiply(excess).divide(denominator.multiply(BigInteger.valueOf(i)));
      }
      return output.divide(denominator);
    }

    @Nullable String run() {
      String refusal = validate();
      JsonNode wanted = expected.get("expectException");
      if (wanted != null) {
        if (refusal == null) {
          return "accepted, but must be refused: " + wanted.asText();
        }
        if (!Arrays.asList(wanted.asText().split("\\|"))
            .contains("TransactionException." + refusal)) {
          return "refused for " + refusal + ", not " + wanted.asText();
        }
      } else if (refusal != null) {
        return "refused for " + refusal;
      } else {
        execute();
      }
      String root = Hex.encode(stateRoot(world, genesis.storage));
      if (!root.equals(expected.get("hash").asText())) {
        return "state root " + root + ", not " + expected.get("hash").asText();
      }
      String logs = Hex.encode(logsHash());
      if (!logs.equals(expected.get("logs").asText())) {
        return "logs hash " + logs + ", not " + expected.get("logs").asText();
      }
      return null;
    }

    // ---- before the transaction runs

    private BigInteger blobGas() {
      return GAS_PER_BLOB.multiply(BigInteger.valueOf(blobHashes.size()));
    }

    /** The name of the reason why the transaction is not valid, or null if it is. */
    private @Nullable String validate() {
      Account account = world.account(sender.toByteArray());
      if (nonce.equals(BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE))) {
        return "NONCE_IS_MAX";
      }
      if (!account.hasNoCode() && !world.code(account).isDelegation()) {
        return "SENDER_NOT_EOA";
      }
      if (maximumFee.compareTo(baseFee) < 0) {
        return "INSUFFICIENT_MAX_FEE_PER_GAS";
      }
      if (priorityFee.compareTo(maximumFee) > 0) {
        return "PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS";
      }
      if (carriesBlobs) {
        if (to == null) {
          return "TYPE_3_TX_CONTRACT_CREATION";
        }
        if (blobHashes.isEmpty()) {
          return "TYPE_3_TX_ZERO_BLOBS";
        }
        if (blobHashes.size() > fork.blobs) {
          return "TYPE_3_TX_BLOB_COUNT_EXCEEDED";
        }
        if (blobHashes.stream().anyMatch(hash -> hash.toByteArray()[0] != 1)) {
          return "TYPE_3_TX_INVALID_BLOB_VERSIONED_HASH";
        }
        if (number(transaction.get("maxFeePerBlobGas")).compareTo(blobBaseFee) < 0) {
          return "INSUFFICIENT_MAX_FEE_PER_BLOB_GAS";
        }
      }
      if (to == null && data.length > Code.MAXIMUM_CREATION_LENGTH) {
        return "INITCODE_SIZE_EXCEEDED";
      }
      BigInteger cost = gasLimit.multiply(maximumFee).add(value);
      if (carriesBlobs) {
        cost = cost.add(blobGas().multiply(number(transaction.get("maxFeePerBlobGas"))));
      }
      if (new BigInteger(1, word(account.balance)).compareTo(cost) < 0) {
        return "INSUFFICIENT_ACCOUNT_FUNDS";
      }
      if (gasLimit.compareTo(number(env.get("currentGasLimit"))) > 0) {
        return "GAS_ALLOWANCE_EXCEEDED";
      }
      if (gasLimit.compareTo(BigInteger.valueOf(Math.max(intrinsicGas(), floorGas()))) < 0) {
        return "INTRINSIC_GAS_TOO_LOW";
      }
      return null;
    }

    private long zeros() {
      long zeros = 0;
      for (byte b : data) {
        zeros += b == 0 ? 1 : 0;
      }
      return zeros;
    }

    private long intrinsicGas() {
      long gas = 21_000 + 4 * zeros() + 16 * (data.length - zeros());
      if (to == null) {
        gas += 32_000 + 2 * Instructions.words(data.length);
      }
      if (accessList != null) {
        for (JsonNode entry : accessList) {
          gas += 2_400 + 1_900L * entry.get("storageKeys").size();
        }
      }
      return gas;
    }

    private long floorGas() {
      return fork == Fork.CANCUN ? 0 : 21_000 + 10 * (4 * data.length - 3 * zeros());
    }

    // ---- the transaction

    private void execute() {
      byte[] coinbase = address(env.get("currentCoinbase").asText());
      BigInteger price = maximumFee.min(baseFee.add(priorityFee));
      BlockContext block =
          new BlockContext(
              Bytes32.ofUnsigned(1),
              Address.of(coinbase),
              Bytes32.of(number(env.get("currentNumber"))),
              Bytes32.of(number(env.get("currentTimestamp"))),
              Bytes32.of(number(env.get("currentGasLimit"))),
              Bytes32.of(baseFee),
              Bytes32.of(blobBaseFee),
              Bytes32.of(number(env.get("currentRandom"))),
              Bytes32.of(price),
              sender,
              n -> Keccak.hashText(Long.toUnsignedString(n)),
              blobHashes);
      EthereumPorts ports = new EthereumPorts(fork);
      Machine running =
          new Machine(
              world,
              block,
              ports,
              false,
              true,
              Long.MAX_VALUE,
              MEMORY_LIMIT,
              compilation,
              new Workspace());
      machine = running;

      Account account = world.account(sender.toByteArray());
      BigInteger prepaid = gasLimit.multiply(price);
      if (carriesBlobs) {
        prepaid = prepaid.add(blobGas().multiply(blobBaseFee));
      }
      world.debit(account, words(prepaid), 0);
      long nonce = account.nonce;
      world.setNonce(account, nonce + 1);

      world.warm(account);
      world.warm(world.account(coinbase));
      if (accessList != null) {
        for (JsonNode entry : accessList) {
          Account listed = world.account(address(entry.get("address").asText()));
          world.warm(listed);
          for (JsonNode key : entry.get("storageKeys")) {
            world.warm(world.slot(listed, words(number(key)), 0));
          }
        }
      }

      long gas = gasLimit.longValueExact() - intrinsicGas();
      Outcome outcome;
      if (to != null) {
        Account target = world.account(to.toByteArray());
        world.warm(target);
        Code code = world.code(target);
        if (code.isDelegation()) {
          world.warm(running.delegate(code));
        }
        outcome = running.call(account, target, data, words(value), gas);
      } else {
        Account created =
            world.account(ContractAddress.ofNonce(running.keccak, sender.toByteArray(), nonce));
        world.warm(created);
        outcome =
            running.isTaken(created)
                ? new Outcome(Halt.ADDRESS_TAKEN, Frame.NOTHING, 0, 0)
                : running.create(account, created, data, words(value), gas);
      }
      if (outcome.halt() == Halt.FAILED + Failure.MEMORY_TOO_LARGE.ordinal()) {
        throw new IllegalStateException("the harness has too little memory for this test");
      }

      long limit = gasLimit.longValueExact();
      long used = limit - outcome.gasLeft();
      used -= Math.min(outcome.refund(), used / 5);
      used = Math.max(used, floorGas());
      world.credit(account, words(BigInteger.valueOf(limit - used).multiply(price)), 0);
      world.credit(
          world.account(coinbase),
          words(BigInteger.valueOf(used).multiply(price.subtract(baseFee))),
          0);
    }

    private byte[] logsHash() {
      RlpWriter list = new RlpWriter().beginList();
      if (machine != null) {
        for (Log log : machine.logs) {
          list.beginList().bytes(log.contract().toByteArray()).beginList();
          log.topics().forEach(topic -> list.bytes(topic.toByteArray()));
          list.endList().bytes(log.data().toByteArray()).endList();
        }
      }
      return Keccak.hash(list.endList().toByteArray()).toByteArray();
    }

    private byte[] stateRoot(World world, Map<Bytes, Map<Bytes, byte[]>> storage) {
      genesis.accounts.keySet().forEach(address -> world.account(address.toByteArray()));
      TreeMap<Bytes, byte[]> accounts = new TreeMap<>();
      world.forEachAccount(account -> {
        if (!account.remains()) {
          return;
        }
        byte[] address = account.address();
        Map<Bytes, byte[]> slots = new HashMap<>(storage.getOrDefault(Bytes.of(address), Map.of()));
        account.slots.forEach(slot -> slots.put(Bytes.of(slot.key()), slot.value()));
        TreeMap<Bytes, byte[]> hashed = new TreeMap<>();
        slots.forEach((key, slotValue) -> {
          BigInteger number = new BigInteger(1, slotValue);
          if (number.signum() != 0) {
            hashed.put(
                Bytes.of(Keccak.hash(key).toByteArray()),
                new RlpWriter().integer(number).toByteArray());
          }
        });
        accounts.put(
            Bytes.of(Keccak.hash(address).toByteArray()),
            new RlpWriter()
                .beginList()
                .uint64(account.nonce)
                .integer(new BigInteger(1, word(account.balance)))
                .bytes(StateTrie.secureRoot(hashed))
                .bytes(account.codeHash)
                .endList()
                .toByteArray());
      });
      return StateTrie.secureRoot(accounts);
    }

    private static byte[] word(long[] limbs) {
      byte[] word = new byte[32];
      Words.write(limbs, 0, word, 0);
      return word;
    }

    private static long[] words(BigInteger number) {
      long[] limbs = new long[4];
      Words.read(StateTest.word(number), 0, limbs, 0);
      return limbs;
    }
  }
}
