import { enigmaAbi } from '@enigma-network/enigma-js';
import { decodeFunctionData, hexToBigInt, hexToNumber, slice, size, type Hex } from 'viem';

export interface Charge {
  readonly payer: Hex;
  readonly amount: bigint;
}

export interface PostedOutcome {
  readonly taskId: Hex;
  readonly outcome: number;
  readonly code: number;
  readonly fee: bigint;
}

export interface CallbackRequest {
  readonly taskId: Hex;
  readonly secretContract: Hex;
  readonly target: Hex;
  readonly gas: number;
  readonly data: Hex;
}

/** What the calldata of commit shows of one batch (rule C8). */
export interface PublicBatch {
  readonly realm: Hex;
  readonly firstSequence: bigint;
  readonly headerNumber: bigint;
  readonly deltaHash: Hex;
  readonly receiptsRoot: Hex;
  readonly charges: readonly Charge[];
  readonly outcomes: readonly PostedOutcome[];
  readonly callbacks: readonly CallbackRequest[];
  readonly payee: Hex;
  readonly backups: readonly number[];
  readonly deltaBytes: number;
}

const CHARGE = 28;
const OUTCOME = 43;
const ACKNOWLEDGEMENT = 69;

const pieces = (packed: Hex, length: number): Hex[] => {
  const found: Hex[] = [];
  for (let at = 0; at + length <= size(packed); at += length) found.push(slice(packed, at, at + length));
  return found;
};

/** The batches in the calldata of a transaction to Enigma; none if it is no commit. */
export function batchesOf(calldata: Hex): PublicBatch[] {
  let call;
  try {
    call = decodeFunctionData({ abi: enigmaAbi, data: calldata });
  } catch {
    return [];
  }
  if (call.functionName === 'multicall') return call.args[0].flatMap(batchesOf);
  if (call.functionName !== 'commit') return [];
  return call.args[0].map(({ batch, acknowledgements, delta }) => ({
    realm: batch.realm,
    firstSequence: batch.firstSequence,
    headerNumber: batch.headerNumber,
    deltaHash: batch.deltaHash,
    receiptsRoot: batch.receiptsRoot,
    charges: pieces(batch.charges, CHARGE).map((each) => ({ payer: slice(each, 0, 20), amount: hexToBigInt(slice(each, 20)) })),
    outcomes: pieces(batch.outcomes, OUTCOME).map((each) => ({
      taskId: slice(each, 0, 32),
      outcome: hexToNumber(slice(each, 32, 33)),
      code: hexToNumber(slice(each, 33, 35)),
      fee: hexToBigInt(slice(each, 35)),
    })),
    callbacks: batch.callbacks,
    payee: batch.payee,
    backups: pieces(acknowledgements, ACKNOWLEDGEMENT).map((each) => hexToNumber(slice(each, 0, 4))),
    deltaBytes: size(delta),
  }));
}

/** The envelope in the calldata of a post; undefined if it was posted without. */
export function postedEnvelope(calldata: Hex, inputHash: Hex): Hex | undefined {
  let call;
  try {
    call = decodeFunctionData({ abi: enigmaAbi, data: calldata });
  } catch {
    return undefined;
  }
  if (call.functionName === 'multicall') {
    for (const inner of call.args[0]) {
      const found = postedEnvelope(inner, inputHash);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (call.functionName !== 'post' || call.args.length !== 2) return undefined;
  return call.args[0].inputHash === inputHash ? call.args[1] : undefined;
}

/** The clear head of an envelope (rule K7). */
export interface EnvelopeHead {
  readonly version: number;
  readonly sealed: boolean;
  readonly suite: number;
  readonly generation: number;
  readonly tenure: number;
  readonly length: number;
}

export function envelopeHead(envelope: Hex): EnvelopeHead | undefined {
  if (size(envelope) < 12) return undefined;
  return {
    version: hexToNumber(slice(envelope, 0, 1)),
    sealed: hexToNumber(slice(envelope, 1, 2)) === 0,
    suite: hexToNumber(slice(envelope, 2, 4)),
    generation: hexToNumber(slice(envelope, 4, 8)),
    tenure: hexToNumber(slice(envelope, 8, 12)),
    length: size(envelope),
  };
}
