// Runs the tests on a testnet of their own, which ends with them. Inside `enigma testnet --run` that network is used.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { generate } from './compile.mjs';
import { root, settings } from './network.mjs';

const vitest = join(root, 'node_modules/vitest/vitest.mjs');
const words = process.argv.slice(2);
try {
  generate();
} catch (problem) {
  console.error(problem.message);
  process.exit(1);
}
const inherit = { cwd: root, stdio: 'inherit' };
let result;
if (process.env.ENIGMA_ADDRESS) {
  result = spawnSync(process.execPath, [vitest, 'run', ...words], inherit);
} else {
  const command = settings().development.command ?? 'enigma';
  const quoted = [process.execPath, vitest, 'run', ...words].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  result = spawnSync(command, ['testnet', '--run', quoted], inherit);
  if (result.error) {
    console.error(`${command} could not be started (${result.error.message}): name the enigma command in enigma.toml, [development] command`);
    process.exit(1);
  }
}
process.exit(result.status ?? 1);
