package network.enigma.protocol;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import network.enigma.protocol.crypto.SealingKeyPair;
import network.enigma.protocol.crypto.SecretAccess;
import network.enigma.protocol.crypto.SecretBytes;
import network.enigma.protocol.crypto.Signature;
import network.enigma.protocol.crypto.SigningKey;
import network.enigma.protocol.crypto.Suite;

/**
 * Writes the vector files of the formats into a directory, or only the ones named after it. They
 * were written once and are frozen: a change of a file is a change of a format. Inputs come from
 * hashes of labels, so that only sealed entries differ between runs.
 */
final class VectorGenerator {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Eip712Domain DOMAIN =
      new Eip712Domain(31337, Address.fromHex("0xe7f1725e7734ce288f8367e1bb143e90bb3f0512"));
  private static final SigningKey ALICE = key("alice");
  private static final SigningKey BOB = key("bob");
  private static final SigningKey ENCLAVE = key("enclave");

  private final Path directory;

  /** Which files to write; all if empty. */
  private final Set<String> chosen;

  private VectorGenerator(Path directory, Set<String> chosen) {
    this.directory = directory;
    this.chosen = chosen;
  }

  public static void main(String[] arguments) throws IOException {
    if (arguments.length == 0) {
      throw new IllegalArgumentException("a directory, and the files to write where not all");
    }
    VectorGenerator generator =
        new VectorGenerator(
            Path.of(arguments[0]),
            Set.copyOf(Arrays.asList(arguments).subList(1, arguments.length)));
    generator.taskOrders();
    generator.ids();
    generator.associatedData();
    generator.envelopes();
    generator.padding();
    generator.responses();
    generator.callResults();
    generator.stateHashes();
    generator.merkle();
    generator.draws();
    generator.gas();
    generator.sessionKeys();
    generator.permits();
    generator.callableInputs();
    generator.contractDescriptions();
    generator.leases();
    generator.heads();
    generator.admissions();
    generator.messages();
    generator.networkConfigs();
    generator.errors();
  }

  private static Bytes32 word(String label) {
    return Keccak.hashText("vector " + label);
  }

  private static Address account(String label) {
    return Address.lastBytesOf(word(label));
  }

  private static SigningKey key(String label) {
    return SigningKey.of(SecretBytes.of(word("key " + label).toByteArray()));
  }

  private static String privateKey(SigningKey key) {
    return Hex.encode(key.secret(SecretAccess.granted()).toByteArray(SecretAccess.granted()));
  }

  private static byte[] filled(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i * 7 + 1);
    }
    return bytes;
  }

  /** A map of alternating names and values; values of the protocol become text. */
  private static Map<String, Object> entry(Object... namesAndValues) {
    Map<String, Object> entry = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      entry.put((String) namesAndValues[i], json(namesAndValues[i + 1]));
    }
    return entry;
  }

  private static Object json(Object value) {
    return switch (value) {
      case byte[] bytes -> Hex.encode(bytes);
      case Bytes bytes -> bytes.hex();
      case Bytes32 word -> word.hex();
      case Address address -> address.hex();
      case Signature signature -> signature.hex();
      case Long number -> Long.toUnsignedString(number);
      case Number number -> number.toString();
      case Enum<?> constant -> constant.name();
      case List<?> list -> list.stream().map(VectorGenerator::json).toList();
      default -> value;
    };
  }

  private void write(String name, String note, Object... namesAndLists) throws IOException {
    if (!chosen.isEmpty() && !chosen.contains(name)) {
      return;
    }
    Map<String, Object> file =
        entry("note", note + " Bytes are hexadecimal, numbers decimal texts.");
    file.putAll(entry(namesAndLists));
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
    printer.indentArraysWith(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE);
    Files.writeString(
        directory.resolve(name + ".json"), MAPPER.writer(printer).writeValueAsString(file) + "\n");
  }

  private static TaskOrder order(
      TaskKind kind, String label, long gasLimit, long gasPrice, long expiry) {
    boolean hasCode = kind == TaskKind.DEPLOY || kind == TaskKind.CALLABLE;
    return new TaskOrder(
        ALICE.address(),
        word("realm " + label),
        account("target " + label),
        kind,
        hasCode ? word("code " + label) : Bytes32.zero(),
        word("input " + label),
        gasLimit,
        gasPrice,
        expiry,
        word("salt " + label));
  }

  private void taskOrders() throws IOException {
    List<Object> vectors = new ArrayList<>();
    List<TaskOrder> orders =
        List.of(
            order(TaskKind.CALL, "call", 200_000, 10, 1_234),
            order(TaskKind.DEPLOY, "deploy", 3_000_000, 25, 99),
            order(TaskKind.UPGRADE, "upgrade", 1, 1, 1),
            order(TaskKind.QUERY, "query", 0, 0, 0),
            order(TaskKind.CALLABLE, "callable", 1L << 53, (1L << 53) + 1, 1L << 32),
            order(TaskKind.CALL, "greatest", -1L, -1L, -1L));
    for (TaskOrder order : orders) {
      vectors.add(
          entry(
              "chainId", DOMAIN.chainId(),
              "enigma", DOMAIN.enigma(),
              "domainSeparator", DOMAIN.separator(),
              "sender", order.sender(),
              "realm", order.realm(),
              "target", order.target(),
              "kind", order.kind().number(),
              "codeHash", order.codeHash(),
              "inputHash", order.inputHash(),
              "gasLimit", order.gasLimit(),
              "gasPrice", order.gasPrice(),
              "expiry", order.expiry(),
              "salt", order.salt(),
              "structHash", order.structHash(),
              "taskId", order.taskId(DOMAIN),
              "maximumFee", order.maximumFee(),
              "privateKey", privateKey(ALICE),
              "signature", ALICE.sign(order.taskId(DOMAIN)),
              "encoded", order.encode()));
    }
    write(
        "task-order",
        "Task orders: EIP-712 digest, which is the task id, and the sender's signature (rule C7).",
        "vectors",
        vectors);
  }

  private void ids() throws IOException {
    List<Object> realms = new ArrayList<>();
    List<Object> contracts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Bytes32 salt = i == 0 ? Bytes32.zero() : word("realm salt " + i);
      Bytes32 realm = Realms.realmId(DOMAIN, ALICE.address(), salt);
      realms.add(
          entry(
              "chainId", DOMAIN.chainId(),
              "enigma", DOMAIN.enigma(),
              "owner", ALICE.address(),
              "salt", salt,
              "realm", realm,
              "genesisStateHash", Realms.genesisStateHash(realm)));
      DeployData data =
          new DeployData(
              Bytes.of(filled(10 * i)),
              i,
              i == 0 ? Address.zero() : account("authority " + i),
              i == 2 ? -1L : 50_400L * i);
      contracts.add(
          entry(
              "realm", realm,
              "deployer", BOB.address(),
              "salt", salt,
              "code", data.code(),
              "codeHash", data.codeHash(),
              "dialect", data.dialect(),
              "authority", data.authority(),
              "delay", data.delay(),
              "address", data.target(realm, BOB.address(), salt)));
    }
    List<Object> keys = new ArrayList<>();
    for (Suite suite : Suite.values()) {
      SealingKeyPair pair =
          SealingKeyPair.of(suite, SecretBytes.of(word("input key").toByteArray()));
      keys.add(
          entry(
              "suite", suite.id(),
              "privateKey", word("input key"),
              "publicKey", pair.publicKey(),
              "inputKeyHash", Realms.inputKeyHash(suite, pair.publicKey())));
    }
    List<Object> rosters = new ArrayList<>();
    for (int size : new int[] {1, 3}) {
      List<Address> members = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        members.add(account("member " + i));
      }
      members.sort(null);
      rosters.add(entry("members", members, "rosterHash", Realms.rosterHash(members)));
    }
    write(
        "ids",
        "Realm ids, contract addresses, genesis state hashes, input key hashes and rosters (rules"
            + " K1, K2, K5).",
        "realms",
        realms,
        "contracts",
        contracts,
        "inputKeys",
        keys,
        "rosters",
        rosters);
  }

  private void callableInputs() throws IOException {
    List<Object> vectors = new ArrayList<>();
    for (int length : new int[] {0, 4, 100}) {
      for (long gas : new long[] {0, 1, 200_000, 1_000_000}) {
        if (length == 0 && gas > 0) {
          continue;
        }
        // A selector may be zero; only with zero gas it stands for no callback.
        Bytes selector =
            gas == 1 ? Bytes.of(new byte[4]) : word("callback " + gas).bytes().slice(0, 4);
        CallableInput input =
            new CallableInput(
                gas == 0
                    ? Optional.empty()
                    : Optional.of(new CallableInput.Callback(selector, gas)),
                Bytes.of(filled(length)));
        Bytes result = Bytes.of(filled(64));
        Map<String, Object> entry =
            entry("call", input.call(), "result", result, "payload", input.encode());
        input
            .callback()
            .ifPresent(callback ->
                entry.putAll(
                    entry(
                        "callback", callback.selector(),
                        "callbackGas", callback.gas(),
                        "data", input.data(result).orElseThrow())));
        vectors.add(entry);
      }
    }
    write(
        "callable-input",
        "What the envelope of a CALLABLE carries, and the data that its callback delivers when the"
            + " callable returns the result (rules C7, C12). Without callback, callbackGas and data"
            + " are absent.",
        "vectors",
        vectors);
  }

  private void contractDescriptions() throws IOException {
    List<Object> vectors = new ArrayList<>();
    vectors.add(entry("kind", 0, "message", new ContractDescription.Nothing().encode()));
    vectors.add(entry("kind", 1, "message", new ContractDescription.Made().encode()));
    for (int i = 0; i < 3; i++) {
      ContractTerms terms =
          new ContractTerms(
              BOB.address(),
              word("salt " + i),
              word("code " + i),
              i,
              i == 0 ? Address.zero() : account("authority " + i),
              i == 2 ? -1L : 50_400L * i);
      Optional<Bytes32> codeHash =
          i == 2 ? Optional.empty() : Optional.of(word("code " + (i == 0 ? 0 : 7)));
      Map<String, Object> entry =
          entry(
              "kind", 2,
              "deployer", terms.deployer(),
              "salt", terms.salt(),
              "deployedCodeHash", terms.codeHash(),
              "dialect", terms.dialect(),
              "authority", terms.authority(),
              "delay", terms.delay(),
              "realm", word("realm " + i),
              "address", terms.address(word("realm " + i)),
              "message", new ContractDescription.Deployed(terms, codeHash).encode());
      codeHash.ifPresent(hash -> entry.put("codeHash", hash.hex()));
      vectors.add(entry);
    }
    write(
        "contract-description",
        "What a query's envelope carries to ask about a contract, and the answers (rule E4). A"
            + " codeHash that is absent means that no constructor has succeeded.",
        "question",
        ContractDescription.question(),
        "vectors",
        vectors);
  }

  private static Envelope.Context context(TaskKind kind, String label) {
    return Envelope.Context.of(order(kind, label, 1, 1, 1));
  }

  private static Map<String, Object> contextEntry(
      Envelope.Context context, long generation, long tenure) {
    return entry(
        "realm", context.realm(),
        "target", context.target(),
        "kind", context.kind().number(),
        "sender", context.sender(),
        "salt", context.salt(),
        "generation", generation,
        "tenure", tenure,
        "codeHash", context.codeHash(),
        "associatedData", context.associatedData(generation, tenure));
  }

  private void associatedData() throws IOException {
    List<Object> vectors = new ArrayList<>();
    for (TaskKind kind : TaskKind.values()) {
      vectors.add(contextEntry(context(kind, "aad " + kind), 1, kind.number()));
    }
    vectors.add(contextEntry(context(TaskKind.CALL, "aad greatest"), 0xffffffffL, 0xffffffffL));
    write("aad", "Associated data of sealed envelopes (rule K7).", "vectors", vectors);
  }

  private void envelopes() throws IOException {
    List<Object> sealed = new ArrayList<>();
    Bytes32 networkHash = word("network");
    for (Suite suite : Suite.values()) {
      SealingKeyPair pair =
          SealingKeyPair.of(suite, SecretBytes.of(word("input key").toByteArray()));
      for (int length : new int[] {0, 100, 253, 5_000}) {
        Envelope.Context context = context(TaskKind.CALL, "envelope " + length);
        Envelope.Sealed result =
            Envelope.seal(suite, pair.publicKey(), networkHash, 1, 2, context, filled(length));
        Map<String, Object> vector =
            entry(
                "sealedBy",
                "java",
                "suite",
                suite.id(),
                "privateKey",
                word("input key"),
                "publicKey",
                pair.publicKey(),
                "networkHash",
                networkHash,
                "info",
                Envelope.info(networkHash));
        vector.putAll(contextEntry(context, 1, 2));
        vector.putAll(
            entry(
                "payload",
                filled(length),
                "envelope",
                result.envelope().encode(),
                "inputHash",
                result.envelope().inputHash(),
                "encapsulation",
                result.responseKey().encapsulation(),
                "responseSecret",
                result.responseKey().secret().toByteArray(SecretAccess.granted())));
        sealed.add(vector);
      }
    }
    List<Object> open = new ArrayList<>();
    for (int length : new int[] {0, 1, 300}) {
      Envelope envelope = new Envelope.PublicInput(Bytes.of(filled(length)));
      open.add(
          entry(
              "payload", filled(length),
              "envelope", envelope.encode(),
              "inputHash", envelope.inputHash()));
    }
    List<Object> malformed =
        List.of(
            entry("envelope", "0x", "error", ErrorCode.MALFORMED_ENVELOPE, "why", "empty"),
            entry(
                "envelope",
                "0x0101000000000000000000",
                "error",
                ErrorCode.MALFORMED_ENVELOPE,
                "why",
                "11 bytes"),
            entry(
                "envelope",
                "0x020100000000000000000000",
                "error",
                ErrorCode.MALFORMED_ENVELOPE,
                "why",
                "version 2"),
            entry(
                "envelope",
                "0x010200000000000000000000",
                "error",
                ErrorCode.MALFORMED_ENVELOPE,
                "why",
                "format 2"),
            entry(
                "envelope",
                "0x010100200000000000000000",
                "error",
                ErrorCode.MALFORMED_ENVELOPE,
                "why",
                "public with a suite"),
            entry(
                "envelope",
                "0x010100000000000100000000",
                "error",
                ErrorCode.MALFORMED_ENVELOPE,
                "why",
                "public with a generation"),
            entry(
                "envelope",
                "0x010100000000000000000001",
                "error",
                ErrorCode.MALFORMED_ENVELOPE,
                "why",
                "public with a tenure"),
            entry(
                "envelope",
                "0x010000210000000100000001",
                "error",
                ErrorCode.UNSUPPORTED_SUITE,
                "why",
                "unknown suite"),
            entry(
                "envelope",
                "0x0100002000000001000000010102",
                "error",
                ErrorCode.MALFORMED_ENVELOPE,
                "why",
                "shorter than its encapsulated key"));
    write(
        "envelope",
        "Envelopes (rule K7). Each sealed one opens to the padded payload with the key, info and"
            + " associated data given.",
        "sealed",
        sealed,
        "public",
        open,
        "malformed",
        malformed);
  }

  private void padding() throws IOException {
    List<Object> lengths = new ArrayList<>();
    for (int length :
        new int[] {
          0, 1, 251, 252, 253, 508, 509, 4_091, 4_092, 4_093, 4_220, 4_221, 8_188, 8_189, 10_000,
          16_380, 16_381, 65_000, 65_532, 65_533, 100_000, 1_000_000, 1_048_572, 1_048_573
        }) {
      lengths.add(entry("payloadLength", length, "paddedLength", Padding.paddedLength(length)));
    }
    List<Object> padded = new ArrayList<>();
    for (int length : new int[] {0, 1, 252, 253, 4_100}) {
      padded.add(entry("payload", filled(length), "padded", Padding.pad(filled(length))));
    }
    byte[] good = Padding.pad(filled(10));
    byte[] lastByte = good.clone();
    lastByte[255] = 1;
    byte[] firstByte = good.clone();
    firstByte[14] = 1;
    byte[] tooLong = good.clone();
    tooLong[3] = (byte) 253;
    byte[] negative = good.clone();
    negative[0] = (byte) 0x80;
    byte[] wholeStepLess = good.clone();
    byte[] stepMore = Arrays.copyOf(good, 512);
    List<Object> bad =
        List.of(
            entry("padded", new byte[0], "why", "empty"),
            entry("padded", new byte[3], "why", "shorter than the length"),
            entry("padded", new byte[4], "why", "no multiple of 256"),
            entry("padded", Arrays.copyOf(wholeStepLess, 255), "why", "a byte is missing"),
            entry("padded", stepMore, "why", "a step too many"),
            entry("padded", lastByte, "why", "last byte not zero"),
            entry("padded", firstByte, "why", "first byte after the payload not zero"),
            entry("padded", tooLong, "why", "length beyond the end"),
            entry("padded", negative, "why", "length beyond 2^31"),
            entry("padded", new byte[4_608], "why", "an empty payload in a Padmé size"));
    write("padding", "Padding (rule K8).", "lengths", lengths, "padded", padded, "bad", bad);
  }

  private void responses() throws IOException {
    List<Object> vectors = new ArrayList<>();
    for (Suite suite : Suite.values()) {
      for (int length : new int[] {0, 40, 253}) {
        ResponseKey key =
            new ResponseKey(
                Bytes.of(filled(suite.encapsulationLength())),
                SecretBytes.of(word("response secret " + length).toByteArray()));
        Bytes32 taskId = word("task " + length);
        Bytes32 nonce = word("nonce " + suite + length);
        vectors.add(
            entry(
                "encapsulation", key.encapsulation(),
                "responseSecret", word("response secret " + length),
                "taskId", taskId,
                "nonce", nonce,
                "result", filled(length),
                "sealed", SealedResult.seal(key, taskId, filled(length), nonce)));
      }
    }
    write("response", "Sealed results (rule K9).", "vectors", vectors);
  }

  private void callResults() throws IOException {
    List<Object> vectors = new ArrayList<>();
    for (CallResult result :
        List.of(
            CallResult.success(21_000, Bytes.empty()),
            CallResult.success(-1L, Bytes.of(filled(64))),
            CallResult.failed(ErrorCode.EXECUTION_REVERTED, 30_000, Bytes.of(filled(36))),
            CallResult.failed(ErrorCode.OUT_OF_GAS, 100_000, Bytes.empty()),
            CallResult.success(52_000, Bytes.of(filled(32)))
                .withConsole(List.of(Bytes.of(filled(100)), Bytes.of(filled(4)))))) {
      vectors.add(
          entry(
              "code",
              result.failure().map(ErrorCode::number).orElse(0),
              "gasUsed",
              result.gasUsed(),
              "output",
              result.output(),
              "console",
              result.console(),
              "encoded",
              result.encode()));
    }
    write(
        "call-result",
        "What is inside a sealed result: version, code, gas used, console lines (version 2),"
            + " output.",
        "vectors",
        vectors);
  }

  private void stateHashes() throws IOException {
    List<Charge> charges =
        List.of(new Charge(ALICE.address(), 12_345), new Charge(BOB.address(), -1L));
    List<TaskOutcome> outcomes =
        List.of(
            TaskOutcome.executed(word("task 1"), 777),
            TaskOutcome.refused(word("task 2"), ErrorCode.UNKNOWN_CONTRACT, 3),
            TaskOutcome.duplicate(word("task 3")));
    List<CallbackCall> callbacks =
        List.of(
            new CallbackCall(
                word("task 1"),
                account("secret"),
                account("target"),
                1_000_000,
                Bytes.of(filled(100))),
            new CallbackCall(
                word("task 1"), account("secret"), account("other"), 0, Bytes.empty()));
    Bytes32 realm = word("realm");
    List<Batch> batches =
        List.of(
            batch(realm, BatchKind.TASKS, 1, 1, List.of(), List.of(), List.of()),
            batch(realm, BatchKind.TASKS, 2, 5, charges, outcomes, callbacks),
            batch(realm, BatchKind.SNAPSHOT, 7, 1, List.of(), List.of(), List.of()),
            batch(
                realm,
                BatchKind.TASKS,
                8,
                1,
                charges.subList(0, 1),
                List.of(),
                callbacks.subList(1, 2)));
    List<Object> vectors = new ArrayList<>();
    Bytes32 previous = Realms.genesisStateHash(realm);
    for (Batch batch : batches) {
      Head head = batch.head(previous);
      vectors.add(
          entry(
              "chainId", DOMAIN.chainId(),
              "enigma", DOMAIN.enigma(),
              "previous", previous,
              "realm", batch.realm(),
              "kind", batch.kind().ordinal(),
              "lease", batch.lease(),
              "tenure", batch.tenure(),
              "firstSequence", batch.firstSequence(),
              "count", batch.count(),
              "endSequence", batch.endSequence(),
              "headerNumber", batch.headerNumber(),
              "headerHash", batch.headerHash(),
              "deltaHash", batch.deltaHash(),
              "receiptsRoot", batch.receiptsRoot(),
              "charges",
                  batch.charges().stream()
                      .map(charge -> entry("payer", charge.payer(), "amount", charge.amount()))
                      .toList(),
              "packedCharges", batch.packedCharges(),
              "chargesHash", batch.chargesHash(),
              "outcomes",
                  batch.outcomes().stream()
                      .map(outcome ->
                          entry(
                              "taskId", outcome.taskId(),
                              "outcome", outcome.outcome().number(),
                              "code", outcome.code(),
                              "fee", outcome.fee()))
                      .toList(),
              "packedOutcomes", batch.packedOutcomes(),
              "outcomesHash", batch.outcomesHash(),
              "callbacks",
                  batch.callbacks().stream()
                      .map(callback ->
                          entry(
                              "taskId", callback.taskId(),
                              "secretContract", callback.secretContract(),
                              "target", callback.target(),
                              "gas", callback.gas(),
                              "data", callback.data(),
                              "hash", callback.hash()))
                      .toList(),
              "callbacksHash", batch.callbacksHash(),
              "payee", batch.payee(),
              "stateHash", batch.stateHash(previous),
              "headDigest", head.digest(DOMAIN),
              "encoded", batch.encode()));
      previous = batch.stateHash(previous);
    }
    write(
        "state-hash",
        "Batches of one realm in order, each with its parts' hashes and the state hash it leads to"
            + " (rules K2, C8).",
        "vectors",
        vectors);
  }

  private static Batch batch(
      Bytes32 realm,
      BatchKind kind,
      long firstSequence,
      long count,
      List<Charge> charges,
      List<TaskOutcome> outcomes,
      List<CallbackCall> callbacks) {
    String label = "batch " + firstSequence;
    return new Batch(
        realm,
        kind,
        LeaseNumber.of(100 + firstSequence, 1),
        3,
        firstSequence,
        count,
        100 + firstSequence,
        word(label + " header"),
        word(label + " delta"),
        kind == BatchKind.SNAPSHOT ? Bytes32.zero() : word(label + " receipts"),
        charges,
        outcomes,
        callbacks,
        account("payee"));
  }

  private void merkle() throws IOException {
    List<Object> trees = new ArrayList<>();
    for (int size : new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 11}) {
      List<Receipt> receipts = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        Outcome outcome = Outcome.fromNumber(i % 3);
        receipts.add(
            new Receipt(
                word("task " + i),
                1_000L + i,
                outcome,
                outcome == Outcome.DUPLICATE ? 0 : 30_000L + i,
                switch (outcome) {
                  case EXECUTED -> word("result " + i);
                  case REFUSED -> Receipt.refusalHash(ErrorCode.WRONG_TENURE);
                  case DUPLICATE -> Bytes32.zero();
                },
                CallbackCall.listHash(List.of())));
      }
      MerkleTree tree = MerkleTree.ofReceipts(receipts);
      List<Object> leaves = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        Receipt receipt = receipts.get(i);
        leaves.add(
            entry(
                "taskId", receipt.taskId(),
                "sequence", receipt.sequence(),
                "outcome", receipt.outcome().number(),
                "gasCharged", receipt.gasCharged(),
                "resultHash", receipt.resultHash(),
                "callbackHash", receipt.callbackHash(),
                "leaf", receipt.leaf(),
                "path", tree.path(i)));
      }
      trees.add(entry("count", size, "root", tree.root(), "receipts", leaves));
    }
    List<Object> refusals = new ArrayList<>();
    for (ErrorCode code : ErrorCode.values()) {
      if (code.isRefusal()) {
        refusals.add(entry("code", code.number(), "refusalHash", Receipt.refusalHash(code)));
      }
    }
    write(
        "merkle",
        "Receipts, their trees and paths (rule C14).",
        "trees",
        trees,
        "refusals",
        refusals);
  }

  private void draws() throws IOException {
    List<Object> vectors = new ArrayList<>();
    List<List<Integer>> seatings =
        List.of(
            List.of(5),
            List.of(7, 7, 7, 7, 7, 7, 7, 9),
            List.of(1, 2),
            List.of(1, 2, 3),
            List.of(4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 8, 6),
            List.of(11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21));
    for (int i = 0; i < seatings.size(); i++) {
      List<Integer> workers = seatings.get(i);
      byte[] truncated = word("seed " + i).toByteArray();
      Arrays.fill(truncated, 24, 32, (byte) 0);
      Bytes32 seed = Bytes32.of(truncated);
      Bytes32 realm = word("realm " + i);
      List<Long> seats = new ArrayList<>();
      for (int draw = 0; draw < Draw.DRAWS; draw++) {
        seats.add(Draw.seat(seed, realm, i, draw, workers.size()));
      }
      vectors.add(
          entry(
              "seed", seed,
              "realm", realm,
              "tenure", (long) i,
              "seats", workers.size(),
              "workers", workers,
              "draws", seats,
              "ranks",
                  Draw.ranks(seed, realm, i, workers.size(), seat -> workers.get((int) seat))));
    }
    write(
        "draw",
        "Draws (rule C4): workers lists the worker in each seat, draws the seat of each of the 16"
            + " draws, ranks the distinct workers in order, at most three.",
        "vectors",
        vectors);
  }

  private void gas() throws IOException {
    List<Object> fees = new ArrayList<>();
    long[][] pairs = {
      {0, 0},
      {1, 1},
      {999, 1},
      {1_000, 1},
      {1_001, 1},
      {21_000, 10},
      {1, -1L},
      {-1L, -1L},
      {1L << 63, 2},
      {1L << 32, 1L << 31},
      {1L << 32, 1L << 32},
      {123_456_789, 987_654_321}
    };
    for (long[] pair : pairs) {
      fees.add(entry("gas", pair[0], "price", pair[1], "fee", Gas.fee(pair[0], pair[1])));
    }
    List<Object> charged = new ArrayList<>();
    Object[][] cases = {
      {0L, 100_000L, false, 0L},
      {0L, 100_000L, false, 21_000L},
      {15L, 100L, false, 0L},
      {16L, 100L, false, 0L},
      {17L, 100L, false, 0L},
      {31L, 100L, false, 0L},
      {32L, 100L, false, 0L},
      {33L, 100L, false, 0L},
      {63L, 64L, false, 0L},
      {65_536L, 1_000_000L, false, 0L},
      {65_537L, 1_000_000L, false, 0L},
      {98_765L, 1_000_000L, false, 20_000L},
      {98_765L, 99_000L, false, 20_000L},
      {98_765L, 1_000_000L, true, 20_000L},
      {5L, 10L, false, 20L},
      {-1L, -1L, false, 0L},
      {(1L << 63) + 1, -1L, false, 0L}
    };
    for (Object[] values : cases) {
      charged.add(
          entry(
              "used", values[0],
              "gasLimit", values[1],
              "fullLimit", values[2],
              "baseGas", values[3],
              "charged",
                  Gas.charged(
                      (Long) values[0], (Long) values[1], (Boolean) values[2], (Long) values[3])));
    }
    write(
        "gas",
        "Fees and charged gas (rules C7, C10): charged = min(max(used, base gas) rounded up to 1/16"
            + " of its power of two, gas limit), or the gas limit.",
        "fees",
        fees,
        "charged",
        charged);
  }

  private static SessionKey session(long maxFee, long epoch) {
    return new SessionKey(
        ALICE.address(), BOB.address(), word("realm"), 1_800_000_000L, maxFee, epoch);
  }

  private static Map<String, Object> sessionEntry(SessionKey session) {
    return entry(
        "chainId", DOMAIN.chainId(),
        "enigma", DOMAIN.enigma(),
        "owner", session.owner(),
        "key", session.key(),
        "realm", session.realm(),
        "notAfter", session.notAfter(),
        "maxFee", session.maxFee(),
        "epoch", session.epoch(),
        "structHash", session.structHash(),
        "digest", session.digest(DOMAIN),
        "ownerPrivateKey", privateKey(ALICE),
        "ownerSignature", ALICE.sign(session.digest(DOMAIN)));
  }

  private void sessionKeys() throws IOException {
    List<Object> vectors =
        List.of(sessionEntry(session(1_000_000, 0)), sessionEntry(session(-1L, 0xffffffffL)));
    write("session-key", "Session keys signed by their owners (rule C7).", "vectors", vectors);
  }

  private void permits() throws IOException {
    List<Object> permits = new ArrayList<>();
    List<Object> queries = new ArrayList<>();
    SessionKey session = session(1_000_000, 4);
    for (String label : List.of("", "balance", "Kontostand für Ærø ✓")) {
      Permit permit =
          new Permit(ALICE.address(), word("realm"), account("target"), 1_800_000_000L, label, 4);
      Signature signature = ALICE.sign(permit.digest(DOMAIN));
      permits.add(
          entry(
              "chainId", DOMAIN.chainId(),
              "enigma", DOMAIN.enigma(),
              "owner", permit.owner(),
              "realm", permit.realm(),
              "target", permit.target(),
              "notAfter", permit.notAfter(),
              "label", permit.label(),
              "epoch", permit.epoch(),
              "structHash", permit.structHash(),
              "digest", permit.digest(DOMAIN),
              "ownerPrivateKey", privateKey(ALICE),
              "signature", signature));
    }
    Permit permit =
        new Permit(ALICE.address(), word("realm"), account("target"), 1_800_000_000L, "balance", 4);
    List<Optional<Permit.Signed>> choices =
        List.of(
            Optional.empty(),
            Optional.of(
                new Permit.Signed(permit, ALICE.sign(permit.digest(DOMAIN)), Optional.empty())),
            Optional.of(
                new Permit.Signed(
                    permit,
                    BOB.sign(permit.digest(DOMAIN)),
                    Optional.of(
                        new Permit.SignedSession(session, ALICE.sign(session.digest(DOMAIN)))))));
    for (Optional<Permit.Signed> choice : choices) {
      QueryPayload payload = new QueryPayload(choice, Bytes.of(filled(36)));
      Query query =
          new Query(
              permit.realm(),
              permit.target(),
              payload.sender(),
              word("query salt"),
              new Envelope.PublicInput(Bytes.of(payload.encode())).toBytes());
      Map<String, Object> entry =
          entry(
              "chainId", DOMAIN.chainId(),
              "enigma", DOMAIN.enigma(),
              "signedBy",
                  choice.isEmpty()
                      ? "nobody"
                      : choice.get().session().isPresent() ? "session" : "owner",
              "realm", query.realm(),
              "target", query.target(),
              "sender", query.sender(),
              "salt", query.salt(),
              "input", payload.input(),
              "payload", payload.encode(),
              "envelope", query.envelope(),
              "queryId", query.id(DOMAIN),
              "encoded", query.encode());
      choice.ifPresent(signed ->
          entry.putAll(
              entry(
                  "label", permit.label(),
                  "notAfter", permit.notAfter(),
                  "epoch", permit.epoch(),
                  "signature", signed.signature())));
      choice
          .flatMap(Permit.Signed::session)
          .ifPresent(signed ->
              entry.putAll(
                  entry(
                      "sessionKey", signed.session().key(),
                      "sessionNotAfter", signed.session().notAfter(),
                      "sessionMaxFee", signed.session().maxFee(),
                      "sessionEpoch", signed.session().epoch(),
                      "sessionOwnerSignature", signed.ownerSignature())));
      queries.add(entry);
    }
    write(
        "query-permit",
        "Permits, and what a query's envelope carries (rule E4). Envelopes here are public to show"
            + " the payload; the query id is the task id of an order of kind QUERY.",
        "permits",
        permits,
        "queries",
        queries);
  }

  private void leases() throws IOException {
    List<Object> vectors = new ArrayList<>();
    long[][] pairs = {{0, 0}, {1, 0}, {1, 65_535}, {2, 0}, {23_456_789, 3}, {0xffffffffL, 65_535}};
    for (long[] pair : pairs) {
      vectors.add(
          entry(
              "headerNumber", pair[0],
              "attempt", pair[1],
              "lease", LeaseNumber.of(pair[0], (int) pair[1])));
    }
    write("lease", "Lease numbers in ascending order (rule S2).", "vectors", vectors);
  }

  private void heads() throws IOException {
    Head first = new Head(word("realm"), LeaseNumber.of(100, 0), 9, word("state a"));
    List<Head> seconds =
        List.of(
            new Head(first.realm(), first.lease(), 9, word("state b")),
            new Head(first.realm(), first.lease(), 9, word("state a")),
            new Head(first.realm(), first.lease(), 10, word("state b")),
            new Head(first.realm(), first.lease() + 1, 9, word("state b")),
            new Head(word("other realm"), first.lease(), 9, word("state b")));
    List<Object> vectors = new ArrayList<>();
    for (Head second : seconds) {
      vectors.add(
          entry(
              "chainId", DOMAIN.chainId(),
              "enigma", DOMAIN.enigma(),
              "privateKey", privateKey(ENCLAVE),
              "enclave", ENCLAVE.address(),
              "firstRealm", first.realm(),
              "firstLease", first.lease(),
              "firstEndSequence", first.endSequence(),
              "firstStateHash", first.stateHash(),
              "firstDigest", first.digest(DOMAIN),
              "firstSignature", ENCLAVE.sign(first.digest(DOMAIN)),
              "secondRealm", second.realm(),
              "secondLease", second.lease(),
              "secondEndSequence", second.endSequence(),
              "secondStateHash", second.stateHash(),
              "secondDigest", second.digest(DOMAIN),
              "secondSignature", ENCLAVE.sign(second.digest(DOMAIN)),
              "contradict", Equivocation.contradict(first, second)));
    }
    write(
        "head",
        "Heads, and which pairs of one enclave are equivocation (rules C8, C13).",
        "vectors",
        vectors);
  }

  private void admissions() throws IOException {
    List<Object> admissions = new ArrayList<>();
    List<Object> reports = new ArrayList<>();
    for (Role role : Role.values()) {
      Admission admission =
          new Admission(
              account("operator"),
              ENCLAVE.address(),
              role.number(),
              word("measurement"),
              role.number() - 1,
              word("platform"),
              role == Role.WORKER ? 17 : 0xffffffffL,
              1_800_000_000L,
              word("evidence"));
      admissions.add(
          entry(
              "chainId", DOMAIN.chainId(),
              "enigma", DOMAIN.enigma(),
              "operator", admission.operator(),
              "enclave", admission.enclave(),
              "role", admission.role(),
              "measurement", admission.measurement(),
              "tee", admission.tee(),
              "platformHash", admission.platformHash(),
              "tcbNumber", admission.tcbNumber(),
              "notAfter", admission.notAfter(),
              "evidenceHash", admission.evidenceHash(),
              "structHash", admission.structHash(),
              "digest", admission.digest(DOMAIN)));
      reports.add(
          entry(
              "networkHash", word("network"),
              "role", role.number(),
              "enclave", ENCLAVE.address(),
              "operator", account("operator"),
              "nonce", word("nonce"),
              "reportData",
                  ReportData.hash(
                      word("network"),
                      role,
                      ENCLAVE.address(),
                      account("operator"),
                      word("nonce"))));
    }
    write(
        "admission",
        "Admissions and what evidence is bound to (rule C1).",
        "admissions",
        admissions,
        "reports",
        reports);
  }

  private void messages() throws IOException {
    Bytes32 realm = word("realm");
    long lease = LeaseNumber.of(100, 2);
    Backup backup = new Backup(realm, lease, 9, word("state"));
    Grant grant = new Grant(realm, 3, lease, ENCLAVE.address());
    Announcement announcement = new Announcement(realm, 3, Suite.X_WING.id(), word("key hash"));
    Seed seed = new Seed(12, word("seed"));
    Incarnation incarnation = new Incarnation(2, word("incarnation"));
    Acceptance acceptance = new Acceptance(word("task"), realm, 101);
    List<Object> vectors =
        List.of(
            messageEntry(
                "Backup",
                Backup.TYPE,
                backup,
                "realm",
                realm,
                "lease",
                lease,
                "endSequence",
                9L,
                "stateHash",
                backup.stateHash()),
            messageEntry(
                "Grant",
                Grant.TYPE,
                grant,
                "realm",
                realm,
                "tenure",
                3L,
                "lease",
                lease,
                "enclave",
                grant.enclave()),
            messageEntry(
                "Announcement",
                Announcement.TYPE,
                announcement,
                "realm",
                realm,
                "tenure",
                3L,
                "suite",
                announcement.suite(),
                "inputKeyHash",
                announcement.inputKeyHash()),
            messageEntry("Seed", Seed.TYPE, seed, "epoch", 12L, "seed", seed.seed()),
            messageEntry(
                "Incarnation",
                Incarnation.TYPE,
                incarnation,
                "number",
                2L,
                "nonce",
                incarnation.nonce()),
            messageEntry(
                "Acceptance",
                Acceptance.TYPE,
                acceptance,
                "taskId",
                acceptance.taskId(),
                "realm",
                realm,
                "headerNumber",
                101L));
    write(
        "messages",
        "The other messages that enclaves sign under the network's EIP-712 domain.",
        "vectors",
        vectors);
  }

  private static Map<String, Object> messageEntry(
      String name, String type, Eip712Message message, Object... fields) {
    Map<String, Object> entry =
        entry("name", name, "type", type, "chainId", DOMAIN.chainId(), "enigma", DOMAIN.enigma());
    entry.put("fields", entry(fields));
    entry.putAll(entry("structHash", message.structHash(), "digest", message.digest(DOMAIN)));
    return entry;
  }

  private void networkConfigs() throws IOException {
    List<NetworkConfig> configs =
        List.of(
            new NetworkConfig(
                NetworkConfig.Mode.SIMULATION,
                NetworkConfig.HeaderSource.NODE,
                NetworkConfig.FinalityRule.LATEST_K,
                0,
                31337,
                word("genesis"),
                word("genesis"),
                DOMAIN.enigma(),
                word("enigma code"),
                NetworkConfig.Parameters.testnet(3)),
            new NetworkConfig(
                NetworkConfig.Mode.HARDWARE,
                NetworkConfig.HeaderSource.LIGHT_CLIENT,
                NetworkConfig.FinalityRule.SIGNED_K,
                4,
                1,
                word("validators"),
                word("checkpoint"),
                account("enigma"),
                word("enigma code"),
                NetworkConfig.Parameters.mainnet()));
    List<Object> vectors = new ArrayList<>();
    for (NetworkConfig config : configs) {
      NetworkConfig.Parameters parameters = config.parameters();
      vectors.add(
          entry(
              "mode", config.mode().ordinal(),
              "headerSource", config.headerSource().ordinal(),
              "finalityRule", config.finalityRule().ordinal(),
              "finalityDepth", config.finalityDepth(),
              "chainId", config.chainId(),
              "genesisRoot", config.genesisRoot(),
              "firstCheckpoint", config.firstCheckpoint(),
              "enigma", config.enigma(),
              "enigmaCodeHash", config.enigmaCodeHash(),
              "epochBlocks", parameters.epochBlocks(),
              "tenureEpochs", parameters.tenureEpochs(),
              "failoverBlocks", parameters.failoverBlocks(),
              "maxOrderBlocks", parameters.maxOrderBlocks(),
              "maxBatchAge", parameters.maxBatchAge(),
              "maxHeaderLag", parameters.maxHeaderLag(),
              "minBackups", parameters.minBackups(),
              "drawDelay", parameters.drawDelay(),
              "maxLeases", parameters.maxLeases(),
              "maxStateBytes", parameters.maxStateBytes(),
              "maxTaskGas", parameters.maxTaskGas(),
              "minGasPrice", parameters.minGasPrice(),
              "baseGas", parameters.baseGas(),
              "callbackRate", parameters.callbackRate(),
              "hash", config.hash(),
              "encoded", config.encode()));
    }
    write(
        "network-config", "Network configurations and their hashes (rule T3).", "vectors", vectors);
  }

  private void errors() throws IOException {
    List<Object> codes = new ArrayList<>();
    for (ErrorCode code : ErrorCode.values()) {
      codes.add(
          entry(
              "name", code,
              "number", code.number(),
              "kind", code.kind(),
              "explanation", code.explanation(),
              "remedy", code.remedy()));
    }
    write(
        "error-codes",
        "Every error code. Names and numbers never change their meaning.",
        "codes",
        codes);
  }
}
