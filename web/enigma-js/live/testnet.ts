/*
 * The network these tests talk to, from the variables that `enigma testnet --run` sets.
 */
import { readFileSync } from 'node:fs';
import { createPublicClient, http, type Abi, type Address, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { callNode, createEnigmaClient, type EnigmaClient, type EnigmaClientOptions } from '../src/index.js';

const variable = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run these tests with enigma testnet --run "npm run test:live"`);
  return value;
};

export const testnet = {
  ethereum: variable('ETH_RPC'),
  nodes: variable('ENIGMA_RPC').split(','),
  enigma: variable('ENIGMA_ADDRESS') as Address,
  keys: variable('ENIGMA_ACCOUNTS').split(',') as Hex[],
};

export const account = (index: number) => privateKeyToAccount(testnet.keys[index]!);

/** Settings every client of these tests shares. */
export const common = () => ({
  transport: http(testnet.ethereum),
  nodes: testnet.nodes,
  enigma: testnet.enigma,
  allowSimulated: true,
});

export const connect = (index: number, options: Partial<EnigmaClientOptions> = {}): Promise<EnigmaClient> =>
  createEnigmaClient({ ...common(), account: account(index), ...options });

/** Waits until the enclaves of all nodes have the chain's newest block: they follow it, each at its own pace. */
export async function newestBlock(): Promise<void> {
  const newest = await createPublicClient({ transport: http(testnet.ethereum) }).getBlockNumber();
  for (const node of testnet.nodes) {
    while (BigInt((await callNode(node, 'enigma_status', undefined)).headerNumber) < newest) await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A sample contract as the contracts' build compiled it. */
export function artifact(name: string): { abi: Abi; bytecode: Hex } {
  const file = new URL(`../../../contracts/target/classes/network/enigma/contracts/artifacts/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8'));
}
