import { deployed, network } from 'virtual:enigma';
import type { Address, Hex } from 'viem';

/** Where the network is. */
export interface Place {
  readonly ethereum: string;
  readonly nodes: readonly string[];
  readonly enigma: Address;
}

/** Which contract the page is about. */
export interface Round {
  readonly address: Address;
  readonly realm: Hex;
}

/** The network found while developing, or the one whose server this page came from. */
export async function findPlace(): Promise<Place> {
  if (network !== undefined) return network;
  const answer = await fetch(new URL('/addresses.json', location.href));
  if (!answer.ok) {
    throw new Error(
      `There is no network here (the server answers ${answer.status} for /addresses.json). ` +
        'Start one with enigma testnet, then load this page again.',
    );
  }
  return (await answer.json()) as Place;
}

/** The round in the page's address (#address,realm), or the contract deployed when it was last saved. */
export function findRound(): Round | undefined {
  const [address, realm] = location.hash.slice(1).split(',');
  if (/^0x[0-9a-fA-F]{40}$/.test(address ?? '') && /^0x[0-9a-fA-F]{64}$/.test(realm ?? '')) {
    return { address: address as Address, realm: realm as Hex };
  }
  return deployed;
}

/** Puts a round into the page's address, for sharing. */
export function rememberRound({ address, realm }: Round): void {
  location.hash = `${address},${realm}`;
}
