import { encodeErrorResult, parseAbi } from 'viem';
import { expect, test } from 'vitest';
import { revertReason } from '../src/reverts.js';

const abi = parseAbi(['error TooPoor(address who, uint256 missing)', 'error Nameless(uint256)', 'error Closed()']);
const who = '0x00000000000000000000000000000000000000AA';

test.each([
  [encodeErrorResult({ abi, errorName: 'TooPoor', args: [who, 5n] }), `TooPoor(who: ${who}, missing: 5)`],
  [encodeErrorResult({ abi, errorName: 'Nameless', args: [7n] }), 'Nameless(7)'],
  [encodeErrorResult({ abi, errorName: 'Closed' }), 'Closed()'],
  [encodeErrorResult({ abi: parseAbi(['error Error(string)']), args: ['no more'] }), 'no more'],
  [encodeErrorResult({ abi: parseAbi(['error Panic(uint256)']), args: [0x11n] }), 'panic 0x11: arithmetic overflow or underflow'],
  ['0x', 'reverted without a reason'],
  ['0x12345678', 'reverted with data 0x12345678'],
] as const)('%s is told as %s', (output, words) => {
  expect(revertReason(abi, output)).toBe(words);
});
