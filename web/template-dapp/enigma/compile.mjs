// Compiles the secret contract that enigma.toml names and writes src/generated/contract.ts: its ABI, from which every call is
// typed, and its code.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, settings } from './network.mjs';

const require = createRequire(import.meta.url);

/** Where imports are looked for: beside the contract, in vendor (enigma/Secret.sol), in node_modules. */
function find(folder, name) {
  for (const place of [folder, join(root, 'vendor'), join(root, 'node_modules')]) {
    const file = join(place, name);
    if (existsSync(file)) return { contents: readFileSync(file, 'utf8') };
  }
  return { error: `no file ${name} beside the contract, in vendor or in node_modules` };
}

/** The contract of a file: the only one that can be deployed, or the one named like the file. */
export function compile(file = join(root, settings().contract.source)) {
  const name = basename(file);
  const output = JSON.parse(
    require('solc').compile(
      JSON.stringify({
        language: 'Solidity',
        sources: { [name]: { content: readFileSync(file, 'utf8') } },
        settings: {
          evmVersion: 'prague',
          optimizer: { enabled: true, runs: 200 },
          metadata: { appendCBOR: false, bytecodeHash: 'none' },
          outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } },
        },
      }),
      { import: (imported) => find(dirname(file), imported) },
    ),
  );
  const problems = output.errors ?? [];
  const errors = problems.filter(({ severity }) => severity === 'error').map(({ formattedMessage }) => formattedMessage);
  if (errors.length > 0) throw new Error(errors.join('\n'));
  const found = Object.entries(output.contracts?.[name] ?? {}).filter(([, { evm }]) => evm.bytecode.object !== '');
  const chosen = found.length === 1 ? found[0] : found.find(([each]) => `${each}.sol` === name);
  if (chosen === undefined) throw new Error(`${name} holds no contract that can be deployed, or several and none is called like the file`);
  const [contract, { abi, evm }] = chosen;
  return { name: contract, abi, bytecode: `0x${evm.bytecode.object}`, warnings: problems.map(({ formattedMessage }) => formattedMessage) };
}

/** Writes what the page imports; returns the artifact. */
export function generate() {
  const artifact = compile();
  const file = join(root, 'src/generated/contract.ts');
  const text = [
    `/* From ${settings().contract.source}. */`,
    `export const name = ${JSON.stringify(artifact.name)};`,
    `export const abi = ${JSON.stringify(artifact.abi)} as const;`,
    `export const bytecode = ${JSON.stringify(artifact.bytecode)} as const;`,
    '',
  ].join('\n');
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return artifact;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    const { name, warnings } = generate();
    for (const warning of warnings) console.warn(warning);
    console.log(`Compiled ${name}`);
  } catch (problem) {
    console.error(problem.message);
    process.exit(1);
  }
}
