import { concat, encodeAbiParameters, keccak256, parseAbiParameters, type Address, type Hex } from 'viem';
import { ERROR_CODES, type ErrorCode } from '../errors.js';
import { preimage } from './ids.js';

/** The public word a task ends with (rule C10), by its number. */
export const OUTCOMES = ['EXECUTED', 'REFUSED', 'DUPLICATE'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What a batch says about one task (rule C14). */
export interface Receipt {
  readonly taskId: Hex;
  readonly sequence: bigint;
  readonly outcome: number;
  readonly gasCharged: bigint;
  readonly resultHash: Hex;
  readonly callbackHash: Hex;
}

/** The parts of a batch that lead to its state hash (rule C8). */
export interface BatchSummary {
  readonly realm: Hex;
  readonly kind: number;
  readonly lease: bigint;
  readonly firstSequence: bigint;
  readonly endSequence: bigint;
  readonly headerNumber: bigint;
  readonly headerHash: Hex;
  readonly deltaHash: Hex;
  readonly receiptsRoot: Hex;
  readonly chargesHash: Hex;
  readonly outcomesHash: Hex;
  readonly callbacksHash: Hex;
  readonly payee: Address;
  readonly previousStateHash: Hex;
  /** Receipts in its tree. */
  readonly leaves: number;
  readonly signature: Hex;
}

/** The state hash a batch leads to (rule C8). */
export const stateHash = (batch: Omit<BatchSummary, 'realm' | 'lease' | 'firstSequence' | 'leaves' | 'signature'>): Hex =>
  preimage('STATE', 'uint8,bytes32,uint64,uint64,bytes32,bytes32,bytes32,bytes32,bytes32,bytes32,address', [
    batch.kind,
    batch.previousStateHash,
    batch.endSequence,
    batch.headerNumber,
    batch.headerHash,
    batch.deltaHash,
    batch.receiptsRoot,
    batch.chargesHash,
    batch.outcomesHash,
    batch.callbacksHash,
    batch.payee,
  ]);

/** keccak256(0x00 ‖ abi.encode(receipt)). */
export const receiptLeaf = (receipt: Receipt): Hex =>
  keccak256(
    concat([
      '0x00',
      encodeAbiParameters(parseAbiParameters('bytes32,uint64,uint8,uint64,bytes32,bytes32'), [
        receipt.taskId,
        receipt.sequence,
        receipt.outcome,
        receipt.gasCharged,
        receipt.resultHash,
        receipt.callbackHash,
      ]),
    ]),
  );

/** keccak256(0x01 ‖ left ‖ right). */
export const merkleNode = (left: Hex, right: Hex): Hex => keccak256(concat(['0x01', left, right]));

/** The root that a path leads to, odd nodes promoted; undefined when the path has a wrong length. */
export function rootOfPath(leaf: Hex, index: number, count: number, path: readonly Hex[]): Hex | undefined {
  if (index < 0 || index >= count) return undefined;
  let node = leaf;
  let position = 0;
  for (let i = index, width = count; width > 1; i >>= 1, width = Math.ceil(width / 2)) {
    if (i === width - 1 && i % 2 === 0) continue;
    const sibling = path[position++];
    if (sibling === undefined) return undefined;
    node = i % 2 === 0 ? merkleNode(node, sibling) : merkleNode(sibling, node);
  }
  return position === path.length ? node : undefined;
}

/** What stands for the result of a refused task, so that the reason is signed too. */
export const refusalHash = (code: ErrorCode): Hex => preimage('REFUSAL', 'uint16', [ERROR_CODES[code].number]);

/** What gas at a price costs, in 10⁻⁸ ENG (rule C7). */
export const fee = (gas: bigint, price: bigint): bigint => (gas * price + 999n) / 1000n;
