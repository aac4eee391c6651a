import type { Hex } from 'viem';

/** Where the network is, as /addresses.json has it. */
export interface Addresses {
  readonly mode: string;
  readonly chainId: number;
  readonly ethereum: string;
  readonly nodes: readonly string[];
  readonly enigma: Hex;
  readonly token: Hex;
  readonly forwarder: Hex;
  readonly startedAt: number;
}

const ADDRESS = /^0x[0-9a-fA-F]{40}$/;

/** Reads the answer of /addresses.json; what is missing or of a wrong form is named. */
export function readAddresses(json: unknown): Addresses {
  if (typeof json !== 'object' || json === null) throw new Error('addresses.json holds no object');
  const found = json as Record<string, unknown>;
  const text = (name: string): string => {
    const value = found[name];
    if (typeof value !== 'string') throw new Error(`addresses.json has no text ${name}`);
    return value;
  };
  const address = (name: string): Hex => {
    const value = text(name);
    if (!ADDRESS.test(value)) throw new Error(`${name} in addresses.json is no address`);
    return value as Hex;
  };
  const nodes = found['nodes'];
  if (!Array.isArray(nodes) || !nodes.every((node) => typeof node === 'string')) throw new Error('addresses.json lists no nodes');
  return {
    mode: typeof found['mode'] === 'string' ? found['mode'] : 'unknown',
    chainId: Number(found['chainId']),
    ethereum: text('ethereum'),
    nodes: nodes as string[],
    enigma: address('enigma'),
    token: address('token'),
    forwarder: address('forwarder'),
    startedAt: Number(found['startedAt'] ?? 0),
  };
}

/** The user's own endpoints, where they differ from what the testnet names. */
export interface OwnEndpoints {
  readonly ethereum: string;
}

const KEY = 'enigma-explorer-endpoints';

export function ownEndpoints(): OwnEndpoints {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<OwnEndpoints>;
    return { ethereum: typeof kept.ethereum === 'string' ? kept.ethereum : '' };
  } catch {
    return { ethereum: '' };
  }
}

export function keepEndpoints(endpoints: OwnEndpoints): void {
  localStorage.setItem(KEY, JSON.stringify(endpoints));
}

/** Whether the page's policy lets it call an endpoint: only this machine. */
export function isLocal(endpoint: string): boolean {
  try {
    const url = new URL(endpoint);
    return (url.protocol === 'http:' || url.protocol === 'ws:') && ['localhost', '127.0.0.1'].includes(url.hostname);
  } catch {
    return false;
  }
}
