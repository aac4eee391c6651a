import { concat, encodeAbiParameters, keccak256, parseAbiParameters, type Hex } from 'viem';

/** A receipt as enigma_getTask answers it (rule C14). */
export interface Receipt {
  readonly taskId: Hex;
  readonly sequence: bigint;
  readonly outcome: number;
  readonly gasCharged: bigint;
  readonly resultHash: Hex;
  readonly callbackHash: Hex;
}

const TYPES = parseAbiParameters('bytes32,uint64,uint8,uint64,bytes32,bytes32');

/** keccak256(0x00 ‖ abi.encode(receipt)). */
export function leafOf(receipt: Receipt): Hex {
  return keccak256(
    concat([
      '0x00',
      encodeAbiParameters(TYPES, [
        receipt.taskId,
        receipt.sequence,
        receipt.outcome,
        receipt.gasCharged,
        receipt.resultHash,
        receipt.callbackHash,
      ]),
    ]),
  );
}

/** The root a leaf and its siblings lead to; a node without sibling goes up as it is. */
export function rootOf(leaf: Hex, index: number, leaves: number, path: readonly Hex[]): Hex | undefined {
  if (index < 0 || index >= leaves) return undefined;
  let node = leaf;
  let at = index;
  let width = leaves;
  let used = 0;
  while (width > 1) {
    const alone = at === width - 1 && width % 2 === 1;
    if (!alone) {
      const sibling = path[used++];
      if (sibling === undefined) return undefined;
      node = keccak256(concat(at % 2 === 0 ? ['0x01', node, sibling] : ['0x01', sibling, node]));
    }
    at = at >> 1;
    width = (width + 1) >> 1;
  }
  return used === path.length ? node : undefined;
}
