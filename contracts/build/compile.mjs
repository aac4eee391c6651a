// Compiles every Solidity source of this module with solc-js and writes, below the output folder given (target):
//   classes/network/enigma/contracts/artifacts/NAME.json   abi, bytecode, deployedBytecode, storageLayout, sourceHash
//   classes/network/enigma/contracts/solidity/...          the sources user contracts may import, and the samples
//   generated-sources/bindings/network/enigma/contracts/   Java bindings
// Does nothing when no input has changed since the last run.
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { bindings } from "./bindings.mjs";

const require = createRequire(import.meta.url);
const here = dirname(fileURLToPath(import.meta.url));
const module = resolve(here, "..");
const root = resolve(module, "..");
const target = resolve(process.argv[2] ?? join(module, "target"));
const artifacts = join(target, "classes/network/enigma/contracts/artifacts");
const solidity = join(target, "classes/network/enigma/contracts/solidity");
const generated = join(target, "generated-sources/bindings");
const stamp = join(target, "solidity.sha256");

const SETTINGS = {
  viaIR: true,
  evmVersion: "prague",
  optimizer: { enabled: true, runs: 2_000 },
  metadata: { appendCBOR: false, bytecodeHash: "none" },
};
const CODE_LIMIT = 24_576; // EIP-170

const files = (folder, suffix) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true }).map(String).filter((name) => name.endsWith(suffix)).map((name) => join(folder, name)).sort()
    : [];
const own = ["src", "secret", "samples", "benchmarks"].flatMap((folder) => files(join(module, folder), ".sol"));
const hash = createHash("sha256");
for (const file of [...own, ...files(here, ".mjs"), join(root, "package-lock.json")]) {
  hash.update(relative(root, file)).update("\0").update(readFileSync(file)).update("\0");
}
const inputs = hash.digest("hex");
const unchanged = existsSync(stamp) && readFileSync(stamp, "utf8") === inputs && existsSync(artifacts) && existsSync(generated);
if (unchanged) process.exit(0);

const started = Date.now();
const openzeppelin = join(root, "node_modules");
// User contracts import "enigma/Secret.sol", "enigma/Callable.sol", "enigma/console.sol" and "enigma/IEnigmaCallback.sol".
const ALIASES = { "enigma/IEnigmaCallback.sol": join(module, "src/interfaces/IEnigmaCallback.sol") };
const read = (name) => {
  if (ALIASES[name]) return readFileSync(ALIASES[name], "utf8");
  for (const base of [module, join(module, "secret"), openzeppelin]) {
    const file = join(base, name);
    if (existsSync(file)) return readFileSync(file, "utf8");
  }
  return undefined;
};
const sources = Object.fromEntries(own.map((file) => {
  const name = relative(module, file).replaceAll("\\", "/");
  // The library of secret contracts is imported as "enigma/Secret.sol".
  return [name.startsWith("secret/") ? name.slice("secret/".length) : name, { content: readFileSync(file, "utf8") }];
}));
const select = (wanted) => Object.fromEntries(Object.entries(sources).filter(([name]) => wanted(name)));

/** Compiles one group of sources; the output is kept beside the Node packages, so that a second checkout or a change elsewhere costs nothing. */
function compile(group) {
  const input = {
    language: "Solidity",
    sources: group,
    settings: {
      ...SETTINGS,
      outputSelection: Object.fromEntries(Object.keys(group).map((name) =>
        [name, { "*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object", "storageLayout"] }])),
    },
  };
  const key = createHash("sha256").update(JSON.stringify(input)).update(readFileSync(join(root, "package-lock.json")));
  for (const name of Object.keys(ALIASES)) key.update(read(name));
  const cached = join(root, "node_modules/.cache/enigma-solidity", `${key.digest("hex")}.json`);
  if (existsSync(cached)) return JSON.parse(readFileSync(cached, "utf8"));
  const output = JSON.parse(require("solc").compile(JSON.stringify(input), {
    import: (name) => {
      const contents = read(name);
      return contents === undefined ? { error: `no file ${name}` } : { contents };
    },
  }));
  let failed = false;
  for (const problem of output.errors ?? []) {
    // "leave" is the name of a function here; it becomes a keyword only in a later language version.
    if (problem.severity !== "error" && problem.message.startsWith('"leave" will be promoted')) continue;
    if (problem.severity !== "error" && problem.sourceLocation?.file.startsWith("@openzeppelin")) continue;
    console.error(problem.formattedMessage);
    if (problem.severity === "error") failed = true;
  }
  if (failed) process.exit(1);
  mkdirSync(dirname(cached), { recursive: true });
  writeFileSync(`${cached}.${process.pid}`, JSON.stringify(output.contracts));
  renameSync(`${cached}.${process.pid}`, cached);
  return output.contracts;
}

const outputs = {
  ...compile(select((name) => name.startsWith("src/"))),
  ...compile(select((name) => !name.startsWith("src/") && !name.startsWith("benchmarks/"))),
  ...compile(select((name) => name.startsWith("benchmarks/"))),
};
let failed = false;
const compiled = {};
for (const [source, contracts] of Object.entries(outputs)) {
  for (const [name, contract] of Object.entries(contracts)) {
    if (compiled[name]) throw new Error(`two contracts are called ${name}`);
    const runtime = contract.evm.deployedBytecode.object;
    if (runtime.length / 2 > CODE_LIMIT) {
      console.error(`${name}: ${runtime.length / 2} bytes of runtime code, more than ${CODE_LIMIT}`);
      failed = true;
    }
    compiled[name] = {
      source,
      abi: contract.abi,
      bytecode: contract.evm.bytecode.object ? "0x" + contract.evm.bytecode.object : "0x",
      deployedBytecode: runtime ? "0x" + runtime : "0x",
      storageLayout: contract.storageLayout,
      sourceHash: "0x" + createHash("sha256").update(sources[source].content).digest("hex"),
    };
  }
}
if (failed) process.exit(1);
for (const folder of [artifacts, solidity, generated]) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
}
for (const [name, artifact] of Object.entries(compiled)) {
  writeFileSync(join(artifacts, `${name}.json`), JSON.stringify(artifact, null, 1) + "\n");
  if (artifact.bytecode !== "0x") writeFileSync(join(artifacts, `${name}.bin`), artifact.bytecode.slice(2));
}
for (const folder of ["secret/enigma", "samples", "src/interfaces"]) {
  const from = join(module, folder);
  if (existsSync(from)) cpSync(from, join(solidity, folder.replace("secret/", "").replace("src/", "")), { recursive: true });
}
for (const [name, file] of Object.entries(ALIASES)) cpSync(file, join(solidity, name));
const size = bindings(compiled, join(generated, "network/enigma/contracts"));
writeFileSync(stamp, inputs);
const largest = ["Enigma", "EnigmaRegistry", "EnigmaReader"].filter((name) => compiled[name])
  .map((name) => `${name} ${(compiled[name].deployedBytecode.length - 2) / 2} bytes`).join(", ");
console.log(`Compiled ${Object.keys(compiled).length} contracts in ${((Date.now() - started) / 1000).toFixed(1)} s (${largest}); ${size} bindings`);
