import { createEnigmaClient, type EnigmaClient } from '@enigma-network/enigma-js';
import { http, type Address, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';

/** The testnet that `npm test` starts, or the one of `enigma testnet --run`. */
const variable = (name: string) => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: use npm test`);
  return value;
};

export const place = () => ({
  ethereum: variable('ETH_RPC'),
  nodes: variable('ENIGMA_RPC').split(','),
  enigma: variable('ENIGMA_ADDRESS') as Address,
});

export const account = (index: number) => privateKeyToAccount(variable('ENIGMA_ACCOUNTS').split(',')[index] as Hex);

export const connect = (index: number): Promise<EnigmaClient> => {
  const { ethereum, nodes, enigma } = place();
  return createEnigmaClient({ transport: http(ethereum), nodes, enigma, account: account(index), allowSimulated: true });
};
