package network.enigma.client.abi;

import com.esaulpaugh.headlong.abi.ABIJSON;
import com.esaulpaugh.headlong.abi.ABIObject;
import com.esaulpaugh.headlong.abi.ABIParser;
import com.esaulpaugh.headlong.abi.ContractError;
import com.esaulpaugh.headlong.abi.Event;
import com.esaulpaugh.headlong.abi.Function;
import com.esaulpaugh.headlong.abi.Tuple;
import com.esaulpaugh.headlong.abi.TupleType;
import com.esaulpaugh.headlong.abi.TypeEnum;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import network.enigma.protocol.Bytes;
import network.enigma.protocol.Bytes32;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;

/** One contract's interface: encodes calls, decodes results and revert reasons. Immutable. */
public final class ContractAbi {
  private static final Function ERROR = new Function("Error(string)");
  private static final Function PANIC = new Function("Panic(uint256)");

  private final String json;
  private final List<Function> functions;
  private final List<Function> constructors;
  private final List<ContractError<?>> errors;
  private final List<Event<?>> events;

  private ContractAbi(String json, List<ABIObject> objects) {
    this.json = json;
    List<Function> named = new ArrayList<>();
    List<Function> building = new ArrayList<>();
    List<ContractError<?>> failing = new ArrayList<>();
    List<Event<?>> telling = new ArrayList<>();
    for (ABIObject object : objects) {
      if (object instanceof Function function) {
        if (function.getType() == TypeEnum.FUNCTION) {
          named.add(function);
        } else if (function.getType() == TypeEnum.CONSTRUCTOR) {
          building.add(function);
        }
      } else if (object instanceof ContractError<?> error) {
        failing.add(error);
      } else if (object instanceof Event<?> event) {
        telling.add(event);
      }
    }
    this.functions = List.copyOf(named);
    this.constructors = List.copyOf(building);
    this.errors = List.copyOf(failing);
    this.events = List.copyOf(telling);
  }

  /**
   * Reads the JSON a Solidity compiler writes.
   *
   * @throws EnigmaException ABI_MISMATCH when it is not an ABI
   */
  public static ContractAbi parse(String json) {
    ArgumentReader.parseJson("ABI", json);
    try {
      return new ContractAbi(json, new ABIParser(ABIJSON.ALL).parse(json));
    } catch (RuntimeException e) {
      throw new EnigmaException(ErrorCode.ABI_MISMATCH, "not a contract ABI: " + e.getMessage());
    }
  }

  /** The compiler's JSON. */
  public String json() {
    return json;
  }

  /** Canonical signatures of all functions, as {@code name(type,type)}. */
  public List<String> signatures() {
    return functions.stream().map(Function::getCanonicalSignature).toList();
  }

  /**
   * A call by name ({@code "richest"}) or full signature ({@code "set(uint256,address)"}); several
   * functions of one name are told apart by the number of arguments, then by which of them the
   * arguments fit.
   *
   * @throws EnigmaException NO_SUCH_FUNCTION, or ABI_MISMATCH naming the function, the expected and
   *     the given types
   */
  public EncodedCall encodeCall(String name, List<?> arguments) {
    List<Function> named = named(name);
    List<Function> candidates =
        named.size() == 1
            ? named
            : named.stream().filter(f -> f.getInputs().size() == arguments.size()).toList();
    if (candidates.isEmpty()) {
      throw new EnigmaException(
          ErrorCode.ABI_MISMATCH,
          "%s is declared as %s; got %d arguments"
              .formatted(name, signaturesOf(named), arguments.size()));
    }
    EnigmaException refusal = null;
    EncodedCall accepted = null;
    for (Function function : candidates) {
      try {
        EncodedCall call = encode(function, arguments);
        if (accepted != null) {
          throw new EnigmaException(
              ErrorCode.ABI_MISMATCH,
              "%s is declared as %s and the arguments fit several; write the full signature"
                  .formatted(name, signaturesOf(candidates)));
        }
        accepted = call;
      } catch (EnigmaException e) {
        if (accepted != null) {
          continue;
        }
        refusal = e;
      }
    }
    if (accepted != null) {
      return accepted;
    }
    throw refusal;
  }

  /**
   * The selector of a function that takes what another one returns: the callback of a task of kind
   * CALLABLE.
   *
   * @param name name or full signature
   * @param results what the callable returns
   * @return 4 bytes
   * @throws EnigmaException NO_SUCH_FUNCTION, or ABI_MISMATCH naming both types
   */
  public Bytes callbackSelector(String name, OutputTypes results) {
    List<Function> named = named(name);
    return named.stream()
        .filter(function -> function.getInputs().getCanonicalType().equals(results.tuple()))
        .findFirst()
        .map(function -> Bytes.of(function.selector()))
        .orElseThrow(() ->
            new EnigmaException(
                ErrorCode.ABI_MISMATCH,
                "the callback is declared as %s, and the callable returns %s"
                    .formatted(signaturesOf(named), results.tuple())));
  }

  private List<Function> named(String name) {
    List<Function> named =
        functions.stream()
            .filter(f ->
                name.contains("(")
                    ? f.getCanonicalSignature().equals(name.replace(" ", ""))
                    : f.getName().equals(name))
            .toList();
    if (named.isEmpty()) {
      throw new EnigmaException(
          ErrorCode.NO_SUCH_FUNCTION,
          "the contract has no function %s; it has %s".formatted(name, signaturesOf(functions)));
    }
    return named;
  }

  private static String signaturesOf(List<Function> functions) {
    return functions.isEmpty()
        ? "none"
        : functions.stream().map(Function::getCanonicalSignature).collect(Collectors.joining(", "));
  }

  private static EncodedCall encode(Function function, List<?> arguments) {
    String signature = function.getCanonicalSignature();
    Tuple values = new ArgumentReader(signature).read(function.getInputs(), arguments);
    byte[] input = function.encodeCall(values).array();
    boolean readOnly =
        "view".equals(function.getStateMutability())
            || "pure".equals(function.getStateMutability());
    return new EncodedCall(
        signature,
        Bytes.of(input),
        new OutputTypes(function.getOutputs().getCanonicalType()),
        readOnly);
  }

  /**
   * Constructor arguments as the compiler's bytecode expects them after it; empty when there is no
   * constructor.
   */
  public Bytes encodeConstructor(List<?> arguments) {
    TupleType<? extends Tuple> inputs =
        constructors.isEmpty() ? TupleType.EMPTY : constructors.getFirst().getInputs();
    String signature = "constructor" + inputs.getCanonicalType();
    return Bytes.of(encodeTuple(inputs, new ArgumentReader(signature).read(inputs, arguments)));
  }

  @SuppressWarnings("unchecked")
  private static byte[] encodeTuple(TupleType<? extends Tuple> types, Tuple values) {
    return ((TupleType<Tuple>) types).encode(values).array();
  }

  /**
   * What a contract said when it reverted, in words: its reason string, its custom error with
   * arguments, or a panic's meaning.
   */
  public String revertReason(Bytes output) {
    byte[] data = output.toByteArray();
    if (data.length == 0) {
      return "reverted without a reason";
    }
    if (data.length >= 4) {
      byte[] selector = Arrays.copyOf(data, 4);
      try {
        if (Arrays.equals(selector, ERROR.selector())) {
          Tuple reason = ERROR.decodeCall(data);
          return reason.<String>get(0);
        }
        if (Arrays.equals(selector, PANIC.selector())) {
          Tuple code = PANIC.decodeCall(data);
          return panic(code.<BigInteger>get(0));
        }
        for (ContractError<?> error : errors) {
          Function function = error.function();
          if (Arrays.equals(selector, function.selector())) {
            return described(error, function.decodeCall(data));
          }
        }
      } catch (RuntimeException e) {
        return "reverted with malformed data " + output.hex();
      }
    }
    return "reverted with data " + output.hex();
  }

  /** The function that a call's data asks for, with its arguments; empty if it is none of these. */
  public Optional<NamedValues> readCall(Bytes input) {
    return function(input)
        .flatMap(function ->
            attempt(() ->
                named(
                    function.getName(),
                    function.getInputs(),
                    function.decodeCall(input.toByteArray()))));
  }

  /** What the function that a call's data asks for returned; empty if these are not its types. */
  public Optional<List<Object>> readOutput(Bytes input, Bytes output) {
    return function(input)
        .flatMap(function ->
            attempt(() ->
                function.getOutputs().isEmpty()
                    ? List.<Object>of()
                    : OutputTypes.normalise(
                        (Tuple) function.getOutputs().decode(output.toByteArray()))));
  }

  /** An event with its arguments; empty if it is none of these. */
  public Optional<NamedValues> readEvent(List<Bytes32> topics, Bytes data) {
    byte[][] words = topics.stream().map(Bytes32::toByteArray).toArray(byte[][]::new);
    return events.stream()
        .filter(event ->
            !event.isAnonymous()
                && !topics.isEmpty()
                && Keccak.hashText(event.getCanonicalSignature()).equals(topics.getFirst()))
        .findFirst()
        .flatMap(event ->
            attempt(() ->
                named(
                    event.getName(),
                    event.getInputs(),
                    event.decodeArgs(words, data.toByteArray()))));
  }

  /** The arguments of a call of a function; empty if the data is none of it. */
  public static Optional<List<Object>> readArguments(Function function, Bytes input) {
    return attempt(() ->
        function.getInputs().isEmpty()
            ? List.<Object>of()
            : OutputTypes.normalise((Tuple) function.decodeCall(input.toByteArray())));
  }

  /**
   * One value of a type in its 32-byte form.
   *
   * @param type of at most 32 bytes, such as {@code uint8}
   * @param value as {@link #encodeCall} takes it
   * @throws EnigmaException ABI_MISMATCH
   */
  public static Bytes encodeValue(String type, String value) {
    TupleType<Tuple> types;
    try {
      types = TupleType.parse("(" + type + ")");
    } catch (RuntimeException e) {
      throw new EnigmaException(ErrorCode.ABI_MISMATCH, "no value type is called " + type);
    }
    return Bytes.of(encodeTuple(types, new ArgumentReader(type).read(types, List.of(value))));
  }

  private Optional<Function> function(Bytes input) {
    if (input.length() < 4) {
      return Optional.empty();
    }
    byte[] selector = input.slice(0, 4).toByteArray();
    return functions.stream().filter(each -> Arrays.equals(each.selector(), selector)).findFirst();
  }

  /** Data that a contract made up need not fit its interface. */
  private static <T> Optional<T> attempt(Supplier<T> decoding) {
    try {
      return Optional.of(decoding.get());
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }

  private static NamedValues named(String name, TupleType<?> types, Tuple values) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      String each = types.getElementName(i);
      names.add(each == null ? "" : each);
    }
    return new NamedValues(name, names, OutputTypes.normalise(values));
  }

  /** A custom error with the names and values of its arguments. */
  private static String described(ContractError<?> error, Tuple arguments) {
    List<Object> values = OutputTypes.normalise(arguments);
    List<String> words = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      String name = error.getInputs().getElementName(i);
      words.add(name == null || name.isEmpty() ? values.get(i) + "" : name + ": " + values.get(i));
    }
    return error.getName() + "(" + String.join(", ", words) + ")";
  }

  private static String panic(BigInteger code) {
    return "panic 0x%02x: %s"
        .formatted(
            code,
            switch (code.bitLength() > 31 ? -1 : code.intValue()) {
              case 0x01 -> "assertion failed";
              case 0x11 -> "arithmetic overflow or underflow";
              case 0x12 -> "division by zero";
              case 0x21 -> "value outside the enum";
              case 0x22 -> "storage byte array badly encoded";
              case 0x31 -> "pop on an empty array";
              case 0x32 -> "array index out of bounds";
              case 0x41 -> "too much memory";
              case 0x51 -> "call of an uninitialised function";
              default -> "unknown";
            });
  }

  @Override
  public String toString() {
    return "ContractAbi" + signatures();
  }
}
