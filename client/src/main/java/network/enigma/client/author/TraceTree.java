package network.enigma.client.author;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import network.enigma.client.abi.ContractAbi;
import network.enigma.client.abi.NamedValues;
import network.enigma.client.store.ContractRecord;
import network.enigma.protocol.Address;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.author.CallTrace;
import network.enigma.protocol.author.TraceEvent;
import org.jspecify.annotations.Nullable;

/**
 * A trace with the names of the contracts that are known: functions, arguments, errors, events,
 * variables. What is not known shows as bytes.
 */
public final class TraceTree {
  private static final Map<Address, String> BUILT_IN =
      Map.ofEntries(
          builtIn("0x1", "ecrecover"),
          builtIn("0x2", "sha256"),
          builtIn("0x3", "ripemd160"),
          builtIn("0x4", "identity"),
          builtIn("0x5", "modexp"),
          builtIn("0x6", "bn254Add"),
          builtIn("0x7", "bn254Mul"),
          builtIn("0x8", "bn254Pairing"),
          builtIn("0x9", "blake2f"),
          builtIn("0x100", "p256Verify"),
          builtIn("0x456e69676d610001", "Secret.randomBytes"),
          builtIn("0x456e69676d610002", "Secret.callback"),
          builtIn("0x456e69676d610003", "Secret.chargeFullLimit"));

  private static final int SHOWN_BYTES = 68;

  /** What is known of a contract. */
  private record Known(String name, ContractAbi abi, Optional<StorageLayout> layout) {}

  /**
   * A step of the trace.
   *
   * @param text for people, on one line
   * @param fields the same for programs: strings, numbers as strings, lists and maps
   * @param steps what happened inside, of a call
   */
  public record Step(String text, Map<String, Object> fields, List<Step> steps) {
    /** Without the text, which may be secret. */
    @Override
    public String toString() {
      return "Step[" + steps.size() + " steps]";
    }
  }

  /** A call that has not ended. */
  private record Open(TraceEvent.Called called, List<Step> steps) {}

  private final Map<Address, Known> known = new HashMap<>();
  private final Deque<Open> open = new ArrayDeque<>();
  private final List<Step> roots = new ArrayList<>();

  private TraceTree(List<ContractRecord> contracts) {
    for (ContractRecord each : contracts) {
      known.put(
          each.address(),
          new Known(
              each.name(),
              ContractAbi.parse(each.abi()),
              each.layout().isEmpty()
                  ? Optional.empty()
                  : Optional.of(StorageLayout.parse(each.layout()))));
    }
  }

  /**
   * The call at the root.
   *
   * @param contracts that are known
   */
  public static Step of(CallTrace trace, List<ContractRecord> contracts) {
    TraceTree tree = new TraceTree(contracts);
    trace.events().forEach(tree::take);
    while (!tree.open.isEmpty()) {
      tree.cutOff();
    }
    return tree.roots.isEmpty()
        ? new Step("(nothing was traced)", Map.of(), List.of())
        : tree.roots.getFirst();
  }

  /** Lines of the tree, drawn with branches. */
  public static List<String> lines(Step root) {
    List<String> lines = new ArrayList<>();
    lines.add(root.text());
    draw(root.steps(), "", lines);
    return lines;
  }

  private static void draw(List<Step> steps, String margin, List<String> lines) {
    for (int i = 0; i < steps.size(); i++) {
      boolean last = i == steps.size() - 1;
      lines.add(margin + (last ? "└ " : "├ ") + steps.get(i).text());
      draw(steps.get(i).steps(), margin + (last ? "  " : "│ "), lines);
    }
  }

  private static Map.Entry<Address, String> builtIn(String number, String name) {
    String digits = number.substring(2);
    return Map.entry(Address.fromHex("0x" + "0".repeat(40 - digits.length()) + digits), name);
  }

  // ---- events

  private void take(TraceEvent event) {
    switch (event) {
      case TraceEvent.Called called -> open.push(new Open(called, new ArrayList<>()));
      case TraceEvent.Ended ended -> {
        Open call = open.poll();
        if (call != null) {
          add(call(call, ended));
        }
      }
      case TraceEvent.SlotRead read ->
          add(slot("read", read.account(), read.slot(), null, read.value()));
      case TraceEvent.SlotWritten written ->
          add(slot("write", written.account(), written.slot(), written.before(), written.after()));
      case TraceEvent.Logged logged -> add(event(logged));
      case TraceEvent.ConsoleLine line -> {
        String text = ConsoleLine.text(line.input());
        add(leaf("console  " + text, Map.of("kind", "console", "text", text)));
      }
    }
  }

  private void add(Step step) {
    Open around = open.peek();
    (around == null ? roots : around.steps()).add(step);
  }

  private static Step leaf(String text, Map<String, Object> fields) {
    return new Step(text, fields, List.of());
  }

  private void cutOff() {
    Open call = open.pop();
    call.steps().add(leaf("… the rest is left out: the trace is too long", Map.of("kind", "cut")));
    add(
        new Step(
            callText(call.called()),
            callFields(call.called()),
            Collections.unmodifiableList(call.steps())));
  }

  // ---- calls

  private Step call(Open call, TraceEvent.Ended ended) {
    TraceEvent.Called called = call.called();
    Map<String, Object> fields = callFields(called);
    fields.put("gasUsed", Long.toUnsignedString(ended.gasUsed()));
    String how;
    if (ended.failure().isPresent()) {
      String reason = reason(called, ended.failure().get(), ended.output());
      fields.put("failure", ended.failure().get().name());
      fields.put("reason", reason);
      how = "✗ " + reason;
    } else {
      String result = output(called, ended.output());
      if (!result.isEmpty()) {
        fields.put("result", result);
      }
      how = result.isEmpty() ? "✓" : "→ " + result;
    }
    return new Step(
        "%s  %s  (%s gas)".formatted(callText(called), how, grouped(ended.gasUsed())),
        fields,
        Collections.unmodifiableList(call.steps()));
  }

  private static String grouped(long gas) {
    return String.format(java.util.Locale.ROOT, "%,d", gas);
  }

  private Map<String, Object> callFields(TraceEvent.Called called) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("kind", called.kind().name().toLowerCase(java.util.Locale.ROOT));
    fields.put("from", called.from().checksummed());
    fields.put("to", called.to().checksummed());
    fields.put("call", callText(called));
    fields.put("input", called.input().hex());
    fields.put("gas", Long.toUnsignedString(called.gas()));
    return fields;
  }

  private String callText(TraceEvent.Called called) {
    String builtIn = BUILT_IN.get(called.to());
    if (builtIn != null) {
      return builtIn + "(" + shortened(called.input()) + ")";
    }
    String name = name(called.to());
    String how =
        switch (called.kind()) {
          case CALL, STATIC_CALL -> "";
          case DELEGATE_CALL -> " delegated";
          case CALL_CODE -> " by call code";
          case CREATE -> "";
        };
    if (called.kind() == TraceEvent.CallKind.CREATE) {
      return "new " + name;
    }
    return abi(called.to())
        .flatMap(abi -> abi.readCall(called.input()))
        .map(call -> name + "." + call.name() + "(" + values(call.values()) + ")" + how)
        .orElseGet(() -> name + ".(" + shortened(called.input()) + ")" + how);
  }

  private String output(TraceEvent.Called called, Bytes output) {
    if (called.kind() == TraceEvent.CallKind.CREATE || output.isEmpty()) {
      return "";
    }
    return abi(called.to())
        .flatMap(abi -> abi.readOutput(called.input(), output))
        .map(TraceTree::values)
        .orElseGet(() -> shortened(output));
  }

  private String reason(TraceEvent.Called called, ErrorCode failure, Bytes output) {
    if (failure != ErrorCode.EXECUTION_REVERTED) {
      return failure + ": " + failure.explanation();
    }
    // An error may be one that the contract only passes on.
    List<ContractAbi> all = new ArrayList<>();
    abi(called.to()).ifPresent(all::add);
    known.values().forEach(each -> all.add(each.abi()));
    String first = null;
    for (ContractAbi abi : all) {
      String reason = abi.revertReason(output);
      if (!reason.startsWith("reverted with data")) {
        return "reverted: " + reason;
      }
      first = reason;
    }
    return first == null ? "reverted with data " + output.hex() : first;
  }

  // ---- storage and events

  private Step slot(
      String kind, Address account, Bytes32 slot, @Nullable Bytes32 before, Bytes32 value) {
    Optional<StorageLayout> layout = Optional.ofNullable(known.get(account)).flatMap(Known::layout);
    String name = layout.flatMap(each -> each.nameOf(slot)).orElseGet(() -> "slot " + brief(slot));
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("kind", kind);
    fields.put("account", account.checksummed());
    fields.put("slot", slot.hex());
    layout.flatMap(each -> each.nameOf(slot)).ifPresent(each -> fields.put("variables", each));
    String values;
    if (before == null) {
      fields.put("value", value.hex());
      values = brief(value);
    } else {
      fields.put("before", before.hex());
      fields.put("after", value.hex());
      values = brief(before) + " → " + brief(value);
    }
    return leaf("%-8s %s: %s".formatted(kind, name, values), fields);
  }

  /** A word as a small number, or in hexadecimal. */
  private static String brief(Bytes32 word) {
    return word.toBigInteger().bitLength() <= 63 ? word.toBigInteger().toString() : word.hex();
  }

  private Step event(TraceEvent.Logged logged) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("kind", "event");
    fields.put("contract", logged.contract().checksummed());
    fields.put("topics", logged.topics().stream().map(Bytes32::hex).toList());
    fields.put("data", logged.data().hex());
    Optional<NamedValues> event =
        abi(logged.contract()).flatMap(abi -> abi.readEvent(logged.topics(), logged.data()));
    String text =
        event
            .map(TraceTree::named)
            .orElseGet(() ->
                "with topics %s and data %s"
                    .formatted(
                        logged.topics().stream().map(TraceTree::brief).toList(),
                        shortened(logged.data())));
    event.ifPresent(each -> fields.put("event", text));
    return leaf("event    " + text, fields);
  }

  private static String named(NamedValues event) {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < event.values().size(); i++) {
      String value = value(event.values().get(i));
      words.add(event.names().get(i).isEmpty() ? value : event.names().get(i) + ": " + value);
    }
    return event.name() + "(" + String.join(", ", words) + ")";
  }

  // ---- names and values

  private Optional<ContractAbi> abi(Address address) {
    return Optional.ofNullable(known.get(address)).map(Known::abi);
  }

  private String name(Address address) {
    Known contract = known.get(address);
    return contract == null ? address.checksummed() : contract.name();
  }

  private static String values(List<Object> values) {
    return String.join(", ", values.stream().map(TraceTree::value).toList());
  }

  private static String value(Object value) {
    return switch (value) {
      case List<?> list ->
          "[" + String.join(", ", list.stream().map(TraceTree::value).toList()) + "]";
      case Address address -> address.checksummed();
      case Bytes bytes -> bytes.hex();
      case String text -> "\"" + text + "\"";
      default -> String.valueOf(value);
    };
  }

  private static String shortened(Bytes bytes) {
    return bytes.length() <= SHOWN_BYTES
        ? bytes.hex()
        : bytes.slice(0, SHOWN_BYTES).hex() + "… " + bytes.length() + " bytes";
  }
}
