// Writes one Java class per contract: calldata of every function, results, events, custom errors, deployment.
import { createRequire } from "node:module";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const require = createRequire(import.meta.url);
const { keccak256 } = require("js-sha3");

const RESERVED = new Set([
  "abstract", "assert", "boolean", "break", "byte", "case", "catch", "char", "class", "const", "continue", "default", "do", "double",
  "else", "enum", "extends", "final", "finally", "float", "for", "goto", "if", "implements", "import", "instanceof", "int", "interface",
  "long", "native", "new", "package", "private", "protected", "public", "return", "short", "static", "strictfp", "super", "switch",
  "synchronized", "this", "throw", "throws", "transient", "try", "void", "volatile", "while", "record", "sealed", "permits", "yield",
  "var", "hashCode", "toString", "clone", "finalize", "getClass", "notify", "notifyAll", "wait", "equals",
]);
const safe = (name) => (RESERVED.has(name) ? name + "_" : name);
const capital = (name) => name[0].toUpperCase() + name.slice(1);

/** Names for parameters the source leaves nameless. */
const named = (parameters) => parameters.map((parameter, i) =>
  ({ ...parameter, name: safe(parameter.name.replace(/^_+|_+$/g, "") || `value${i}`) }));

const structName = (parameter) => {
  const match = /^struct (?:\w+\.)?(\w+)/.exec(parameter.internalType ?? "");
  if (!match) throw new Error(`tuple without a struct: ${JSON.stringify(parameter)}`);
  return match[1];
};
const arrayOf = (type) => /^(.*)\[(\d*)\]$/.exec(type);

/** The canonical ABI type, tuples spelt out. */
const canonical = (parameter) => {
  const array = arrayOf(parameter.type);
  if (array) return canonical({ ...parameter, type: array[1] }) + `[${array[2]}]`;
  if (parameter.type === "tuple") return `(${parameter.components.map(canonical).join(",")})`;
  return parameter.type;
};
/** The type given to the codec: it has no cheap way to make an address value, so addresses travel as numbers. */
const codec = (parameter) => canonical(parameter).replaceAll("address", "uint160");
const codecTuple = (parameters) => `(${parameters.map(codec).join(",")})`;
const signature = (entry) => `${entry.name}(${entry.inputs.map(canonical).join(",")})`;

const bits = (type) => Number(/\d+$/.exec(type)?.[0] ?? 256);
const javaType = (parameter) => {
  const array = arrayOf(parameter.type);
  if (array) return `List<${boxed(javaType({ ...parameter, type: array[1] }))}>`;
  if (parameter.type === "tuple") return structName(parameter);
  if (parameter.type === "bool") return "boolean";
  if (parameter.type === "string") return "String";
  if (parameter.type === "address" || parameter.type.startsWith("bytes")) return "byte[]";
  if (/^u?int/.test(parameter.type)) return bits(parameter.type) <= 24 ? "int" : bits(parameter.type) <= 64 ? "long" : "BigInteger";
  throw new Error(`no Java type for ${parameter.type}`);
};
const boxed = (type) => ({ int: "Integer", long: "Long", boolean: "Boolean" })[type] ?? type;

/** A Java expression that turns a Java value into what headlong encodes. */
const toAbi = (parameter, value) => {
  const array = arrayOf(parameter.type);
  if (array) {
    const element = { ...parameter, type: array[1] };
    const length = array[2] === "" ? "" : `Abi.length(${value}, ${array[2]})`;
    const list = length || value;
    const kind = abiArray(element);
    return `Abi.${kind}(${list}, item -> ${toAbi(element, "item")})`;
  }
  if (parameter.type === "tuple") return `${value}.toTuple()`;
  if (parameter.type === "address") return `Abi.address(${value})`;
  if (/^bytes\d+$/.test(parameter.type)) return `Abi.fixed(${value}, ${bits(parameter.type)})`;
  if (/^uint/.test(parameter.type) && bits(parameter.type) === 64) return `Abi.unsigned(${value})`;
  if (/^uint/.test(parameter.type) && bits(parameter.type) > 24 && bits(parameter.type) < 64) return `Abi.bounded(${value}, ${bits(parameter.type)})`;
  return value;
};
/** Arguments for a varargs call: a single array would be taken for the list itself. */
const varargs = (parameters) => parameters.length === 1 && arrayOf(parameters[0].type)
  ? `(Object) ${toAbi(parameters[0], parameters[0].name)}`
  : parameters.map((parameter) => toAbi(parameter, parameter.name)).join(", ");
/** The helper that builds the array type headlong wants for elements of a type. */
const abiArray = (element) => {
  if (arrayOf(element.type)) throw new Error("arrays of arrays are not used");
  if (element.type === "tuple") return "tuples";
  if (element.type === "address") return "bigs";
  if (element.type.startsWith("bytes")) return "byteArrays";
  if (/^u?int/.test(element.type)) {
    const size = bits(element.type);
    if (size < 32 || (element.type.startsWith("int") && size === 32)) return "ints";
    if (size < 64 || (element.type.startsWith("int") && size === 64)) return "longs";
    return "bigs";
  }
  if (element.type === "bool") return "booleans";
  return "strings";
};
/** A Java expression that turns what headlong decoded into a Java value. */
const fromAbi = (parameter, value) => {
  const array = arrayOf(parameter.type);
  if (array) {
    const element = { ...parameter, type: array[1] };
    return `Abi.list(${value}, item -> ${fromAbi(element, "item")})`;
  }
  switch (javaType(parameter)) {
    case "boolean": return `(Boolean) ${value}`;
    case "String": return `(String) ${value}`;
    case "byte[]": return parameter.type === "address" ? `Abi.addressBytes(${value})` : `(byte[]) ${value}`;
    case "int": return `((Number) ${value}).intValue()`;
    case "long": return `((Number) ${value}).longValue()`;
    case "BigInteger": return `Abi.big(${value})`;
    default: return `${structName(parameter)}.fromTuple((Tuple) ${value})`;
  }
};

const collectStructs = (parameters, into) => {
  for (const parameter of parameters) {
    if (!parameter.components) continue;
    collectStructs(parameter.components, into);
    into.set(structName(parameter), named(parameter.components));
  }
};
const topic = (entry) => "0x" + keccak256(signature(entry));
const fields = (parameters) => parameters.map((parameter) => `${javaType(parameter)} ${parameter.name}`).join(", ");
const stringFields = (parameters) => parameters.length === 0
  ? '""'
  : parameters.map((parameter) => `"${parameter.name}=" + Abi.text(${parameter.name})`).join(' + ", " + ');

/** Several entries of one kind and name get a number from the second on. */
const distinct = (entries) => {
  const seen = new Map();
  return entries.map((entry) => {
    const times = (seen.get(entry.name) ?? 0) + 1;
    seen.set(entry.name, times);
    return { ...entry, javaName: times === 1 ? entry.name : entry.name + times };
  });
};

/** The structs of an ABI, with their members. */
function structsOf(abi) {
  const structs = new Map();
  for (const entry of abi) {
    collectStructs(entry.inputs ?? [], structs);
    collectStructs(entry.outputs ?? [], structs);
  }
  return structs;
}
const members = (components) => components.map((component) => `${canonical(component)} ${component.name}`).join(",");

/** @param lender the class whose structs are used where they are the same, with its ABI */
function generate(name, abi, lender) {
  const functions = abi.filter((entry) => entry.type === "function").map((entry) => ({ ...entry, inputs: named(entry.inputs), outputs: named(entry.outputs) }));
  const events = distinct(abi.filter((entry) => entry.type === "event" && !entry.anonymous)).map((entry) => ({ ...entry, inputs: named(entry.inputs) }));
  const errors = distinct(abi.filter((entry) => entry.type === "error")).map((entry) => ({ ...entry, inputs: named(entry.inputs) }));
  const creation = abi.find((entry) => entry.type === "constructor");
  const structs = structsOf([...functions, ...events, ...errors, ...(creation ? [creation] : [])]);
  const lent = lender ? structsOf(lender.abi) : new Map();
  const borrowed = [...structs].filter(([struct, components]) => lent.has(struct) && members(lent.get(struct)) === members(components)).map(([struct]) => struct);

  const out = [];
  const w = (line = "") => out.push(line);
  w("// Generated from the contract's ABI by contracts/build/bindings.mjs.");
  w("package network.enigma.contracts;");
  w();
  for (const type of ["com.esaulpaugh.headlong.abi.Tuple", "com.esaulpaugh.headlong.abi.TupleType",
    "java.math.BigInteger", "java.util.Arrays", "java.util.List", "java.util.Optional", "org.jspecify.annotations.NullMarked"]) {
    w(`import ${type};`);
  }
  for (const struct of borrowed) w(`import network.enigma.contracts.${lender.name}.${struct};`);
  w();
  w(`/** Calls, results, events and errors of the contract {@code ${name}}; unsigned 64-bit numbers are Java longs. */`);
  w("@NullMarked");
  w('@SuppressWarnings({"all", "unused"})');
  w(`public final class ${name} {`);
  w(`  private ${name}() {}`);

  for (const [struct, components] of structs) {
    if (borrowed.includes(struct)) continue;
    w();
    w(`  /** The Solidity struct {@code ${struct}}. */`);
    w(`  public record ${struct}(${fields(components)}) {`);
    w(`    Tuple toTuple() { return Tuple.from(${varargs(components)}); }`);
    w(`    static ${struct} fromTuple(Tuple tuple) {`);
    w(`      return new ${struct}(${components.map((c, i) => fromAbi(c, `tuple.get(${i})`)).join(", ")});`);
    w("    }");
    w(`    @Override public boolean equals(Object other) { return other instanceof ${struct} that && toTuple().equals(that.toTuple()); }`);
    w("    @Override public int hashCode() { return toTuple().hashCode(); }");
    w(`    @Override public String toString() { return "${struct}[" + ${stringFields(components)} + "]"; }`);
    w("  }");
  }

  w();
  w("  private static final class Functions {");
  functions.forEach((f, i) => {
    w(`    static final Method F${i} = new Method("${keccak256(signature(f)).slice(0, 8)}", "${codecTuple(f.inputs)}", "${codecTuple(f.outputs)}");`);
  });
  w("  }");
  functions.forEach((f, i) => {
    w();
    w(`  /** Calldata of {@code ${signature(f)}}. */`);
    w(`  public static byte[] ${safe(f.name)}(${fields(f.inputs)}) {`);
    w(`    return Functions.F${i}.call(${varargs(f.inputs)});`);
    w("  }");
  });

  w();
  w("  /** Signatures of the functions, and their selectors. */");
  w("  public static final class Selectors {");
  w("    private Selectors() {}");
  functions.forEach((f) => {
    const overloads = functions.filter((other) => other.name === f.name);
    const suffix = overloads.indexOf(f) === 0 ? "" : String(overloads.indexOf(f) + 1);
    w(`    /** {@code ${signature(f)}}. */`);
    w(`    public static final int ${f.name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase()}${suffix} = 0x${keccak256(signature(f)).slice(0, 8)};`);
  });
  w("  }");

  w();
  w("  /** Arguments of calls, from calldata. */");
  w("  public static final class Calls {");
  w("    private Calls() {}");
  functions.forEach((f, i) => {
    if (f.inputs.length === 0) return;
    const overloads = functions.filter((other) => other.name === f.name);
    const suffix = overloads.indexOf(f) === 0 ? "" : String(overloads.indexOf(f) + 1);
    const record = capital(f.name) + suffix;
    const clash = structs.has(record) ? record + "Call" : record;
    w(`    /** Arguments of {@code ${signature(f)}}. */`);
    w(`    public record ${clash}(${fields(f.inputs)}) {`);
    w(`      public static ${clash} decode(byte[] calldata) {`);
    w(`        Tuple tuple = Functions.F${i}.arguments(calldata);`);
    w(`        return new ${clash}(${f.inputs.map((c, j) => fromAbi(c, `tuple.get(${j})`)).join(", ")});`);
    w("      }");
    w("    }");
  });
  w("  }");

  w();
  w("  /** What calls return, from their output. */");
  w("  public static final class Results {");
  w("    private Results() {}");
  const resultNames = new Set();
  functions.forEach((f, i) => {
    if (f.outputs.length === 0 || resultNames.has(f.name)) return;
    resultNames.add(f.name);
    if (f.outputs.length === 1) {
      w();
      w(`    /** Output of {@code ${signature(f)}}. */`);
      w(`    public static ${javaType(f.outputs[0])} ${safe(f.name)}(byte[] output) {`);
      w(`      Tuple tuple = Functions.F${i}.result(output);`);
      w(`      return ${fromAbi(f.outputs[0], "tuple.get(0)")};`);
      w("    }");
    } else {
      const record = capital(f.name) + "Result";
      w();
      w(`    /** Output of {@code ${signature(f)}}. */`);
      w(`    public record ${record}(${fields(f.outputs)}) {}`);
      w();
      w(`    /** Output of {@code ${signature(f)}}. */`);
      w(`    public static ${record} ${safe(f.name)}(byte[] output) {`);
      w(`      Tuple tuple = Functions.F${i}.result(output);`);
      w(`      return new ${record}(${f.outputs.map((c, j) => fromAbi(c, `tuple.get(${j})`)).join(", ")});`);
      w("    }");
    }
  });
  w("  }");

  if (events.length > 0) {
    w();
    w("  /** An event of the contract. */");
    w(`  public sealed interface Event {`);
    w("    /** The event in a log, or empty if the contract has none with its topic. */");
    w("    static Optional<Event> decode(List<byte[]> topics, byte[] data) {");
    w("      if (topics.isEmpty()) return Optional.empty();");
    w("      return switch (Abi.hex(topics.get(0))) {");
    for (const e of events) w(`        case ${e.javaName}.TOPIC -> Optional.of(${e.javaName}.decode(topics, data));`);
    w("        default -> Optional.empty();");
    w("      };");
    w("    }");
    for (const e of events) {
      const body = e.inputs.filter((input) => !input.indexed);
      let topicIndex = 1;
      let bodyIndex = 0;
      const values = e.inputs.map((input) => {
        if (!input.indexed) return fromAbi(input, `values.get(${bodyIndex++})`);
        const at = `Abi.topic(topics, ${topicIndex++})`;
        if (input.type === "bytes32") return at;
        if (input.type === "address") return `Abi.lastTwenty(${at})`;
        if (/^uint/.test(input.type)) return javaType(input) === "BigInteger" ? `new BigInteger(1, ${at})` : `new BigInteger(1, ${at}).${javaType(input)}Value()`;
        if (input.type === "bool") return `${at}[31] != 0`;
        return at;
      });
      w();
      w(`    /** {@code ${signature(e)}}. */`);
      w(`    record ${e.javaName}(${fields(e.inputs.map((input) => input.indexed && !/^(uint|bytes32|address|bool)/.test(input.type) ? { ...input, type: "bytes32", components: undefined } : input))}) implements Event {`);
      w("      /** Topic 0. */");
      w(`      public static final String TOPIC = "${topic(e)}";`);
      w(`      private static final TupleType<Tuple> DATA = TupleType.parse("${codecTuple(body)}");`);
      w(`      /** The event in a log with this topic. */`);
      w(`      public static ${e.javaName} decode(List<byte[]> topics, byte[] data) {`);
      w(`        Tuple values = Abi.decode(DATA, data);`);
      w(`        return new ${e.javaName}(${values.join(", ")});`);
      w("      }");
      w(`      @Override public String toString() { return "${e.javaName}[" + ${stringFields(e.inputs)} + "]"; }`);
      w("    }");
    }
    w("  }");
  }

  if (errors.length > 0) {
    w();
    w("  /** A custom error of the contract. */");
    w("  public sealed interface Failure {");
    w("    /** The error's name in Solidity. */");
    w("    String name();");
    w("    /** The error in revert data, or empty if the contract has none with its selector. */");
    w("    static Optional<Failure> decode(byte[] data) {");
    w("      if (data.length < 4) return Optional.empty();");
    w("      return switch (Abi.hex(Arrays.copyOf(data, 4))) {");
    for (const e of errors) w(`        case ${e.javaName}.SELECTOR -> Optional.of(${e.javaName}.from(data));`);
    w("        default -> Optional.empty();");
    w("      };");
    w("    }");
    for (const e of errors) {
      // A component must not hide name().
      const inputs = e.inputs.map((input) => (input.name === "name" ? { ...input, name: "name_" } : input));
      w();
      w(`    /** {@code ${signature(e)}}. */`);
      w(`    record ${e.javaName}(${fields(inputs)}) implements Failure {`);
      w("      /** The first four bytes of the revert data. */");
      w(`      public static final String SELECTOR = "0x${keccak256(signature(e)).slice(0, 8)}";`);
      w(`      private static final TupleType<Tuple> DATA = TupleType.parse("${codecTuple(inputs)}");`);
      w(`      static ${e.javaName} from(byte[] data) {`);
      w("        Tuple values = Abi.decode(DATA, Arrays.copyOfRange(data, 4, data.length));");
      w(`        return new ${e.javaName}(${inputs.map((c, i) => fromAbi(c, `values.get(${i})`)).join(", ")});`);
      w("      }");
      w(`      @Override public String name() { return "${e.name}"; }`);
      w(`      @Override public String toString() { return "${e.name}(" + ${stringFields(inputs)} + ")"; }`);
      w("    }");
    }
    w("  }");
  }

  const inputs = named(creation?.inputs ?? []);
  w();
  w("  /** The transaction data that deploys the contract. */");
  w(`  public static byte[] deployment(${fields(inputs)}) {`);
  if (inputs.length === 0) {
    w(`    return Abi.creationCode("${name}");`);
  } else {
    w(`    return Abi.concat(Abi.creationCode("${name}"), Abi.encode(CONSTRUCTOR, ${varargs(inputs)}));`);
    w("  }");
    w();
    w(`  private static final TupleType<Tuple> CONSTRUCTOR = TupleType.parse("${codecTuple(inputs)}");`);
    w();
    w("  /** The constructor's arguments alone, encoded. */");
    w(`  public static byte[] constructorArguments(${fields(inputs)}) {`);
    w(`    return Abi.encode(CONSTRUCTOR, ${varargs(inputs)});`);
  }
  w("  }");
  w("}");
  return out.join("\n") + "\n";
}

const key = (entry) => entry.type + (entry.name ? signature(entry) : "");
const union = (...abis) => [...new Map(abis.flat().map((entry) => [key(entry), entry])).values()];

export function bindings(compiled, folder) {
  mkdirSync(folder, { recursive: true });
  const chosen = {};
  for (const [name, artifact] of Object.entries(compiled)) {
    if (artifact.bytecode !== "0x" && artifact.abi.some((entry) => entry.type === "function" || entry.type === "constructor")) chosen[name] = artifact.abi;
  }
  // The Enigma contract answers for its module too: its interface is the whole ABI.
  if (compiled.IEnigma) {
    const creation = (compiled.Enigma?.abi ?? []).filter((entry) => entry.type === "constructor");
    const inherited = [...(compiled.Enigma?.abi ?? []), ...(compiled.EnigmaRegistry?.abi ?? [])].filter((entry) => entry.type === "error" || entry.type === "event");
    chosen.Enigma = union(compiled.IEnigma.abi, creation, inherited);
  }
  if (compiled.IEnigmaCallback) chosen.IEnigmaCallback = compiled.IEnigmaCallback.abi;
  // Nobody deploys the reader but the registry.
  delete chosen.EnigmaReader;
  for (const [name, abi] of Object.entries(chosen)) {
    const lender = name === "EnigmaRegistry" && chosen.Enigma ? { name: "Enigma", abi: chosen.Enigma } : undefined;
    writeFileSync(join(folder, `${name}.java`), generate(name, abi, lender));
  }
  return Object.keys(chosen).length;
}
