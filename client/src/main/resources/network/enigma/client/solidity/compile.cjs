// Reads {file, content, base, home, library} on standard input, compiles, writes {contracts, errors, warnings} on standard output.
const fs = require("node:fs");
const path = require("node:path");
const { createRequire } = require("node:module");

const request = JSON.parse(fs.readFileSync(0, "utf8"));
const solc = createRequire(path.join(request.home, "package.json"))("solc");

function readImport(name) {
  if (Object.hasOwn(request.library, name)) return { contents: request.library[name] };
  const places = [request.base, path.join(request.base, "node_modules"), path.join(request.home, "node_modules")];
  for (const place of places) {
    try {
      return { contents: fs.readFileSync(path.resolve(place, name), "utf8") };
    } catch {
      // The next place may have it.
    }
  }
  // Contracts that were written for Hardhat find its console where Hardhat is not installed.
  if (name === "hardhat/console.sol") return { contents: request.library["enigma/console.sol"] ?? "" };
  return { error: `file not found in ${places.join(", ")}` };
}

const output = JSON.parse(
  solc.compile(
    JSON.stringify({
      language: "Solidity",
      sources: { [request.file]: { content: request.content } },
      settings: {
        evmVersion: "prague",
        optimizer: { enabled: true, runs: 200 },
        outputSelection: { "*": { "*": ["abi", "evm.bytecode.object", "storageLayout"] } },
      },
    }),
    { import: readImport },
  ),
);

const messages = output.errors ?? [];
const contracts = Object.entries(output.contracts?.[request.file] ?? {})
  .filter(([, contract]) => contract.evm.bytecode.object !== "")
  .map(([name, contract]) => ({ name, abi: contract.abi, bytecode: contract.evm.bytecode.object, storageLayout: contract.storageLayout }));
process.stdout.write(
  JSON.stringify({
    contracts,
    errors: messages.filter((message) => message.severity === "error").map((message) => message.formattedMessage),
    warnings: messages.filter((message) => message.severity === "warning").map((message) => message.formattedMessage),
  }),
);
