import { enigmaAbi } from '@enigma-network/enigma-js';
import { decodeEventLog, type DecodeEventLogReturnType, type Hex } from 'viem';

/** An event of the contract Enigma, by name, with its arguments. */
export type EnigmaEvent = DecodeEventLogReturnType<typeof enigmaAbi>;

/** Where on Ethereum something happened; `time` in seconds since 1970. */
export interface Place {
  readonly block: number;
  readonly time: number | undefined;
  readonly transaction: Hex;
  readonly index: number;
}

/** An event and its place. */
export type Happening = EnigmaEvent & { readonly place: Place };

/** A log as eth_getLogs answers it. */
export interface RawLog {
  readonly topics: readonly Hex[];
  readonly data: Hex;
  readonly blockNumber: Hex;
  readonly blockTimestamp?: Hex;
  readonly transactionHash: Hex;
  readonly logIndex: Hex;
}

/** The event in a log; undefined for one this page does not know. */
export function decodeLog(log: RawLog): Happening | undefined {
  try {
    const event = decodeEventLog({ abi: enigmaAbi, topics: log.topics as [Hex, ...Hex[]], data: log.data });
    return {
      ...event,
      place: {
        block: Number(log.blockNumber),
        time: log.blockTimestamp === undefined ? undefined : Number(log.blockTimestamp),
        transaction: log.transactionHash,
        index: Number(log.logIndex),
      },
    } as Happening;
  } catch {
    return undefined;
  }
}
