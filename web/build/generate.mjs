// Writes what enigma-js takes from the other languages into web/enigma-js/src/generated:
//   abi.ts     the ABIs of Enigma and its token, from the compiled Solidity
//   rpc.ts     the types of a node's JSON-RPC methods, from its OpenRPC document
//   errors.ts  every error code with its number, kind, explanation and remedy, from the vector file that Java writes
// and, for the template in web/template-dapp, the sample contract and the Solidity library it imports.
// Needs the contracts module to be compiled (mvn -pl contracts package, or any build). Files that would not change are left alone.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const artifacts = join(root, "contracts/target/classes/network/enigma/contracts/artifacts");
const folder = join(root, "web/enigma-js/src/generated");
const ABIS = { enigmaAbi: ["IEnigma", "Enigma", "EnigmaRegistry"], tokenAbi: ["EnigmaToken"] };

const TEMPLATE_SOURCES = {
  "contracts/Millionaires.sol": "samples/Millionaires.sol",
  "vendor/enigma/Secret.sol": "secret/enigma/Secret.sol",
  "vendor/enigma/console.sol": "secret/enigma/console.sol",
  "vendor/enigma/IEnigmaCallback.sol": "src/interfaces/IEnigmaCallback.sol",
};

const write = (name, text, into = folder) => {
  const file = join(into, name);
  if (existsSync(file) && readFileSync(file, "utf8") === text) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
};

const openrpc = join(root, "node/src/main/resources/network/enigma/node/rpc/openrpc.json");

/** The TypeScript type of a JSON schema. */
const typeOf = (schema) => {
  if (schema.$ref) return schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.type === "array") return `${typeOf(schema.items)}[]`;
  if (schema.type === "object") return `{ ${members(schema.properties, schema.required).join(" ")} }`;
  if (schema.type === "string" && schema.pattern?.startsWith("^0x")) return "`0x${string}`";
  if (schema.type === "string" || schema.type === "boolean") return schema.type;
  throw new Error(`no type for ${JSON.stringify(schema)}`);
};
const members = (properties, required) => Object.entries(properties)
  .map(([name, schema]) => `${name}${required.includes(name) ? "" : "?"}: ${typeOf(schema)};`);

/** The types of the methods a node lists in rpc.discover. */
export function rpcTypes(document) {
  const lines = ["/* The JSON-RPC of a node, from its OpenRPC document. */", ""];
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    if (schema.description) lines.push(`/** ${schema.description}. */`);
    if (schema.type === "object") lines.push(`export interface ${name} {`, ...members(schema.properties, schema.required).map((member) => `  ${member}`), "}", "");
    else lines.push(`export type ${name} = ${typeOf(schema)};`, "");
  }
  lines.push("/** The methods of a node that take one object, with what they take and answer. */", "export interface NodeMethods {");
  for (const method of document.methods.filter((each) => each.paramStructure === "by-name")) {
    const required = method.params.filter((param) => param.required).map((param) => param.name);
    const properties = Object.fromEntries(method.params.map((param) => [param.name, param.schema]));
    const params = method.params.length === 0 ? "undefined" : `{ ${members(properties, required).join(" ")} }`;
    lines.push(`  /** ${method.summary}. */`, `  ${method.name}: { params: ${params}; result: ${typeOf(method.result.schema)} };`);
  }
  return [...lines, "}", ""].join("\n");
}

const canonical = (input) =>
  input.type.startsWith("tuple") ? `(${input.components.map(canonical).join()})${input.type.slice(5)}` : input.type;
/** Without internalType, which nobody needs and which is a third of the text. */
const shortened = (value) => Array.isArray(value)
  ? value.map(shortened)
  : value !== null && typeof value === "object"
    ? Object.fromEntries(Object.entries(value).filter(([key]) => key !== "internalType").map(([key, each]) => [key, shortened(each)]))
    : value;

export function generate() {
  if (!existsSync(artifacts)) {
    throw new Error(`the contracts are not compiled (no ${artifacts}): run node contracts/build/compile.mjs`);
  }
  const constants = Object.entries(ABIS).map(([constant, contracts]) => {
    const entries = new Map();
    for (const contract of contracts) {
      for (const entry of JSON.parse(readFileSync(join(artifacts, `${contract}.json`), "utf8")).abi) {
        if (entry.type === "constructor") continue;
        const key = `${entry.type} ${entry.name}(${(entry.inputs ?? []).map((input) => canonical(input)).join()})`;
        if (!entries.has(key)) entries.set(key, shortened(entry));
      }
    }
    const list = [...entries.values()].map((entry) => `  ${JSON.stringify(entry)},\n`).join("");
    return `/** What the contract ${contracts[0]} answers to at its address. */\nexport const ${constant} = [\n${list}] as const;\n`;
  });
  write("abi.ts", constants.join("\n"));

  write("rpc.ts", rpcTypes(JSON.parse(readFileSync(openrpc, "utf8"))));

  for (const [name, source] of Object.entries(TEMPLATE_SOURCES)) {
    write(name, readFileSync(join(root, "contracts", source), "utf8"), join(root, "web/template-dapp"));
  }

  const codes = JSON.parse(readFileSync(join(root, "protocol/src/test/resources/vectors/error-codes.json"), "utf8")).codes;
  const entries = codes.map((code) =>
    `  ${code.name}: ${JSON.stringify({ number: Number(code.number), kind: code.kind, explanation: code.explanation, remedy: code.remedy })},\n`);
  write("errors.ts", `/** Every error code of Enigma, the same in Java, Solidity and here. */\nexport const ERROR_CODES = {\n${entries.join("")}} as const;\n`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    generate();
  } catch (problem) {
    console.error(problem.message);
    process.exit(1);
  }
}
