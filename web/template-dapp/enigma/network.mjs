// Finds the network: from the variables of `enigma testnet --run`, from enigma.toml, or the testnet that runs on this machine.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'smol-toml';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** What enigma.toml says. */
export function settings() {
  const file = join(root, 'enigma.toml');
  try {
    const { network = {}, contract = {}, development = {} } = parse(readFileSync(file, 'utf8'));
    if (typeof contract.source !== 'string') throw new Error('[contract] needs a source');
    return { network, contract, development };
  } catch (problem) {
    throw new Error(`${file}: ${problem.message}`);
  }
}

const isRunning = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (problem) {
    return problem.code === 'EPERM';
  }
};

/** The latest testnet of this user that still runs: every testnet writes down where it is. */
function running() {
  const folder = join(process.env.ENIGMA_HOME ?? join(homedir(), '.enigma'), 'testnets');
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder)
    .filter((name) => /^\d+\.json$/.test(name))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')))
    .filter(({ pid }) => isRunning(pid))
    .sort((a, b) => b.startedAt - a.startedAt)[0];
}

/** Where the network is: { ethereum, nodes, enigma }; undefined if none runs. */
export function network() {
  const { ETH_RPC, ENIGMA_RPC, ENIGMA_ADDRESS } = process.env;
  if (ETH_RPC && ENIGMA_RPC && ENIGMA_ADDRESS) {
    return { ethereum: ETH_RPC, nodes: ENIGMA_RPC.split(','), enigma: ENIGMA_ADDRESS };
  }
  const written = settings().network;
  if (written.ethereum && written.nodes && written.enigma) return written;
  const found = running();
  return found && { ethereum: found.ethereum, nodes: found.nodes, enigma: found.enigma };
}
