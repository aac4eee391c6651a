// Writes what enigma-js takes from the other languages into web/enigma-js/src/generated:
//   abi.ts     the ABIs of Enigma and its token, from the compiled Solidity
//   errors.ts  every error code with its number, kind, explanation and remedy, from the vector file that Java writes
// Needs the contracts module to be compiled (mvn -pl contracts package, or any build). Files that would not change are left alone.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const artifacts = join(root, "contracts/target/classes/network/enigma/contracts/artifacts");
const folder = join(root, "web/enigma-js/src/generated");
const ABIS = { enigmaAbi: ["IEnigma", "Enigma", "EnigmaRegistry"], tokenAbi: ["EnigmaToken"] };

const write = (name, text) => {
  const file = join(folder, name);
  if (existsSync(file) && readFileSync(file, "utf8") === text) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, text);
};

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
